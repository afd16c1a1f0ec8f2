// SPDX-License-Identifier: Apache-2.0
// From bytes to a SipMessage; see wire_parser.hpp.
#include "signaling/sip/wire_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "signaling/sip/syntax.hpp"

namespace weir::signaling {
namespace {

constexpr std::string_view kVersion = "SIP/2.0";

// RFC 3261 7.3.3 and the RFCs behind it.
constexpr std::array<std::pair<char, std::string_view>, 19> kNames{{
    {'v', "Via"},
    {'f', "From"},
    {'t', "To"},
    {'i', "Call-ID"},
    {'m', "Contact"},
    {'l', "Content-Length"},
    {'c', "Content-Type"},
    {'e', "Content-Encoding"},
    {'k', "Supported"},
    {'s', "Subject"},
    {'r', "Refer-To"},
    {'b', "Referred-By"},
    {'o', "Event"},
    {'u', "Allow-Events"},
    {'x', "Session-Expires"},
    {'a', "Accept-Contact"},
    {'j', "Reject-Contact"},
    {'d', "Request-Disposition"},
    {'y', "Identity"},
}};

void note(WireMessage& wire, GuardReason reason) {
    if (!wire.fault) wire.fault = reason;
}

// The next line without its end; nothing when no end of line is left. RFC 3261 7 asks for CRLF; a
// bare LF is taken too, as every implementation does.
std::optional<std::string_view> take_line(std::string_view bytes, std::size_t& at) {
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = bytes.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    return line;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// Control bytes may stand only behind a backslash inside quotes (RFC 3261 25.1 quoted-pair).
bool has_stray_control(std::string_view value) {
    if (!text::has_control(value)) return false;
    bool quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (quoted && c == '\\') {
            ++i;
            continue;
        }
        if (c == '"') quoted = !quoted;
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) return true;
    }
    return false;
}

void read_status_line(std::string_view line, WireMessage& wire) {
    SipMessage& message = wire.message;
    message.is_request = false;
    const std::size_t blank = line.find(' ');
    wire.is_version_2 = text::iequals(line.substr(0, blank), kVersion);
    if (!wire.is_version_2) note(wire, GuardReason::version);
    const std::string_view rest =
        blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
    const auto status = text::number(rest.substr(0, 3));
    const bool ends = rest.size() == 3 || (rest.size() > 3 && rest[3] == ' ');
    if (!status || !ends || *status < 100 || *status > 699) return note(wire, GuardReason::status);
    message.status = static_cast<int>(*status);
    if (rest.size() > 4) message.phrase = rest.substr(4);
    if (has_stray_control(message.phrase)) note(wire, GuardReason::start_line);
}

// RFC 3261 25.1: Method SP Request-URI SP SIP-Version, and nothing else. RFC 4475 3.1.2.7
// to 3.1.2.9.
void read_request_line(std::string_view line, WireMessage& wire) {
    SipMessage& message = wire.message;
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    const std::string_view trimmed = text::trim(line);
    const std::size_t version = trimmed.rfind(' ');
    if (version == std::string_view::npos ||
        !text::istarts_with(trimmed.substr(version + 1), "SIP/"))
        return note(wire, GuardReason::not_sip);
    message.method = line.substr(0, first);
    if (!is_token(message.method) || first == last) {
        note(wire, GuardReason::start_line);
        return;
    }
    message.request_uri = line.substr(first + 1, last - first - 1);
    wire.is_version_2 = text::iequals(trimmed.substr(version + 1), kVersion);
    const bool has_blank = std::any_of(message.request_uri.begin(), message.request_uri.end(),
                                       [](char c) { return is_blank(c); });
    if (last + 1 == line.size() || is_blank(line.back()) || message.request_uri.empty() ||
        has_blank)
        return note(wire, GuardReason::start_line);
    if (!wire.is_version_2) note(wire, GuardReason::version);
}

void read_header(std::string_view name, std::string value, WireMessage& wire) {
    if (!is_token(name)) return note(wire, GuardReason::header_syntax);
    if (name.size() + value.size() > kSipMaxHeaderLine)
        return note(wire, GuardReason::header_too_long);
    if (wire.message.headers.size() >= kSipMaxHeaders)
        return note(wire, GuardReason::too_many_headers);
    if (has_stray_control(value)) return note(wire, GuardReason::header_syntax);
    wire.message.headers.push_back({std::string(long_name(name)), std::move(value)});
}

// One logical header: its first line and the folded ones behind it.
void read_logical_header(std::string_view bytes, std::string_view line, std::size_t& at,
                         WireMessage& wire) {
    const std::size_t colon = line.find(':');
    const std::string_view name = text::trim(line.substr(0, colon));
    std::string value(colon == std::string_view::npos ? std::string_view()
                                                      : text::trim(line.substr(colon + 1)));
    while (at < bytes.size() && is_blank(bytes[at])) {
        const auto folded = take_line(bytes, at);
        if (!folded) break;
        const std::string_view piece = text::trim(*folded);
        // RFC 3261 7.3.1: the line break and the blanks around it are one blank.
        if (!value.empty() && !piece.empty()) value.push_back(' ');
        if (value.size() <= kSipMaxHeaderLine) value += piece;
    }
    if (colon == std::string_view::npos) return note(wire, GuardReason::header_syntax);
    read_header(name, std::move(value), wire);
}

}  // namespace

std::string_view long_name(std::string_view name) {
    if (name.size() != 1) return name;
    const char letter = static_cast<char>(name.front() | 0x20);
    for (const auto& [compact, full] : kNames)
        if (compact == letter) return full;
    return name;
}

BodyLength body_length(const SipMessage& message) {
    const std::string* value = nullptr;
    std::size_t count = 0;
    for (const auto& header : message.headers) {
        if (!text::iequals(header.name, "Content-Length")) continue;
        value = &header.value;
        ++count;
    }
    if (count == 0) return {};
    const auto number = count == 1 ? text::number(*value) : std::nullopt;
    if (!number) return {.is_valid = false, .bytes = std::nullopt};
    return {.is_valid = true, .bytes = static_cast<std::size_t>(*number)};
}

WireMessage parse_wire(std::string_view bytes) {
    constexpr std::size_t kUsualHeaders = 16;
    WireMessage wire;
    wire.message.headers.reserve(kUsualHeaders);
    std::size_t at = 0;
    const auto start = take_line(bytes, at);
    if (!start) {
        note(wire, GuardReason::not_sip);
        return wire;
    }
    if (text::istarts_with(*start, "SIP/"))
        read_status_line(*start, wire);
    else
        read_request_line(*start, wire);
    if (wire.fault == GuardReason::not_sip) return wire;
    while (const auto line = take_line(bytes, at)) {
        if (line->empty()) {
            wire.head_bytes = at;
            break;
        }
        read_logical_header(bytes, *line, at, wire);
    }
    if (wire.head_bytes == 0)
        note(wire, GuardReason::truncated);
    else
        wire.message.body = bytes.substr(wire.head_bytes);
    return wire;
}

}  // namespace weir::signaling
