// SPDX-License-Identifier: Apache-2.0
// RFC 3550 A.1, A.3 and A.8 with a window that tells late packets from copies.
#include "dataplane/rtp/reception.hpp"

#include "dataplane/rtp/rtp_header.hpp"

namespace weir::dataplane {
namespace {

// Sequence numbers per millisecond that a long gap may have used up and still be believed a loss.
constexpr std::int64_t kNsPerLostPacket = 1'000'000;
// The same where a stop of ours covers the gap: the fastest video (10,000 packets a second), by the
// sender's own time line, and no stop that nobody would have noticed.
constexpr std::int64_t kNsPerPacketLostByUs = 100'000;
constexpr std::int64_t kLongestStopNs = 120'000'000'000;

using Bitmap = std::array<std::uint64_t, kReorderWindow / 64>;
[[nodiscard]] bool test(const Bitmap& bits, unsigned n) {
    return (bits[n % kReorderWindow / 64] >> (n % 64U) & 1U) != 0;
}
void set(Bitmap& bits, unsigned n) {
    bits[n % kReorderWindow / 64] |= std::uint64_t{1} << (n % 64U);
}
void clear(Bitmap& bits, unsigned n) {
    bits[n % kReorderWindow / 64] &= ~(std::uint64_t{1} << (n % 64U));
}

void begin_source(ReceptionState& state, const ReceivedPacket& packet) {
    if (packet.ssrc != state.ssrc || state.started == 0)
        state.clock_rate = clock_rate_of(packet.payload_type);
    state.ssrc = packet.ssrc;
    state.highest = packet.sequence;
    state.started = 1;
    state.restarted = 0;
    state.first = packet.sequence;
    state.near_first = 1;
    ++state.epoch;
    state.received.fill(0);
    state.hole_is_ours.fill(0);
    set(state.received, packet.sequence);
    state.overflow_seen = state.overflow_booked = packet.overflow;
    state.last_timestamp = packet.timestamp;
    state.last_arrival_ns = packet.arrival_ns;
}

// Any overflow or restart since the last packet covers a gap before this one.
[[nodiscard]] bool is_covered(const ReceptionState& state, const ReceivedPacket& packet) {
    return state.restarted != 0 || packet.overflow != state.overflow_seen;
}

// A jump of `step` numbers, up to a whole round, that is the work of a stop of ours: the sender
// went on with its time line meanwhile. The time between the arrivals says nothing then, for what
// waited in a ring arrives together with what came after the loss.
[[nodiscard]] bool is_our_gap(const ReceptionState& state, const ReceivedPacket& packet,
                              std::uint16_t step) {
    if (!is_covered(state, packet) || state.clock_rate == 0) return false;
    const auto media = static_cast<std::int32_t>(packet.timestamp - state.last_timestamp);
    if (media <= 0) return false;
    const std::int64_t media_ns =
        std::int64_t{media} * 1'000'000'000 / static_cast<std::int64_t>(state.clock_rate);
    return media_ns <= kLongestStopNs && media_ns >= step * kNsPerPacketLostByUs;
}

ReceptionResult advance(ReceptionState& state, const ReceivedPacket& packet, unsigned step) {
    ReceptionResult result;
    result.gap = static_cast<std::uint16_t>(step - 1);
    // It must not flatter us: what a stop of ours covers is ours.
    result.ours = result.gap != 0 && is_covered(state, packet);
    if (result.ours) state.overflow_booked = packet.overflow;
    const unsigned remembered = step - 1 < kReorderWindow ? step - 1 : kReorderWindow;
    for (unsigned back = 1; back <= remembered; ++back) {
        const unsigned hole = packet.sequence - back;
        clear(state.received, hole);
        if (result.ours)
            set(state.hole_is_ours, hole);
        else
            clear(state.hole_is_ours, hole);
    }
    set(state.received, packet.sequence);
    state.highest = packet.sequence;
    if (state.near_first != 0 &&
        static_cast<std::uint16_t>(packet.sequence - state.first) >= kReorderWindow)
        state.near_first = 0;
    state.restarted = 0;
    state.overflow_seen = packet.overflow;
    note_jitter(state, packet);
    return result;
}

}  // namespace

ReceptionResult note_packet(ReceptionState& state, const ReceivedPacket& packet) noexcept {
    if (state.started == 0 || packet.ssrc != state.ssrc) [[unlikely]] {
        begin_source(state, packet);
        return {Arrival::new_source, false, 0};
    }
    const auto step = static_cast<std::int16_t>(packet.sequence - state.highest);
    if (step > 0) {
        const bool believable =
            step <= static_cast<int>(kMaxDropout) ||
            packet.arrival_ns - state.last_arrival_ns >= step * kNsPerLostPacket;
        if (believable) return advance(state, packet, static_cast<unsigned>(step));
    } else if (step > -static_cast<int>(kReorderWindow)) {
        if (test(state.received, packet.sequence)) return {Arrival::duplicate, false, 0};
        set(state.received, packet.sequence);
        if (state.near_first != 0 && static_cast<std::int16_t>(packet.sequence - state.first) < 0)
            return {Arrival::straggler, false, 0};
        return {Arrival::late, test(state.hole_is_ours, packet.sequence), 0};
    }
    const auto round = static_cast<std::uint16_t>(step);
    if (is_our_gap(state, packet, round)) return advance(state, packet, round);
    begin_source(state, packet);
    return {Arrival::jumped, false, 0};
}

}  // namespace weir::dataplane
