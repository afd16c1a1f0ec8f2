// SPDX-License-Identifier: Apache-2.0
// Reception: sequence, loss and jitter accounting of one incoming RTP stream (RFC 3550 A.1, A.3,
// A.8).
//
// Thread: the worker that owns the stream. The state is plain data: it lives in shared memory and
// survives the process. Every gap is somebody's loss: ours when the socket's overflow counter or a
// restart of ours covers its time, else the network's before us.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace weir::dataplane {

// How many sequence numbers behind the highest are remembered, to tell a late packet from a copy.
inline constexpr unsigned kReorderWindow = 256;
// RFC 3550 A.1 MAX_DROPOUT: a longer jump is a loss only if the time passed allows for it.
inline constexpr unsigned kMaxDropout = 3000;

struct ReceptionState {
    std::uint32_t ssrc = 0;
    std::uint16_t highest = 0;        // highest sequence number received
    std::uint8_t started = 0;         // 0: no packet yet
    std::uint8_t restarted = 0;       // 1: we were restarted since the last packet; its gap is ours
    std::uint16_t first = 0;          // sequence number with which this source began
    std::uint8_t near_first = 0;      // 1: `first` is in the window: stragglers may precede it
    std::uint8_t epoch = 0;           // +1 whenever the sequence numbers begin anew
    std::uint32_t overflow_seen = 0;  // SO_RXQ_OVFL of the last packet in order
    std::uint32_t last_timestamp = 0;  // RTP timestamp of the last packet in order
    std::uint32_t jitter_q4 = 0;       // jitter times 16, timestamp units
    std::uint32_t clock_rate = 8000;   // of the RTP timestamp, Hz
    // The drop counter by which the last gap was found to be ours. Packets that had waited may say
    // less afterwards: then overflow_seen goes back, so that a further gap among them is ours, too.
    std::uint32_t overflow_booked = 0;
    std::int64_t last_arrival_ns = 0;  // MonoTime, of the last packet in order
    // Bit (sequence % kReorderWindow): received; and, where not received: whose loss the hole is.
    std::array<std::uint64_t, kReorderWindow / 64> received{};
    std::array<std::uint64_t, kReorderWindow / 64> hole_is_ours{};
};

enum class Arrival : std::uint8_t {
    in_order,    // advances the highest sequence, perhaps over a gap
    new_source,  // the first packet, or another SSRC
    jumped,      // the same SSRC goes on elsewhere: the sender restarted its numbers
    late,        // fills a hole
    straggler,   // older than the first packet of this source: one more was expected
    duplicate,   // was there already
};

// Instead of a gap: the packet came late, and a packet that had been called lost was not.
inline constexpr std::uint16_t kFillsHole = 0xFFFF;

struct ReceptionResult {
    Arrival arrival = Arrival::in_order;
    bool ours = false;      // in_order: the gap is ours; late: the hole had been counted as ours
    std::uint16_t gap = 0;  // in_order: packets missing before this one
};

struct ReceivedPacket {
    std::uint32_t ssrc = 0;
    std::uint32_t timestamp = 0;
    std::uint16_t sequence = 0;
    std::uint8_t payload_type = 0;
    std::uint32_t overflow = 0;   // the socket's drop counter when this packet was queued
    std::int64_t arrival_ns = 0;  // MonoTime
};

// What the counter has risen by since the last packet, less what a gap has shown already.
[[nodiscard]] inline std::uint32_t unbooked_overflow(const ReceptionState& state,
                                                     std::uint32_t overflow) noexcept {
    return std::min(overflow - state.overflow_seen, overflow - state.overflow_booked);
}

// Takes note of one packet. Pure on `state`.
[[nodiscard]] ReceptionResult note_packet(ReceptionState& state,
                                          const ReceivedPacket& packet) noexcept;

// A pause of the sender (hold, silence suppression) is no jitter.
inline constexpr std::int64_t kLongestJitterGapNs = 2'000'000'000;

// The jitter of one more packet in order. RFC 3550 A.8 in sixteenths: J += |D| - (J + 8) / 16.
inline void note_jitter(ReceptionState& state, const ReceivedPacket& packet) noexcept {
    const std::int64_t elapsed_ns = packet.arrival_ns - state.last_arrival_ns;
    const auto media = static_cast<std::int32_t>(packet.timestamp - state.last_timestamp);
    state.last_timestamp = packet.timestamp;
    state.last_arrival_ns = packet.arrival_ns;
    if (elapsed_ns < 0 || elapsed_ns > kLongestJitterGapNs) return;
    const std::int64_t elapsed = elapsed_ns * state.clock_rate / 1'000'000'000;
    std::int64_t difference = elapsed - media;
    if (difference < 0) difference = -difference;
    if (difference > 2 * static_cast<std::int64_t>(state.clock_rate)) return;  // another time line
    state.jitter_q4 += static_cast<std::uint32_t>(difference) - ((state.jitter_q4 + 8U) >> 4U);
}

// True: it was the next packet in order, as nearly all are, and is taken note of. False: nothing
// was done, ask note_packet().
[[nodiscard]] inline bool note_next_packet(ReceptionState& state,
                                           const ReceivedPacket& packet) noexcept {
    const auto next = static_cast<std::uint16_t>(state.highest + 1U);
    if (packet.sequence != next || packet.ssrc != state.ssrc) return false;
    if ((state.near_first | state.restarted) != 0 || state.started == 0) return false;
    state.received[next % kReorderWindow / 64] |= std::uint64_t{1} << (next % 64U);
    state.highest = next;
    state.overflow_seen = packet.overflow;
    note_jitter(state, packet);
    return true;
}

}  // namespace weir::dataplane
