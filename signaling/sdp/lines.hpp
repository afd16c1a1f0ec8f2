// SPDX-License-Identifier: Apache-2.0
// What a line of an m-line section is about: directions, formats. Thread: any; pure; for this
// folder.
#pragma once

#include <optional>
#include <string_view>

#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {

[[nodiscard]] inline bool is_direction(const Line& line) {
    if (line.type() != 'a') return false;
    for (const auto direction :
         {Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive})
        if (line.value() == to_string(direction)) return true;
    return false;
}

// The payload type that an attribute speaks about ("101" of a=fmtp:101 0-16), if it names one.
[[nodiscard]] inline std::optional<std::string_view> payload_of(const Line& line) {
    for (const std::string_view name : {"rtpmap", "fmtp", "rtcp-fb", "imageattr", "framesize"}) {
        const auto value = line.attribute(name);
        if (value) return value->substr(0, value->find(' '));
    }
    return std::nullopt;
}

// The last line of a text may lack its end, or half of it where a Content-Length was one short:
// what is written behind it would become a part of it.
inline void end_line(Line& line) {
    if (!line.ending.ends_with('\n')) line.ending = "\r\n";
}

// Speech or pictures, not the events and the silence between.
[[nodiscard]] inline bool is_codec(const Format& format) {
    return !format.is_telephone_event() && !format.is_comfort_noise();
}

}  // namespace weir::signaling::sdp
