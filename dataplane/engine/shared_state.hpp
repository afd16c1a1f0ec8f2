// SPDX-License-Identifier: Apache-2.0
// SharedState: the map of the supervisor's shared memory (a memfd): header, worker counters,
// session slots, pre-roll rings. A successor of weir-media attaches to it and goes on with the same
// ports, SSRC, sequence numbers and counters.
//
// Thread: attach() on the control thread at start; afterwards the per-field rules of
// session_slot.hpp.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "dataplane/engine/session_slot.hpp"

namespace weir::dataplane {

inline constexpr std::uint64_t kSharedMagic = 0x5745495253484d31;  // "WEIRSHM1"
inline constexpr std::uint32_t kSharedLayout =
    7;  // raise with every change of a struct below or in session_slot.hpp

struct SharedStateOptions {
    std::uint32_t sessions = kDefaultSessions;  // slots, 1..kMaxSessions
    // Bound of the whole pre-roll, bytes; 0 = no pre-roll. One ring per direction of each RTP
    // stream of a recordable session, pre_roll_seconds * kPreRollBytesPerSecond each.
    std::uint64_t pre_roll_bytes_total = 64U << 20U;
    std::uint32_t pre_roll_seconds = 2;  // 1..60

    bool operator==(const SharedStateOptions&) const = default;
};

// Totals of one worker since the memory was made. Written by the worker (relaxed), read by anyone.
struct alignas(64) WorkerCounters {
    using Counter = std::atomic<std::uint64_t>;
    Counter received{0};           // datagrams of every kind
    Counter relayed{0};            // RTP and RTCP
    Counter relayed_by_kernel{0};  // of them, those that the kernel relayed by itself (FlowOffload)
    Counter copied{0};             // fork copies made
    Counter copied_by_kernel{0};   // of them, those that the kernel sent by itself
    std::array<Counter, kVerdictCount> drops{};
    std::array<Counter, kForkDropCount> fork_drops{};
    std::array<Counter, kVerdictCount> copy_drops{};  // copies and reports to recorders not sent
    Counter punted{0};       // frames that were not media and went to the host
    Counter punt_drops{0};   // of them, those that the host's end took no more
    Counter handed_over{0};  // media frames given to the worker that owns their port
    Counter laws_broken{0};
    Counter stale_commands{0};  // for a session or fork that is gone
    Counter late_events{0};     // events that found the ring full and were sent later
    Counter lost_events{0};     // informational events that were dropped with a full ring
    Counter turns{0};
    Counter idle_sleeps{0};
    Counter longest_turn_ns{0};  // without sleep; of the last minute or two
    Counter pool_low_water{0};   // fewest free packet buffers seen
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

struct alignas(64) SharedHeader {
    std::uint64_t magic = 0;  // written last at creation
    std::uint32_t layout = 0;
    std::uint32_t slot_bytes =
        0;  // sizeof(SessionSlot): another build with another layout is refused
    std::uint32_t counters_bytes = 0;  // sizeof(WorkerCounters)
    std::uint32_t ring_count = 0;
    std::uint64_t ring_bytes = 0;  // of one pre-roll ring with its header
    SharedStateOptions options;
    std::uint64_t counters_offset = 0;  // bytes from the start of the header
    std::uint64_t slots_offset = 0;
    std::uint64_t rings_offset = 0;
    std::uint64_t total_bytes = 0;
    std::uint64_t incarnation =
        0;  // [control] +1 by each weir-media that attaches: PlaneUp::media_incarnation
};

// Bytes the memfd must have, at least. Pure.
[[nodiscard]] std::size_t shared_state_bytes(const SharedStateOptions& options);
// Pre-roll rings that the options give. Pure.
[[nodiscard]] std::uint32_t pre_roll_ring_count(const SharedStateOptions& options);

class SharedState {
public:
    // All zero memory is laid out anew; memory of a predecessor is validated and kept (adopted() is
    // true then, and its own options count, not those given). Errors: invalid (another layout, or
    // damaged: restart the supervisor), exhausted (fewer bytes than shared_state_bytes).
    // `memory` must be 64-byte aligned (a mapping is) and outlive the object. Raises the
    // incarnation.
    [[nodiscard]] static Result<SharedState> attach(std::span<std::byte> memory,
                                                    const SharedStateOptions& options);

    [[nodiscard]] bool adopted() const { return adopted_; }
    [[nodiscard]] std::uint64_t incarnation() const { return header_->incarnation; }
    [[nodiscard]] const SharedStateOptions& options() const { return header_->options; }
    [[nodiscard]] std::span<SessionSlot> slots() const { return slots_; }
    [[nodiscard]] WorkerCounters& counters(std::size_t worker) const { return counters_[worker]; }
    [[nodiscard]] std::uint32_t ring_count() const { return header_->ring_count; }
    // The memory of pre-roll ring `index` (0-based; DirectionSlot::pre_roll_ring is index + 1).
    [[nodiscard]] std::span<std::byte> ring(std::uint32_t index) const;

private:
    SharedState() = default;
    SharedHeader* header_ = nullptr;
    std::span<WorkerCounters> counters_;
    std::span<SessionSlot> slots_;
    std::span<std::byte> rings_;
    bool adopted_ = false;
};

}  // namespace weir::dataplane
