// SPDX-License-Identifier: Apache-2.0
// Reading and writing of the messages of weir-sip-load.
#include "bench/traffic/sip_load_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::bench {
namespace {

std::string description(const Endpoint& party) {
    // Nobody sends media: the port only has to look like one.
    return fmt::format(
        "v=0\r\no=load 1 1 IN {0} {1}\r\ns=-\r\nc=IN {0} {1}\r\nt=0 0\r\nm=audio 30000 RTP/AVP "
        "0\r\na=rtpmap:0 PCMU/8000\r\n",
        party.address.family == Family::v6 ? "IP6" : "IP4", party.address.to_string());
}

std::string with_body(std::string head, std::string_view body) {
    if (!body.empty()) head += "Content-Type: application/sdp\r\n";
    head += fmt::format("Content-Length: {}\r\n\r\n", body.size());
    head += body;
    return head;
}

// Lines of one name stand together.
std::string_view joined(std::string_view before, std::string_view line) {
    if (before.empty()) return line;
    return {before.data(), static_cast<std::size_t>(line.data() + line.size() - before.data())};
}

}  // namespace

int SipView::status() const {
    if (!start.starts_with("SIP/2.0 ") || start.size() < 11) return 0;
    return static_cast<int>(text::number(start.substr(8, 3)).value_or(0));
}

std::string_view SipView::user() const {
    const auto begin = start.find(':');
    const auto end = start.find('@');
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
    return start.substr(begin + 1, end - begin - 1);
}

SipView read_sip(std::string_view message) {
    SipView view;
    bool is_first = true;
    while (!message.empty()) {
        const auto end = std::min(message.find('\n'), message.size() - 1);
        const std::string_view whole = message.substr(0, end + 1);
        const std::string_view line = text::trim(whole);
        message.remove_prefix(end + 1);
        if (line.empty()) break;  // the body follows
        if (is_first) {
            view.start = line;
            is_first = false;
            continue;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = text::trim(line.substr(colon + 1));
        if (text::iequals(name, "Via"))
            view.via = joined(view.via, whole);
        else if (text::iequals(name, "Record-Route"))
            view.record_route = joined(view.record_route, whole);
        else if (text::iequals(name, "From"))
            view.from = value;
        else if (text::iequals(name, "To"))
            view.to = value;
        else if (text::iequals(name, "Call-ID"))
            view.call_id = value;
        else if (text::iequals(name, "CSeq"))
            view.cseq = value;
        else if (text::iequals(name, "Contact"))
            view.contact = value;
    }
    return view;
}

std::optional<std::uint32_t> last_digits(std::string_view text, std::size_t at_most) {
    std::size_t begin = text.size();
    while (begin > 0 && text.size() - begin < at_most && text[begin - 1] >= '0' &&
           text[begin - 1] <= '9')
        --begin;
    if (begin == text.size()) return std::nullopt;
    const auto number = text::number(text.substr(begin));
    if (!number) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::string_view uri_of(std::string_view contact) {
    const auto open = contact.find('<');
    if (open == std::string_view::npos) return contact.substr(0, contact.find(';'));
    const auto close = contact.find('>', open);
    return contact.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
}

SipLoadText::SipLoadText(const Place& place)
    : target_(place.target.to_string()),
      uac_(place.uac.to_string()),
      uas_(place.uas.to_string()),
      prefix_(place.prefix),
      caller_sdp_(description(place.uac)),
      callee_sdp_(description(place.uas)),
      seed_(place.seed) {}

std::string SipLoadText::request(std::string_view method, std::uint32_t call, const Dialog& dialog,
                                 std::string_view branch) const {
    return fmt::format(
        "{0} {1} SIP/2.0\r\nVia: SIP/2.0/UDP {2};branch=z9hG4bK{3}-{4}-{5}\r\n{8}Max-Forwards: "
        "70\r\nFrom: <sip:1000@{2}>;tag=a{3}-{4}\r\nTo: {6}\r\nCall-ID: load{3}-{4}\r\nCSeq: {7} "
        "{0}\r\nContact: <sip:1000@{2}>\r\n",
        method, dialog.target, uac_, seed_, call, branch, dialog.to, method == "BYE" ? 2 : 1,
        dialog.route);
}

SipLoadText::Dialog SipLoadText::before_dialog(std::uint32_t call) const {
    const std::string uri = fmt::format("sip:{}{:07}@{}", prefix_, call, target_);
    return {"<" + uri + ">", uri, ""};
}

SipLoadText::Dialog SipLoadText::dialog_of(const SipView& response) {
    Dialog dialog{std::string(response.to), std::string(uri_of(response.contact)), ""};
    const auto colon = response.record_route.find(':');
    if (colon != std::string_view::npos)
        dialog.route = "Route" + std::string(response.record_route.substr(colon));
    return dialog;
}

std::string SipLoadText::invite(std::uint32_t call) const {
    return with_body(request("INVITE", call, before_dialog(call), "i"), caller_sdp_);
}

std::string SipLoadText::ack(std::uint32_t call, const Dialog& dialog) const {
    return with_body(request("ACK", call, dialog, "a"), "");
}

std::string SipLoadText::ack_failure(std::uint32_t call, const SipView& response) const {
    Dialog dialog = before_dialog(call);
    dialog.to = response.to;
    return with_body(request("ACK", call, dialog, "i"), "");
}

std::string SipLoadText::bye(std::uint32_t call, const Dialog& dialog) const {
    return with_body(request("BYE", call, dialog, "b"), "");
}

std::optional<std::uint32_t> SipLoadText::call_of(const SipView& response) {
    return last_digits(response.call_id, 9);
}

std::string SipLoadText::response(const SipView& request, std::string_view status,
                                  std::optional<std::uint32_t> described) const {
    std::string text = fmt::format("SIP/2.0 {}\r\n{}{}From: {}\r\nTo: {}", status, request.via,
                                   request.record_route, request.from, request.to);
    if (request.to.find(";tag=") == std::string_view::npos)
        text += fmt::format(";tag=b{}-{}", seed_, last_digits(request.user(), 9).value_or(0));
    text += fmt::format("\r\nCall-ID: {}\r\nCSeq: {}\r\n", request.call_id, request.cseq);
    if (!described) return with_body(std::move(text), "");
    text += fmt::format("Contact: <sip:c{}@{}>\r\n", *described, uas_);
    return with_body(std::move(text), status.starts_with('2') ? callee_sdp_ : std::string());
}

}  // namespace weir::bench
