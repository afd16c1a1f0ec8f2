// SPDX-License-Identifier: Apache-2.0
// WorkerState: all that one worker works on: what its stages read and write.
//
// Thread: the worker (built by control before the worker starts). Allocated at start, never after.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "config/base/clock.hpp"
#include "dataplane/engine/burst.hpp"
#include "dataplane/engine/event_sender.hpp"
#include "dataplane/engine/frame.hpp"
#include "dataplane/engine/hold_back.hpp"
#include "dataplane/engine/next_hops.hpp"
#include "dataplane/engine/port_owners.hpp"
#include "dataplane/engine/pre_roll.hpp"
#include "dataplane/engine/shared_state.hpp"
#include "dataplane/engine/slot_list.hpp"
#include "dataplane/engine/thread_priority.hpp"

namespace weir::dataplane {

// A direction is one side of one stream: stream * 2 + side.
inline constexpr std::size_t kDirections = kMaxStreams * 2;

// What a direction's packets mean to its forks; derived from the forks' phases (refresh_forks).
struct DirectionForks {
    ForkMask live = 0;      // copy each packet now
    ForkMask awaiting = 0;  // eligible, kept in the pre-roll
    ForkMask paused = 0;    // counted, not eligible
};

// The worker's own notes about a slot: small, so that 20,000 of them stay in the cache.
struct SlotNotes {
    std::uint32_t generation = 0;  // 0: not ours
    std::uint8_t streams = 0;      // installed
    ForkMask forks = 0;            // armed and not yet closed
    std::array<DirectionForks, kDirections> directions{};
};

// Of a direction: is it the kernel's (flows.hpp)?
struct FlowNote {
    std::int64_t not_before_ns = 0;  // MonoTime: it is not given (again) earlier
    std::int64_t given_ns = 0;       // with `given`: since when
    std::int64_t rest_ns = 0;        // the last one
    std::uint64_t next_hop = 0;      // with `given`: as NextHops::find gave it
    std::uint32_t links = 0;         // with `given`: WorkerState::link_changes
    std::uint64_t copy_hop = 0;      // likewise, toward the recorder of `fork`
    std::int64_t taken_back_ns = 0;  // MonoTime: when it was last the kernel's
    std::uint8_t given = 0;          // 1: the kernel relays it
    std::uint8_t fork = 0;           // who was last given a copy with it, index + 1; 0: nobody
};

struct WorkerOptions {
    std::uint8_t index = 0;
    std::size_t realms = 1;                                  // port tables, 256 KiB each
    FrameOptions frames;                                     // framed I/O only
    const PortOwners* owners = nullptr;                      // framed I/O only; outlives the worker
    const NextHops* hops = nullptr;                          // likewise
    std::chrono::nanoseconds media_timeout = kMediaTimeout;  // 0: never told
    bool spin = false;                     // framed I/O: never sleep (media.idle: spin)
    RealTime real_time = RealTime::never;  // of run()
};

struct WorkerState {
    WorkerState(const WorkerOptions& worker_options, const SharedState& memory, WorkerLink& link,
                PacketIo& packets, BufferPool& buffers);

    WorkerOptions options;
    Framer framer;  // framed I/O only
    SharedState shared;
    PacketIo& io;
    BufferPool& pool;
    WorkerCounters& counters;
    PortTable ports;
    std::vector<SlotNotes> notes;  // by slot
    std::vector<std::array<FlowNote, kDirections>>
        flows;                       // by slot; empty without PacketIo::offload
    std::uint64_t sent_mark = 0;     // FlowOffload::sent_mark, or none
    std::uint32_t link_changes = 0;  // of the framer, so far
    bool is_behind = false;          // more has come than the last turn could take
    EventSender events;
    HoldBack held;
    SlotList active;                  // slots with a session or a fork of ours
    SlotList pumping;                 // slots with a fork that drains
    std::int64_t wall_offset_ns = 0;  // wall clock minus monotonic, for RTCP

    Burst burst;
    TxBurst relay;  // sent first: a fork never delays the relay
    TxBurst copies;
    std::array<rte_mbuf*, 2 * kBurst> dropped;  // freed together
    std::uint16_t dropped_count = 0;

    [[nodiscard]] SessionSlot& slot(std::uint16_t index) noexcept { return slots_[index]; }
    [[nodiscard]] DirectionSlot& direction(PortEntry owner) noexcept {
        return slots_[owner.slot].streams[owner.unit >> 1U].from[owner.unit & 1U];
    }
    // The other side of the same stream: its neighbour in StreamSlot::from.
    [[nodiscard]] static DirectionSlot& opposite(DirectionSlot& from, PortEntry owner) noexcept {
        return *(&from + ((owner.unit & 1U) == 0 ? 1 : -1));
    }
    [[nodiscard]] PreRoll pre_roll(const DirectionSlot& from) noexcept {
        return PreRoll(from.pre_roll_ring == 0 ? std::span<std::byte>{}
                                               : shared.ring(from.pre_roll_ring - 1));
    }

private:
    std::span<SessionSlot> slots_;
};

// The kernel has sent it on already: it is only booked, and copied to recorders.
[[nodiscard]] inline bool is_sent_by_kernel(const WorkerState& worker,
                                            const rte_mbuf& packet) noexcept {
    return (packet.ol_flags & worker.sent_mark) != 0;
}

// The fork whose copy it has sent with it, or none.
[[nodiscard]] inline ForkMask copied_by_kernel(const WorkerState& worker,
                                               const rte_mbuf& packet) noexcept {
    const std::uint32_t index = packet.packet_type - 1U;
    if (!is_sent_by_kernel(worker, packet) || index >= kMaxForks) return 0;
    return static_cast<ForkMask>(1U << index);
}

// One more on a counter that only this thread writes.
inline void count(WorkerCounters::Counter& counter, std::uint64_t by = 1) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

// Counts the drop and takes the buffer; `account` is the stream's, where it has one (RTP only).
void drop(WorkerState& worker, rte_mbuf* packet, Verdict verdict, StreamAccount* account) noexcept;
// Takes the buffer of a packet that is booked already.
void discard(WorkerState& worker, rte_mbuf* packet) noexcept;
void free_dropped(WorkerState& worker) noexcept;

// Moves packet `from` of the burst to place `to` (to <= from): how a stage closes the gaps it
// makes.
inline void keep(Burst& burst, std::size_t& to, std::size_t from) noexcept {
    if (to != from) {
        burst.packets[to] = burst.packets[from];
        burst.meta[to] = burst.meta[from];
        burst.from[to] = burst.from[from];
        burst.to[to] = burst.to[from];
    }
    ++to;
}

}  // namespace weir::dataplane
