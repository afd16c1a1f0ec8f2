// SPDX-License-Identifier: Apache-2.0
// The stages of a packet, in order. Each is one file and works on a whole burst.
//
// Thread: the worker. A stage keeps a packet or drops it with a verdict; `now` is a parameter. The
// one visible list is run_stages() in pipeline.cpp.
#pragma once

#include <bit>

#include <rte_prefetch.h>

#include "dataplane/engine/worker_state.hpp"

namespace weir::dataplane {

// Framed I/O: finds the UDP datagram in the frame and whose it is, checks it, strips the headers;
// what is not for a session of ours goes to the host, to another worker or nowhere.
void classify(Burst& burst, WorkerState& worker) noexcept;
// Payload I/O: whose port it is; packets to nobody's port go no further.
void look_up(Burst& burst, WorkerState& worker) noexcept;
// Strict source check and wire format; RTCP of recorders ends here.
void admit(Burst& burst, WorkerState& worker, MonoTime now) noexcept;
// RFC 3550 reception statistics and whose loss each gap is.
void measure(Burst& burst, WorkerState& worker) noexcept;
// Copies to recorders, and the pre-roll.
void fork(Burst& burst, WorkerState& worker, MonoTime now) noexcept;
// Where it goes from here, and with which payload type.
void rewrite(Burst& burst, WorkerState& worker) noexcept;
// Sends the relayed packets, then the copies, and books the outcome. Empties the burst.
void emit(Burst& burst, WorkerState& worker, MonoTime now) noexcept;

// Of the packet's owner, whose notes are there already: the first recorder's; most calls have one.
// Its addresses are in the first line, which what the kernel has copied does not need.
inline void prefetch_fork(WorkerState& worker, PortEntry owner, bool is_copied) noexcept {
    const DirectionForks& forks = worker.notes[owner.slot].directions[owner.unit];
    const auto copied = static_cast<unsigned>(forks.live | forks.awaiting);
    if (copied == 0) return;
    const ForkSlot& fork = worker.slot(owner.slot).forks[std::countr_zero(copied)];
    const auto* at = reinterpret_cast<const std::byte*>(&fork);
    for (std::size_t line = is_copied ? 64 : 0; line < sizeof(ForkSlot); line += 64)
        rte_prefetch0(at + line);
}

// Packet `i` is `owner`'s: what the next stages will read of it is fetched.
inline void note_owner(Burst& burst, WorkerState& worker, std::size_t i,
                       const PortEntry& owner) noexcept {
    burst.meta[i].owner = owner;
    const bool of_fork = owner.role == PortRole::fork_rtp || owner.role == PortRole::fork_rtcp;
    DirectionSlot* from = of_fork ? nullptr : &worker.direction(owner);
    DirectionSlot* to = of_fork ? nullptr : &WorkerState::opposite(*from, owner);
    burst.from[i] = from;
    burst.to[i] = to;
    if (owner.role != PortRole::rtp) return;
    rte_prefetch0(&worker.notes[owner.slot]);
    constexpr std::size_t kLine = 64;
    const auto* at = reinterpret_cast<const std::byte*>(from);
    static_assert(offsetof(DirectionSlot, account.last_at_ns) < 4 * kLine);
    for (std::size_t line = 0; line < 4 * kLine; line += kLine)
        rte_prefetch0(at + line);
    if (!is_sent_by_kernel(worker, *burst.packets[i])) rte_prefetch0(to);
}

// All of them.
void run_stages(Burst& burst, WorkerState& worker, MonoTime now) noexcept;
// From `admit` on: for packets that were held back.
void run_held(Burst& burst, WorkerState& worker, MonoTime now) noexcept;

}  // namespace weir::dataplane
