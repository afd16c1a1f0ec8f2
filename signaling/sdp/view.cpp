// SPDX-License-Identifier: Apache-2.0
// MediaView: reads the lines of an m-line section and the session lines that it inherits.
#include "signaling/sdp/view.hpp"

#include <array>

#include "config/base/text.hpp"

namespace weir::signaling::sdp {
namespace {

struct StaticFormat {
    std::uint8_t payload_type;
    std::string_view rtpmap;
};

// RFC 3551 6, and 19, which Cisco still uses for comfort noise (spec A.10).
constexpr std::array kStaticFormats{
    StaticFormat{0, "PCMU/8000"},   StaticFormat{3, "GSM/8000"},    StaticFormat{4, "G723/8000"},
    StaticFormat{5, "DVI4/8000"},   StaticFormat{6, "DVI4/16000"},  StaticFormat{7, "LPC/8000"},
    StaticFormat{8, "PCMA/8000"},   StaticFormat{9, "G722/8000"},   StaticFormat{10, "L16/44100/2"},
    StaticFormat{11, "L16/44100"},  StaticFormat{12, "QCELP/8000"}, StaticFormat{13, "CN/8000"},
    StaticFormat{14, "MPA/90000"},  StaticFormat{15, "G728/8000"},  StaticFormat{16, "DVI4/11025"},
    StaticFormat{17, "DVI4/22050"}, StaticFormat{18, "G729/8000"},  StaticFormat{19, "CN/8000"},
    StaticFormat{25, "CelB/90000"}, StaticFormat{26, "JPEG/90000"}, StaticFormat{28, "nv/90000"},
    StaticFormat{31, "H261/90000"}, StaticFormat{32, "MPV/90000"},  StaticFormat{33, "MP2T/90000"},
    StaticFormat{34, "H263/90000"},
};

constexpr std::array kDirections{Direction::sendrecv, Direction::sendonly, Direction::recvonly,
                                 Direction::inactive};

// A session of two parties has no use for it, and we would be made to flood a network: RFC 3264 8.4
// lets the answerer refuse what it does not support.
bool is_group(const IpAddress& address) {
    if (address.family == Family::v6) return address.bytes[0] == 0xff;       // RFC 4291 2.7
    return address.family == Family::v4 && (address.bytes[0] >> 4U) >= 0xe;  // RFC 5771, RFC 1112 4
}

std::string static_rtpmap(std::uint8_t payload_type) {
    for (const auto& entry : kStaticFormats)
        if (entry.payload_type == payload_type) return std::string(entry.rtpmap);
    return {};
}

// "101 0-16" of an rtpmap or fmtp line, if it is about `payload_type`: "0-16".
std::optional<std::string_view> about(const Line& line, std::string_view attribute,
                                      std::string_view payload_type) {
    const auto value = line.attribute(attribute);
    if (!value) return std::nullopt;
    const std::size_t blank = value->find(' ');
    if (blank == std::string_view::npos || value->substr(0, blank) != payload_type)
        return std::nullopt;
    return text::trim(value->substr(blank));
}

std::vector<Format> read_formats(const MediaSection& section) {
    std::vector<Format> formats;
    if (!section.line.is_rtp() && !section.line.is_secure()) return formats;
    for (const auto& token : section.line.formats) {
        Format format;
        format.payload_type = static_cast<std::uint8_t>(text::number(token).value_or(0));
        format.rtpmap = static_rtpmap(format.payload_type);
        for (const auto& line : section.lines) {
            if (const auto map = about(line, "rtpmap", token)) format.rtpmap = *map;
            if (const auto parameters = about(line, "fmtp", token)) format.fmtp = *parameters;
        }
        formats.push_back(std::move(format));
    }
    return formats;
}

void read_session_lines(const std::vector<Line>& lines, MediaView& media) {
    for (const auto& line : lines) {
        if (line.type() == 'c') {
            if (const auto address = parse_connection(line.value())) media.rtp.address = *address;
        }
        for (const Direction direction : kDirections)
            if (line.type() == 'a' && line.value() == to_string(direction))
                media.direction = direction;
        if (const auto ptime = line.attribute("ptime")) {
            const auto number = text::number(text::trim(*ptime));
            if (number && *number > 0 && *number <= 1000)
                media.ptime_ms = static_cast<std::uint32_t>(*number);
        }
    }
}

// a=rtcp:53020 or a=rtcp:53020 IN IP4 126.16.64.4 (RFC 3605 2.1)
void read_rtcp(const std::vector<Line>& lines, MediaView& media) {
    for (const auto& line : lines) {
        const auto value = line.attribute("rtcp");
        if (!value) continue;
        const std::size_t blank = value->find(' ');
        const auto port = text::number(value->substr(0, blank));
        if (!port || *port == 0 || *port > 65535) continue;
        media.rtcp.port = static_cast<std::uint16_t>(*port);
        if (blank == std::string_view::npos) continue;
        const auto address = parse_connection(value->substr(blank + 1));
        if (address && !is_group(*address)) media.rtcp.address = *address;
    }
}

}  // namespace

std::string_view to_string(Direction direction) {
    switch (direction) {
        case Direction::sendrecv:
            return "sendrecv";
        case Direction::sendonly:
            return "sendonly";
        case Direction::recvonly:
            return "recvonly";
        case Direction::inactive:
            return "inactive";
    }
    return "inactive";
}

bool sends(Direction direction) {
    return direction == Direction::sendrecv || direction == Direction::sendonly;
}

bool receives(Direction direction) {
    return direction == Direction::sendrecv || direction == Direction::recvonly;
}

Direction make_direction(bool sends, bool receives) {
    if (sends) return receives ? Direction::sendrecv : Direction::sendonly;
    return receives ? Direction::recvonly : Direction::inactive;
}

std::string_view Format::encoding() const {
    return std::string_view(rtpmap).substr(0, rtpmap.find('/'));
}

std::uint32_t Format::clock_rate() const {
    const auto pieces = text::split(rtpmap, '/');
    const auto rate = pieces.size() < 2 ? std::nullopt : text::number(pieces[1]);
    return rate && *rate <= UINT32_MAX ? static_cast<std::uint32_t>(*rate) : 0;
}

bool Format::is_telephone_event() const {
    return text::iequals(encoding(), "telephone-event");
}

bool Format::is_comfort_noise() const {
    return text::iequals(encoding(), "CN");
}

const Format* MediaView::find(std::uint8_t payload_type) const {
    for (const auto& format : formats)
        if (format.payload_type == payload_type) return &format;
    return nullptr;
}

MediaView view(const Description& description, std::size_t index) {
    const MediaSection& section = description.media[index];
    MediaView media;
    media.line = section.line;
    read_session_lines(description.session, media);
    read_session_lines(section.lines, media);
    media.formats = read_formats(section);
    media.held_by_address = media.rtp.address.is_set() && media.rtp.address.is_unspecified();
    if (media.held_by_address) {
        media.direction = make_direction(sends(media.direction), false);
        media.rtp = {};
        return media;
    }
    media.to_group = is_group(media.rtp.address);
    if (section.line.port == 0 || media.to_group) {
        media.rtp = {};
        return media;
    }
    media.rtp.port = section.line.port;
    media.rtcp = media.rtp;
    media.rtcp.port = static_cast<std::uint16_t>(section.line.port + 1);  // 65536 becomes 0: unset
    read_rtcp(section.lines, media);
    return media;
}

std::vector<MediaView> view_all(const Description& description) {
    std::vector<MediaView> views;
    views.reserve(description.media.size());
    for (std::size_t i = 0; i < description.media.size(); ++i)
        views.push_back(view(description, i));
    return views;
}

}  // namespace weir::signaling::sdp
