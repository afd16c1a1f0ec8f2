// SPDX-License-Identifier: Apache-2.0
// Description: text to lines and back, with the checks that the rest relies on.
#include "signaling/sdp/description.hpp"

#include <algorithm>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::signaling::sdp {
namespace {

tl::unexpected<Error> bad(const std::string& what) {
    return fail(ErrorCode::invalid, "session description: " + what);
}

// RFC 4566 9: token-char.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const auto b = static_cast<unsigned char>(c);
        return b == 0x21 || (b >= 0x23 && b <= 0x27) || b == 0x2A || b == 0x2B || b == 0x2D ||
               b == 0x2E || (b >= 0x30 && b <= 0x39) || (b >= 0x41 && b <= 0x5A) ||
               (b >= 0x5E && b <= 0x7E);
    });
}

bool is_protocol(std::string_view text) {
    for (;;) {
        const std::size_t slash = text.find('/');
        if (!is_token(text.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        text.remove_prefix(slash + 1);
    }
}

bool is_payload_type(std::string_view text) {
    const auto number = text::number(text);
    return number && *number <= 127 && text.size() <= 3;
}

Result<std::vector<Line>> split_lines(std::string_view text) {
    constexpr std::size_t kUsualLines = 32;
    std::vector<Line> lines;
    lines.reserve(kUsualLines);
    bool blank_seen = false;
    while (!text.empty()) {
        if (lines.size() == kSdpMaxLines)
            return bad("more than " + std::to_string(kSdpMaxLines) + " lines");
        const std::size_t end = text.find('\n');
        const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
        std::string_view line = text.substr(0, length);
        text.remove_prefix(length);
        const std::size_t kept = line.find_last_not_of("\r\n") + 1;
        Line entry{std::string(line.substr(0, kept)), std::string(line.substr(kept))};
        // Some senders end with blank lines; between two lines they would end the description
        // early.
        blank_seen = blank_seen || entry.text.empty();
        const bool is_line = entry.text.size() >= 2 && entry.text[1] == '=' &&
                             entry.text[0] >= 'a' && entry.text[0] <= 'z';
        if (blank_seen ? !entry.text.empty() : !is_line || text::has_control(entry.text))
            return bad("line " + std::to_string(lines.size() + 1) + " '" +
                       text::printable(entry.text, 40) + "' is not <letter>=<value>");
        lines.push_back(std::move(entry));
    }
    return lines;
}

const Line* find_line(const std::vector<Line>& lines, char type) {
    const auto it = std::find_if(lines.begin(), lines.end(),
                                 [&](const Line& line) { return line.type() == type; });
    return it == lines.end() ? nullptr : &*it;
}

Result<void> check_connections(const Description& description) {
    const Line* session = find_line(description.session, 'c');
    for (const auto& section : description.media) {
        const Line* own = find_line(section.lines, 'c');
        const Line* line = own != nullptr ? own : session;
        if (section.line.port == 0) continue;
        if (line == nullptr) return bad("m=" + section.line.media + " has no c= line");
        WEIR_TRY(parse_connection(line->value()));
    }
    return {};
}

}  // namespace

std::optional<std::string_view> Line::attribute(std::string_view name) const {
    if (type() != 'a') return std::nullopt;
    std::string_view rest = value();
    if (!rest.starts_with(name)) return std::nullopt;
    rest.remove_prefix(name.size());
    if (rest.empty()) return rest;
    if (rest.front() != ':') return std::nullopt;
    return rest.substr(1);
}

Result<MediaLine> MediaLine::parse(std::string_view value) {
    const auto fields = text::words(value);
    const auto refused = [&](const std::string& why) {
        return bad("'m=" + text::printable(value, 60) + "' " + why);
    };
    if (fields.size() < 4) return refused("has no media, port, protocol and format");
    MediaLine line;
    line.media = fields[0];
    line.protocol = fields[2];
    if (!is_token(fields[0]) || !is_protocol(fields[2]))
        return refused("has no valid media or protocol");
    // The number of ports behind a slash is for layered streams (RFC 4566 5.14): one is relayed.
    const auto port_text = fields[1].substr(0, fields[1].find('/'));
    const auto port = text::number(port_text);
    if (!port || *port > 65535) return refused("has no valid port");
    line.port = static_cast<std::uint16_t>(*port);
    for (std::size_t i = 3; i < fields.size(); ++i) {
        const bool is_rtp = line.is_rtp() || line.is_secure();
        if (is_rtp ? !is_payload_type(fields[i]) : !is_token(fields[i]))
            return refused("has an invalid format");
        line.formats.emplace_back(fields[i]);
    }
    if (line.formats.size() > kSdpMaxFormats)
        return refused("has more than " + std::to_string(kSdpMaxFormats) + " formats");
    return line;
}

std::string MediaLine::to_string() const {
    std::string text = "m=" + media + " " + std::to_string(port) + " " + protocol;
    for (const auto& format : formats)
        text += " " + format;
    return text;
}

bool MediaLine::is_rtp() const {
    return text::iequals(protocol, "RTP/AVP") || text::iequals(protocol, "RTP/AVPF");
}

bool MediaLine::is_secure() const {
    return text::lower(protocol).find("savp") != std::string::npos;
}

Result<Description> Description::parse(std::string_view text) {
    if (text.empty()) return bad("it is empty");
    if (text.size() > kSdpMaxBytes)
        return bad(std::to_string(text.size()) + " bytes, at most " + std::to_string(kSdpMaxBytes));
    auto lines = split_lines(text);
    if (!lines) return fail(lines.error());
    if (lines->empty() || lines->front().text != "v=0") return bad("it does not begin with v=0");
    Description description;
    for (auto& line : *lines) {
        if (line.type() == 'm') {
            if (description.media.size() == kSdpMaxMedia)
                return bad("more than " + std::to_string(kSdpMaxMedia) + " m-lines");
            auto media = MediaLine::parse(line.value());
            if (!media) return fail(media.error());
            description.media.push_back({std::move(*media), {}});
        }
        auto& target =
            description.media.empty() ? description.session : description.media.back().lines;
        target.push_back(std::move(line));
    }
    if (find_line(description.session, 'o') == nullptr) return bad("it has no o= line");
    WEIR_TRY(check_connections(description));
    return description;
}

std::string Description::to_string() const {
    const auto size_of = [](const std::vector<Line>& lines) {
        std::size_t size = 0;
        for (const auto& line : lines)
            size += line.text.size() + line.ending.size();
        return size;
    };
    // To the byte: a call keeps such texts as long as it lasts.
    std::size_t size = size_of(session);
    for (const auto& section : media)
        size += size_of(section.lines);
    std::string text;
    text.reserve(size);
    const auto append = [&](const std::vector<Line>& lines) {
        for (const auto& line : lines) {
            text += line.text;
            text += line.ending;
        }
    };
    append(session);
    for (const auto& section : media)
        append(section.lines);
    return text;
}

Result<IpAddress> parse_connection(std::string_view value) {
    std::string_view rest = value;
    const auto network = text::take_word(rest);
    const auto type = text::take_word(rest);
    const auto host = text::take_word(rest);
    if (host.empty() || !text::take_word(rest).empty() || !text::iequals(network, "IN"))
        return bad("'c=" + text::printable(value, 60) + "' is not IN IP4 or IN IP6 and an address");
    const auto address = IpAddress::parse(host.substr(0, host.find('/')));
    const bool family_fits =
        address &&
        (address->family == Family::v4 ? text::iequals(type, "IP4") : text::iequals(type, "IP6"));
    if (!family_fits)
        return bad("'c=" + text::printable(value, 60) +
                   "' holds no address of its type (names are not resolved)");
    return *address;
}

std::string connection_text(const IpAddress& address) {
    return (address.family == Family::v6 ? "IN IP6 " : "IN IP4 ") + address.to_string();
}

}  // namespace weir::signaling::sdp
