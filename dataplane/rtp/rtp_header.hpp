// SPDX-License-Identifier: Apache-2.0
// The RTP fixed header (RFC 3550 5.1): checking untrusted bytes, reading and rewriting fields.
//
// Thread: any; pure, no allocation. Inline because the packet path calls it for each packet.
#pragma once

#include <cstdint>

#include "config/base/bytes.hpp"
#include "config/base/limits.hpp"

namespace weir::dataplane {

struct RtpWire {
    std::uint8_t first = 0;   // V(2) P X CC(4)
    std::uint8_t second = 0;  // M PT(7)
    Be16 sequence;
    Be32 timestamp;
    Be32 ssrc;
};
static_assert(sizeof(RtpWire) == kMinRtpBytes && alignof(RtpWire) == 1);

enum class RtpFault : std::uint8_t {
    none,
    too_short,    // fewer than 12 bytes
    too_long,     // more than kMaxRtpBytes
    bad_version,  // not 2
    bad_header,   // CSRC list, extension or padding reaches past the end
};

struct RtpView {
    RtpFault fault = RtpFault::none;  // the rest means nothing unless `none`
    std::uint8_t payload_type = 0;
    bool marker = false;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    std::uint16_t payload_offset = 0;  // bytes from the start of the packet
    std::uint16_t payload_bytes = 0;   // without padding
};

// RFC 5761 4: a packet on an RTP port whose second byte is one of RTCP's types is RTCP.
[[nodiscard]] inline bool looks_like_rtcp(ByteSpan packet) {
    return packet.size() >= 2 && packet[1] >= 192 && packet[1] <= 223;
}

// The header's CSRC list, extension and padding, which few packets have (RFC 3550 5.1, 5.3.1).
[[nodiscard]] RtpView check_rtp_extras(ByteSpan packet, RtpView view);

// Checks the header against the packet's length. Total: any bytes give a view or a fault.
[[nodiscard]] inline RtpView check_rtp(ByteSpan packet) {
    RtpView view;
    const auto* wire = view_as<RtpWire>(packet);
    if (wire == nullptr) {
        view.fault = RtpFault::too_short;
        return view;
    }
    if (packet.size() > kMaxRtpBytes) {
        view.fault = RtpFault::too_long;
        return view;
    }
    if ((wire->first & 0xC0U) != 0x80U) {
        view.fault = RtpFault::bad_version;
        return view;
    }
    view.payload_type = wire->second & 0x7FU;
    view.marker = (wire->second & 0x80U) != 0;
    view.sequence = wire->sequence.get();
    view.timestamp = wire->timestamp.get();
    view.ssrc = wire->ssrc.get();
    view.payload_offset = sizeof(RtpWire);
    view.payload_bytes = static_cast<std::uint16_t>(packet.size() - sizeof(RtpWire));
    if ((wire->first & 0x3FU) != 0) [[unlikely]]
        return check_rtp_extras(packet, view);
    return view;
}

// The clock of the RTP timestamp in Hz by static payload type (RFC 3551 6); 8000 for dynamic types
// whose rtpmap nobody has told us: only jitter depends on it.
[[nodiscard]] std::uint32_t clock_rate_of(std::uint8_t payload_type);

}  // namespace weir::dataplane
