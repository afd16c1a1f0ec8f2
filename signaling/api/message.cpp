// SPDX-License-Identifier: Apache-2.0
// SipMessage: its headers by name, and its text on the wire.
#include "signaling/api/message.hpp"

#include <algorithm>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint32_t kCSeqLimit = 1U << 31U;  // RFC 3261 8.1.1.5: less than 2**31

// A value that holds an end of line would write headers of its own: such bytes become blanks. All
// that stands in `wire` from `begin` on is one line.
void end_line(std::string& wire, std::size_t begin) {
    if (text::has_control(std::string_view(wire).substr(begin))) {
        const auto ends_line = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
        std::replace_if(wire.begin() + static_cast<std::ptrdiff_t>(begin), wire.end(), ends_line,
                        ' ');
    }
    wire += "\r\n";
}

void append_header(std::string& wire, std::string_view name, std::string_view value) {
    const std::size_t begin = wire.size();
    wire += name;
    wire += ": ";
    wire += value;
    end_line(wire, begin);
}

}  // namespace

const std::string* SipMessage::find(std::string_view name) const {
    const auto it = std::find_if(headers.begin(), headers.end(),
                                 [&](const Header& h) { return text::iequals(h.name, name); });
    return it == headers.end() ? nullptr : &it->value;
}

std::vector<std::string_view> SipMessage::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& header : headers)
        if (text::iequals(header.name, name)) values.emplace_back(header.value);
    return values;
}

void SipMessage::set(std::string_view name, std::string value) {
    const auto matches = [&](const Header& h) { return text::iequals(h.name, name); };
    const auto first = std::find_if(headers.begin(), headers.end(), matches);
    if (first == headers.end()) return add(name, std::move(value));
    first->value = std::move(value);
    headers.erase(std::remove_if(first + 1, headers.end(), matches), headers.end());
}

void SipMessage::add(std::string_view name, std::string value) {
    constexpr std::size_t kUsual = 16;  // headers of a message: room at once, and not by doubling
    if (headers.capacity() == 0) headers.reserve(kUsual);
    headers.push_back({std::string(name), std::move(value)});
}

void SipMessage::remove(std::string_view name) {
    std::erase_if(headers, [&](const Header& h) { return text::iequals(h.name, name); });
}

bool SipMessage::lists(std::string_view name, std::string_view token) const {
    for (const auto value : all(name))
        for (const auto element : split_list(value))
            if (text::iequals(element, token)) return true;
    return false;
}

Result<CSeq> SipMessage::cseq() const {
    const std::string* value = find("CSeq");
    if (value == nullptr) return fail(ErrorCode::invalid, "the message has no CSeq");
    std::string_view rest = *value;
    const auto digits = text::take_word(rest);
    const auto word = text::take_word(rest);
    const bool has_two = !word.empty() && text::take_word(rest).empty();
    const auto number = has_two ? text::number(digits) : std::nullopt;
    if (!number || *number >= kCSeqLimit)
        return fail(ErrorCode::invalid, "CSeq '" + text::printable(*value) +
                                            "' is not a number below 2^31 and a method");
    return CSeq{static_cast<std::uint32_t>(*number), std::string(word)};
}

std::vector<std::string_view> split_list(std::string_view value) {
    std::vector<std::string_view> elements;
    if (value.find(',') == std::string_view::npos) {
        value = text::trim(value);
        if (!value.empty()) elements.push_back(value);
        return elements;
    }
    const auto push = [&](std::string_view element) {
        element = text::trim(element);
        if (!element.empty()) elements.push_back(element);
    };
    bool quoted = false;
    bool bracketed = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (quoted) {
            if (c == '\\') ++i;  // RFC 3261 25.1 quoted-pair
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '<' || c == '>') {
            bracketed = c == '<';
        } else if (c == ',' && !bracketed) {
            push(value.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    push(value.substr(begin));
    return elements;
}

std::string to_wire(const SipMessage& message) {
    std::string wire;
    wire.reserve(512 + 48 * message.headers.size() + message.body.size());
    if (message.is_request) {
        wire += message.method;
        wire.push_back(' ');
        wire += message.request_uri;
        wire += " SIP/2.0";
    } else {
        wire += "SIP/2.0 ";
        wire += std::to_string(message.status);
        wire.push_back(' ');
        wire += message.phrase;
    }
    end_line(wire, 0);
    bool has_length = false;
    for (const auto& header : message.headers) {
        const bool is_length = text::iequals(header.name, "Content-Length");
        if (is_length && has_length) continue;
        has_length = has_length || is_length;
        if (is_length)
            append_header(wire, header.name, std::to_string(message.body.size()));
        else
            append_header(wire, header.name, header.value);
    }
    if (!has_length) append_header(wire, "Content-Length", std::to_string(message.body.size()));
    wire += "\r\n";
    wire += message.body;
    return wire;
}

}  // namespace weir::signaling
