// SPDX-License-Identifier: Apache-2.0
// The SIP texts of one call of the load.
#include "bench/traffic/load_call.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::bench {
namespace {

std::string response(std::string_view request, std::string_view status, std::string_view extra,
                     std::string_view body) {
    std::string text = fmt::format("SIP/2.0 {}\r\n", status);
    for (const auto line : text::split(request, '\n'))
        if (text::istarts_with(line, "via:")) text += fmt::format("{}\r\n", text::trim(line));
    std::string to = header(request, "To");
    if (to.find(";tag=") == std::string::npos) to += ";tag=callee";
    text +=
        fmt::format("From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {}\r\n{}", header(request, "From"),
                    to, header(request, "Call-ID"), header(request, "CSeq"), extra);
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    return text + fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
}

}  // namespace

std::string header(std::string_view message, std::string_view name) {
    for (const auto line : text::split(message.substr(0, message.find("\r\n\r\n")), '\n')) {
        const auto colon = line.find(':');
        if (colon != std::string_view::npos &&
            text::iequals(text::trim(line.substr(0, colon)), name))
            return std::string(text::trim(line.substr(colon + 1)));
    }
    return "";
}

std::optional<Endpoint> sdp_rtp(std::string_view message) {
    std::string address;
    std::uint16_t port = 0;
    for (const auto line : text::split(message, '\n')) {
        const auto words = text::words(line);
        if (words.size() == 3 && text::istarts_with(line, "c=IN")) address = words[2];
        if (words.size() > 2 && words[0] == "m=audio")
            port = static_cast<std::uint16_t>(text::number(words[1]).value_or(0));
    }
    const auto parsed = IpAddress::parse(address);
    if (!parsed || port == 0) return std::nullopt;
    Endpoint endpoint;
    endpoint.address = *parsed;
    endpoint.port = port;
    return endpoint;
}

LoadCall::Party::Party(const LoadOptions& options, std::uint32_t call, std::uint8_t party)
    : sender(options.seed, call, party),
      receiver(options.seed, call, static_cast<std::uint8_t>(1 - party), options.packets) {}

LoadCall::LoadCall(const LoadOptions& options, std::uint32_t index, std::uint16_t caller_rtp,
                   std::uint16_t callee_rtp)
    : caller(options, index, 0),
      callee(options, index, 1),
      options_(options),
      index_(index),
      number_(fmt::format("{}{:06}", options.called_prefix, index)),
      call_id_(fmt::format("load-{}-{}", options.seed, index)),
      to_(fmt::format("<sip:{}@{}>", number_, options.target.to_string())) {
    caller.rtp_port = caller_rtp;
    callee.rtp_port = callee_rtp;
}

std::string LoadCall::sdp(const Party& party) const {
    const std::string address = options_.address.to_string();
    const char* family = options_.address.family == Family::v6 ? "IP6" : "IP4";
    return fmt::format(
        "v=0\r\no=load 1 1 IN {1} {0}\r\ns=load\r\nc=IN {1} {0}\r\nt=0 0\r\nm=audio {2} RTP/AVP "
        "0\r\n"
        "a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n",
        address, family, party.rtp_port);
}

std::string LoadCall::request(std::string_view method, std::uint32_t cseq) const {
    return fmt::format(
        "{} sip:{}@{} SIP/2.0\r\nVia: SIP/2.0/UDP {};branch=z9hG4bK-{}-{}-{}\r\nMax-Forwards: "
        "70\r\n"
        "From: <sip:1000{}@{}>;tag=caller{}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {}\r\n"
        "Contact: <sip:1000{}@{}>\r\n",
        method, number_, options_.target.to_string(), options_.uac.to_string(), call_id_, method,
        cseq, index_, options_.uac.to_string(), index_, to_, call_id_, cseq, method, index_,
        options_.uac.to_string());
}

std::string LoadCall::invite() const {
    const std::string body = sdp(caller);
    return request("INVITE", 1) +
           fmt::format("Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                       body);
}

std::string LoadCall::bye() const {
    return request("BYE", 2) + "Content-Length: 0\r\n\r\n";
}

std::string LoadCall::on_uac_response(std::string_view message) {
    const int status = std::atoi(std::string(message.substr(8, 3)).c_str());
    const std::string cseq = header(message, "CSeq");
    if (text::istarts_with(cseq, "2 ")) {
        bye_confirmed_ = bye_confirmed_ || status >= 200;
        return "";
    }
    if (status < 200) {
        provisional_ = true;
        return "";
    }
    to_ = header(message, "To");
    if (status < 300) {
        answered_ = true;
        caller.remote = sdp_rtp(message);
    } else {
        failed_status_ = status;
    }
    return request("ACK", 1) + "Content-Length: 0\r\n\r\n";
}

std::string LoadCall::on_uas_request(std::string_view message) {
    if (message.starts_with("ACK")) {
        acknowledged_ = true;
        return "";
    }
    if (message.starts_with("BYE")) return response(message, "200 OK", "", "");
    if (!message.starts_with("INVITE"))
        return response(message, "405 Method Not Allowed", "Allow: INVITE, ACK, BYE\r\n", "");
    callee.remote = sdp_rtp(message);
    return response(message, "200 OK",
                    fmt::format("Contact: <sip:callee@{}>\r\n", options_.uas.to_string()),
                    sdp(callee));
}

}  // namespace weir::bench
