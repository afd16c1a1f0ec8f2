// SPDX-License-Identifier: Apache-2.0
// The few lines of a request that sofia's transaction layer gets to see; declared in guard.hpp.
#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "signaling/sip/guard.hpp"
#include "signaling/sip/syntax.hpp"

namespace weir::signaling {
namespace {

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7F && c != '<' && c != '>' && c != '"' && c != '\\';
    });
}

// nta compares Request-URIs of RFC 2543 transactions and never prints them: equal ones stay equal.
// The stand-in is never longer than the URI: sofia's buffer is no larger than the message that
// came.
std::string uri_for_matching(const std::string& uri) {
    const auto parsed = SipUri::parse(uri);
    const bool is_harmless = parsed && parsed->scheme == "sip" && parsed->headers.empty() &&
                             parsed->parameters.empty() && is_plain(uri) && is_token(parsed->user);
    if (is_harmless) return uri;
    const std::string hash = fmt::format("{:016x}", std::hash<std::string>{}(uri));
    constexpr std::size_t kScheme = 4;  // "sip:"
    return "sip:" + hash.substr(0, std::max<std::size_t>(uri.size(), kScheme + 1) - kScheme);
}

bool is_blank_separated_tokens(std::string_view text) {
    const auto words = text::words(text);
    return std::all_of(words.begin(), words.end(), is_token);
}

// Bytes that do not belong into a URI (RFC 3261 25.1, RFC 2396 2.4.3).
bool is_excluded(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7F ||
           std::string_view("<>\"#{}|\\^`").find(c) != std::string_view::npos;
}

// The URI of a party as sofia can read it. Some peers send excluded bytes all the same (UTF-8
// names), and sofia takes them unless it finds an escape beside them. Of other schemes it knows the
// grammar of some and not of others: only plain ones stay.
std::string readable_uri(const std::string& uri) {
    std::string readable = uri;
    if (uri.find('%') != std::string::npos)
        std::replace_if(readable.begin(), readable.end(), is_excluded, '_');
    if (text::istarts_with(uri, "sip:") || text::istarts_with(uri, "sips:")) return readable;
    const bool is_simple = std::all_of(
        uri.begin() + static_cast<std::ptrdiff_t>(uri.find(':') + 1), uri.end(),
        [](char c) { return is_token(std::string_view(&c, 1)) ? c != '%' : c == '/' || c == '@'; });
    return is_simple ? readable : "sip:_";
}

// From and To come back in nta's own answers (to CANCEL): they stay as they are, as far as sofia
// can read them. Escaped control bytes end a C string too early: then the display name goes. Other
// odd names are quoted, odd parameters but the tag dropped.
std::string party(const std::string& value) {
    auto address = NameAddr::parse(value);
    if (!address) return value;
    std::string readable = readable_uri(address->uri);
    const bool is_readable = readable == address->uri;
    address->uri = std::move(readable);
    const bool has_control = std::any_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
    const bool has_plain_name =
        value.starts_with('"') || is_blank_separated_tokens(address->display);
    const bool has_plain_parameters = is_parameter_list(address->parameters);
    if (!has_control && has_plain_name && has_plain_parameters && is_readable) return value;
    const std::string tag = address->tag();
    if (has_control) address->display.clear();
    if (has_control || !has_plain_parameters)
        address->parameters = tag.empty() ? "" : ";tag=" + tag;
    return address->to_string();
}

}  // namespace

std::string transaction_text(const SipMessage& request, SipTransport transport) {
    std::string text =
        request.method + " " + uri_for_matching(request.request_uri) + " SIP/2.0\r\n";
    for (const auto value : request.all("Via")) {
        std::string line = "v:";
        for (const auto element : split_list(value)) {
            const auto via = Via::parse(element);
            if (via) line += (line.size() > 2 ? "," : "") + via->to_string();
        }
        text += line + "\r\n";
    }
    text += "f:" + party(*request.find("From")) + "\r\n";
    text += "t:" + party(*request.find("To")) + "\r\n";
    text += "i:" + *request.find("Call-ID") + "\r\n";
    text += "CSeq:" + *request.find("CSeq") + "\r\n";
    if (transport == SipTransport::tcp) text += "l:0\r\n";
    return text + "\r\n";
}

}  // namespace weir::signaling
