// SPDX-License-Identifier: Apache-2.0
// MediaView: what one m-line says, in types: addresses, direction, formats, ptime. Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "signaling/sdp/description.hpp"

namespace weir::signaling::sdp {

enum class Direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };
[[nodiscard]] std::string_view to_string(Direction direction);
[[nodiscard]] bool sends(Direction direction);
[[nodiscard]] bool receives(Direction direction);
[[nodiscard]] Direction make_direction(bool sends, bool receives);

// A payload type of an RTP m-line.
struct Format {
    std::uint8_t payload_type = 0;
    std::string rtpmap;  // "PCMU/8000"; static types have theirs also without a line (RFC 3551 6);
                         // "" unknown
    std::string fmtp;    // "0-16"; "" if none

    [[nodiscard]] std::string_view encoding() const;  // "PCMU"
    [[nodiscard]] std::uint32_t clock_rate() const;   // Hz, 0 unknown
    [[nodiscard]] bool is_telephone_event() const;    // RFC 4733
    [[nodiscard]] bool is_comfort_noise() const;      // RFC 3389, and 19, its old number
    bool operator==(const Format&) const = default;
};

struct MediaView {
    MediaLine line;
    Endpoint rtp;                               // unset: port 0, or held by c=0.0.0.0
    Endpoint rtcp;                              // a=rtcp (RFC 3605), else the next port
    Direction direction = Direction::sendrecv;  // c=0.0.0.0 counts as "do not send to me"
    bool held_by_address = false;               // c=0.0.0.0 (RFC 2543's hold)
    bool to_group = false;  // c= is a multicast or broadcast address: never sent to, `rtp` is unset
    std::vector<Format> formats;  // in the order of the m-line; empty unless RTP
    std::uint32_t ptime_ms = 20;

    [[nodiscard]] bool is_active() const { return line.port != 0; }
    [[nodiscard]] const Format* find(std::uint8_t payload_type) const;
    bool operator==(const MediaView&) const = default;
};

// The view of m-line `index`, which exists.
[[nodiscard]] MediaView view(const Description& description, std::size_t index);
[[nodiscard]] std::vector<MediaView> view_all(const Description& description);

}  // namespace weir::signaling::sdp
