// SPDX-License-Identifier: Apache-2.0
// Reception: RFC 3550 sequence, loss and jitter accounting of one incoming RTP stream (A.1, A.3,
// A.8).
//
// Thread: the worker that owns the stream. The state is plain data: it lives in shared memory and
// survives the process.
#pragma once

#include <array>
#include <cstdint>

namespace weir::dataplane {

// How many sequence numbers behind the highest are remembered, to tell a late packet from a copy.
inline constexpr unsigned kReorderWindow = 256;

struct ReceptionState {
    std::uint32_t ssrc = 0;
    std::uint16_t highest = 0;   // highest sequence number received
    std::uint8_t started = 0;    // 0: no packet yet
    std::uint8_t restarted = 0;  // 1: we were restarted since the last packet; its gap is ours
    std::uint32_t overflow_seen =
        0;                        // the socket's drop counter with the last packet (SO_RXQ_OVFL)
    std::int32_t transit = 0;     // RFC 3550 A.8: arrival minus RTP timestamp, timestamp units
    std::uint32_t jitter_q4 = 0;  // jitter times 16
    std::uint32_t clock_rate = 8000;   // of the RTP timestamp, Hz
    std::int64_t last_arrival_ns = 0;  // MonoTime
    // Bit (sequence % kReorderWindow): received; and, where not received: whose loss the hole is.
    std::array<std::uint64_t, kReorderWindow / 64> received{};
    std::array<std::uint64_t, kReorderWindow / 64> hole_is_ours{};
};

}  // namespace weir::dataplane
