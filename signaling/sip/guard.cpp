// SPDX-License-Identifier: Apache-2.0
// The guard before the stack; see guard.hpp.
#include "signaling/sip/guard.hpp"

#include <algorithm>
#include <array>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "signaling/api/parameter_list.hpp"
#include "signaling/api/party.hpp"
#include "signaling/api/sip_uri_text.hpp"
#include "signaling/sip/syntax.hpp"
#include "signaling/sip/wire_parser.hpp"

namespace weir::signaling {
namespace {

using Fault = std::optional<GuardReason>;

// RFC 3261 8.1.1 and 20: fields that a message has once, or at most once.
constexpr std::array<std::string_view, 4> kRequired{"From", "To", "Call-ID", "CSeq"};
constexpr std::array<std::string_view, 4> kAtMostOnce{"Max-Forwards", "Content-Type", "Date",
                                                      "Expires"};

std::size_t count_of(const SipMessage& message, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(message.headers.begin(), message.headers.end(),
                      [&](const Header& header) { return text::iequals(header.name, name); }));
}

Fault check_headers_present(const SipMessage& message) {
    if (message.find("Via") == nullptr) return GuardReason::missing_header;
    for (const auto name : kRequired) {
        const std::size_t count = count_of(message, name);
        if (count > 1) return GuardReason::repeated_header;
        if (count == 0 || message.find(name)->empty()) return GuardReason::missing_header;
    }
    // A Call-ID is made of words (25.1 callid), which hold no control byte. Inside quotes the
    // parser lets an escaped one pass (quoted-pair).
    if (text::has_control(*message.find("Call-ID"))) return GuardReason::header_syntax;
    for (const auto name : kAtMostOnce)
        if (count_of(message, name) > 1) return GuardReason::repeated_header;
    return std::nullopt;
}

Fault check_via_value(std::string_view value, SipTransport transport, TopVia& top) {
    for (const auto element : split_list(value)) {
        if (++top.count > kSipMaxVia) return GuardReason::too_many_vias;
        auto via = Via::parse(element);
        if (!via || text::has_control(element)) return GuardReason::via_syntax;
        if (top.count > 1) continue;
        // A response was sent by us, a request by whoever uses this socket: both name its
        // transport.
        if (!text::iequals(via->transport, to_string(transport))) return GuardReason::via_transport;
        top.via = std::move(*via);
    }
    return std::nullopt;
}

Fault check_vias(const SipMessage& message, SipTransport transport, TopVia& top) {
    for (const auto& header : message.headers) {
        if (!text::iequals(header.name, "Via")) continue;
        const std::size_t before = top.count;
        if (const auto fault = check_via_value(header.value, transport, top)) return fault;
        if (top.count == before) return GuardReason::via_syntax;
    }
    return std::nullopt;
}

Fault check_cseq(const SipMessage& message) {
    const auto cseq = message.cseq();
    if (!cseq || !is_token(cseq->method)) return GuardReason::cseq;
    if (message.is_request && cseq->method != message.method) return GuardReason::method_mismatch;
    return std::nullopt;
}

// RFC 3261 25.1: "%" HEXDIG HEXDIG.
bool has_whole_escapes(std::string_view uri) {
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    for (std::size_t i = uri.find('%'); i != std::string_view::npos; i = uri.find('%', i + 1)) {
        const auto digits = uri.substr(i + 1, 2);
        if (digits.size() < 2 || digits.find_first_not_of(kHex) != std::string_view::npos)
            return false;
    }
    return true;
}

// RFC 3261 20.20 and 20.39: a name-addr or addr-spec with a valid URI of any scheme, and a plain
// tag.
bool is_party(const std::string& value) {
    const PartyText party = read_party(value);
    if (party.fault != nullptr || read_uri(party.uri).fault != nullptr ||
        !has_whole_escapes(party.uri))
        return false;
    if (value.find(',') != std::string::npos && split_list(value).size() != 1) return false;
    const auto tag = find_parameter(party.parameters, "tag");
    return !tag || is_token(*tag);
}

// Contact may hold any scheme (tel, urn): only its shape is checked. RFC 3261 20.10, RFC
// 4475 3.1.2.13.
bool is_contact_list(std::string_view value) {
    const auto elements = split_list(value);
    return std::all_of(elements.begin(), elements.end(),
                       [](std::string_view e) { return read_party(e).fault == nullptr; });
}

Fault check_addresses(const SipMessage& message) {
    if (!is_party(*message.find("From")) || !is_party(*message.find("To")))
        return GuardReason::address;
    for (const auto& header : message.headers)
        if (text::iequals(header.name, "Contact") && !is_contact_list(header.value))
            return GuardReason::address;
    return std::nullopt;
}

Fault check_request(const SipMessage& request) {
    const SipUriText uri = read_uri(request.request_uri);
    if (uri.fault != nullptr || !has_whole_escapes(request.request_uri))
        return GuardReason::request_uri;
    // RFC 3261 19.1.1: no headers in a Request-URI (of sip and sips, which alone have them).
    if (!uri.headers.empty()) return GuardReason::request_uri;
    if (const auto* value = request.find("Max-Forwards")) {
        const auto hops = text::number(*value);
        if (!hops || *hops > 255) return GuardReason::max_forwards;
    }
    return std::nullopt;
}

// RFC 3261 18.3: a datagram's body ends where Content-Length says; bytes behind it are ignored.
Fault cut_body(SipMessage& message, SipTransport transport) {
    const BodyLength length = body_length(message);
    if (!length.is_valid) return GuardReason::content_length;
    if (!length.bytes)
        return transport == SipTransport::udp ? Fault() : GuardReason::content_length;
    if (*length.bytes > message.body.size()) return GuardReason::content_length;
    message.body.resize(*length.bytes);
    return std::nullopt;
}

Fault check(WireMessage& wire, SipTransport transport, TopVia& top) {
    SipMessage& message = wire.message;
    if (wire.fault) return wire.fault;
    if (auto fault = check_headers_present(message)) return fault;
    if (auto fault = check_vias(message, transport, top)) return fault;
    if (auto fault = check_cseq(message)) return fault;
    if (auto fault = check_addresses(message)) return fault;
    if (message.is_request)
        if (auto fault = check_request(message)) return fault;
    return cut_body(message, transport);
}

const char* phrase_of(GuardReason reason) {
    switch (reason) {
        case GuardReason::start_line:
            return "Malformed Start Line";
        case GuardReason::header_syntax:
            return "Malformed Header";
        case GuardReason::too_many_headers:
            return "Too Many Headers";
        case GuardReason::header_too_long:
            return "Header Too Long";
        case GuardReason::truncated:
            return "Truncated Message";
        case GuardReason::content_length:
            return "Bad Content-Length";
        case GuardReason::missing_header:
            return "Missing Header";
        case GuardReason::repeated_header:
            return "Repeated Header";
        case GuardReason::via_syntax:
            return "Malformed Via";
        case GuardReason::cseq:
            return "Bad CSeq";
        case GuardReason::method_mismatch:
            return "CSeq Method Differs";
        case GuardReason::request_uri:
            return "Bad Request-URI";
        case GuardReason::address:
            return "Malformed Address";
        case GuardReason::max_forwards:
            return "Bad Max-Forwards";
        default:
            return "Bad Request";
    }
}

int status_of(GuardReason reason, const SipMessage& message) {
    if (reason == GuardReason::version) return 505;
    // RFC 4475 3.1.2.18: a method nobody knows is refused as such.
    if (reason == GuardReason::method_mismatch && !is_registered_method(message.method)) return 501;
    return 400;
}

// Whoever sends garbage over the wrong transport, or floods, hears nothing; nor does an ACK.
std::optional<SipMessage> answer_to(const SipMessage& message, GuardReason reason) {
    const bool is_silent = reason == GuardReason::too_big || reason == GuardReason::not_sip ||
                           reason == GuardReason::via_transport ||
                           reason == GuardReason::too_many_vias;
    const auto vias = message.all("Via");
    if (is_silent || !message.is_request || message.method == "ACK" || vias.empty())
        return std::nullopt;
    const int status = status_of(reason, message);
    return make_response(message, status, status == 400 ? phrase_of(reason) : "", "");
}

}  // namespace

Inspection inspect(std::string_view bytes, SipTransport transport) {
    const std::size_t limit =
        transport == SipTransport::udp ? kSipMaxDatagram : kSipMaxStreamMessage;
    if (bytes.size() > limit)
        return {.message = {}, .fault = GuardReason::too_big, .answer = {}, .top = {}};
    WireMessage wire = parse_wire(bytes);
    Inspection result;
    result.fault = check(wire, transport, result.top);
    result.message = std::move(wire.message);
    if (result.fault) result.answer = answer_to(result.message, *result.fault);
    return result;
}

}  // namespace weir::signaling
