// SPDX-License-Identifier: Apache-2.0
// Description: a session description as its lines, kept as they were written (RFC 4566).
//
// Thread: any; values. Text that nobody edits comes out byte for byte as it went in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"

namespace weir::signaling::sdp {

struct Line {
    std::string text;             // "a=ptime:20", without its end
    std::string ending = "\r\n";  // as received: "\r\n", "\n" or, on the last line, ""

    [[nodiscard]] char type() const { return text.empty() ? '\0' : text.front(); }
    [[nodiscard]] std::string_view value() const {
        return text.size() < 2 ? std::string_view() : std::string_view(text).substr(2);
    }
    // The value of attribute `name`: "20" of "a=ptime:20" for "ptime", "" of "a=sendonly"; else
    // none.
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
    bool operator==(const Line&) const = default;
};

// m=audio 49170/2 RTP/AVP 0 101
struct MediaLine {
    std::string media;                 // audio, video, image, application, ...
    std::uint16_t port = 0;            // 0 = the stream is refused (RFC 3264 6)
    std::string protocol;              // as written: RTP/AVP
    std::vector<std::string> formats;  // payload types of RTP, else tokens; at least one

    [[nodiscard]] static Result<MediaLine> parse(
        std::string_view value);                  // what stands behind "m="
    [[nodiscard]] std::string to_string() const;  // with "m="
    [[nodiscard]] bool is_rtp() const;            // RTP/AVP, RTP/AVPF
    [[nodiscard]] bool is_secure() const;         // any SAVP profile
    bool operator==(const MediaLine&) const = default;
};

// A format has number `from` in one description and `to` in another.
struct NumberPair {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    bool operator==(const NumberPair&) const = default;
};

struct MediaSection {
    MediaLine line;           // the typed view of lines[0]
    std::vector<Line> lines;  // the m-line and all behind it up to the next
    // By rewrite(): which formats have another number here than in the source. No part of the text.
    std::vector<NumberPair> numbers{};
    bool operator==(const MediaSection&) const = default;
};

struct Description {
    std::vector<Line> session;  // all before the first m-line
    std::vector<MediaSection> media;

    // Errors: empty, larger than kSdpMaxBytes, kSdpMaxLines or kSdpMaxMedia, a line that is none,
    // no o=, an m-line that cannot be read, an active m-line without a usable c= (RFC 4566 5.7).
    [[nodiscard]] static Result<Description> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
    bool operator==(const Description&) const = default;
};

// The address of a c= value: "IN IP4 192.0.2.1", with or without /ttl. Errors: a name, another net.
[[nodiscard]] Result<IpAddress> parse_connection(std::string_view value);
// "IN IP4 192.0.2.1"
[[nodiscard]] std::string connection_text(const IpAddress& address);

}  // namespace weir::signaling::sdp
