// SPDX-License-Identifier: Apache-2.0
// Flows: which directions the kernel relays by itself (FlowOffload), and when they come back.
//
// Thread: the worker. A direction is given away when its packets have come plainly for a while,
// with the copy for one recorder that hears it live, and taken back before anything about it
// changes. What the kernel gives up it gets again after a rest, each time a longer one.
#pragma once

#include "dataplane/engine/flow_offload.hpp"
#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/worker_state.hpp"

namespace weir::dataplane {

// Looks at all directions of the slot; called with look_after().
void tend_flows(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept;
// Before an address, a port or a number of the stream changes.
void take_back_flows(WorkerState& worker, std::uint16_t slot, std::uint8_t stream,
                     MonoTime now) noexcept;
// A new session has the slot.
void forget_flows(WorkerState& worker, std::uint16_t slot) noexcept;

// Before the fork stops, pauses or changes its address: the kernel copies for it no more.
void take_back_copy(WorkerState& worker, ForkRef fork, MonoTime now) noexcept;
// The kernel has sent copies for the fork that we may not have been told of yet.
[[nodiscard]] bool has_copies_under_way(WorkerState& worker, ForkRef fork, MonoTime now) noexcept;

// What the kernel must know to relay what comes `from` and goes on `to` the next hop. Both realms
// are plain (Framer::Realm::is_plain), both addresses known.
[[nodiscard]] FlowRule flow_rule(const Framer& framer, const DirectionSlot& from,
                                 const DirectionSlot& to, std::uint64_t next_hop) noexcept;
// ... and to copy it for that live fork, whose numbers are settled; likewise plain.
void add_copy(FlowRule& rule, const Framer& framer, const ForkSlot& fork, std::uint8_t index,
              std::uint64_t next_hop) noexcept;

}  // namespace weir::dataplane
