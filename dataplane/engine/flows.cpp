// SPDX-License-Identifier: Apache-2.0
// Giving directions to the kernel and taking them back.
#include "dataplane/engine/flows.hpp"

#include <algorithm>
#include <bit>

#include "dataplane/engine/engine_limits.hpp"

namespace weir::dataplane {
namespace {

constexpr std::int64_t kRestNs = std::chrono::nanoseconds(kOffloadRest).count();
constexpr unsigned kSpellBits = 26;  // 67 ms: a flow's turn is one of eight such spells
constexpr std::int64_t kLongestRestNs = std::chrono::nanoseconds(kOffloadLongestRest).count();

[[nodiscard]] LocalPort port_of(const DirectionSlot& from) {
    return {from.local_rtp.port, from.realm, 0};
}

void rest(FlowNote& note, std::int64_t rest_ns, MonoTime now) {
    if (note.given != 0) note.taken_back_ns = now.ns;
    note.given = 0;
    note.not_before_ns = now.ns + rest_ns;
}

// Streams that the kernel can relay as the worker would: nothing but the headers changes, and what
// comes next is known.
[[nodiscard]] bool is_steady(const WorkerState& worker, const DirectionSlot& from,
                             const DirectionSlot& to, MonoTime now) {
    if (!from.remote_rtp.is_set() || !to.remote_rtp.is_set() || from.renumbers != 0) return false;
    if (!worker.framer.realm(from.realm).is_plain || !worker.framer.realm(to.realm).is_plain)
        return false;
    if (from.remote_rtp.address.family != Family::v4 || to.remote_rtp.address.family != Family::v4)
        return false;
    const StreamAccount& account = from.account;
    return from.reception.started != 0 && from.reception.restarted == 0 &&
           account.relayed >= kOffloadAfter &&
           now.ns - account.last_at_ns < std::chrono::nanoseconds(kOffloadSilence).count();
}

// One direction, as it is looked at.
struct Flow {
    std::uint16_t slot = 0;
    std::uint8_t unit = 0;
    const DirectionSlot& from;
    const DirectionSlot& to;
    FlowNote& note;
};

// The fork whose copy the kernel can send, and the next hop toward its recorder.
struct CopyWish {
    std::uint8_t fork = 0;  // index + 1; 0: none
    std::uint64_t next_hop = 0;
};

// A live fork whose numbers follow from the stream's; of several the first: the worker serves the
// rest.
[[nodiscard]] CopyWish wish_of(WorkerState& worker, const Flow& flow) {
    const DirectionForks& forks = worker.notes[flow.slot].directions[flow.unit];
    for (unsigned bits = forks.live; bits != 0; bits &= bits - 1) {
        const auto index = static_cast<std::uint8_t>(std::countr_zero(bits));
        const ForkSlot& fork = worker.slot(flow.slot).forks[index];
        const std::uint64_t next_hop = worker.options.hops->find(fork.rtp_hop);
        if (next_hop == 0 || fork.remote_rtp.address.family != Family::v4) continue;
        if (fork.sequence_known == 0 || fork.epoch != flow.from.reception.epoch) continue;
        if (!worker.framer.realm(fork.realm).is_plain ||
            !worker.io.offload()->can_copy(flow.from.realm, fork.realm))
            continue;
        return {static_cast<std::uint8_t>(index + 1U), next_hop};
    }
    return {};
}

// A fork that ends waits for its last copies: a new rule would make the note forget whose they are.
[[nodiscard]] bool is_waited_for(WorkerState& worker, const Flow& flow, MonoTime now) {
    if (flow.note.fork == 0) return false;
    const ForkRef fork{flow.slot, static_cast<std::uint8_t>(flow.note.fork - 1U)};
    return slot_of(worker, fork).phase == ForkPhase::ending &&
           has_copies_under_way(worker, fork, now);
}

void offer(WorkerState& worker, const Flow& flow, MonoTime now) {
    FlowOffload& kernel = *worker.io.offload();
    const std::uint64_t next_hop = worker.options.hops->find(flow.to.rtp_hop);
    if (next_hop == 0 || !is_steady(worker, flow.from, flow.to, now)) return;
    if (!kernel.has_sent_all(flow.to.realm) || is_waited_for(worker, flow, now)) return;
    FlowRule rule = flow_rule(worker.framer, flow.from, flow.to, next_hop);
    const CopyWish wish = wish_of(worker, flow);
    if (wish.fork != 0) {
        const auto index = static_cast<std::uint8_t>(wish.fork - 1U);
        const ForkSlot& fork = worker.slot(flow.slot).forks[index];
        emit_copies(worker, now);  // a drain may have ended in this very turn
        if (!kernel.has_sent_all(fork.realm)) return;
        add_copy(rule, worker.framer, fork, index, wish.next_hop);
    }
    if (!kernel.give(rule)) return rest(flow.note, kLongestRestNs, now);
    flow.note.given = 1;
    flow.note.given_ns = now.ns;
    flow.note.next_hop = next_hop;
    flow.note.links = worker.link_changes;
    flow.note.fork = wish.fork;
    flow.note.copy_hop = wish.next_hop;
}

// Given up at once: it was not so steady, the next rest is twice as long.
void note_given_up(FlowNote& note, MonoTime now) {
    const bool was_kept = now.ns - note.given_ns > kLongestRestNs;
    note.rest_ns = was_kept ? kRestNs : std::clamp(2 * note.rest_ns, kRestNs, kLongestRestNs);
    rest(note, note.rest_ns, now);
}

[[nodiscard]] bool is_as_given(WorkerState& worker, const Flow& flow, bool looks_at_forks) {
    const FlowNote& note = flow.note;
    const NextHops& hops = *worker.options.hops;
    if (note.links != worker.link_changes || note.next_hop != hops.find(flow.to.rtp_hop))
        return false;
    if (note.fork != 0 &&
        note.copy_hop != hops.find(worker.slot(flow.slot).forks[note.fork - 1U].rtp_hop))
        return false;
    if (!looks_at_forks) return true;
    const CopyWish wish = wish_of(worker, flow);
    return wish.fork == note.fork && wish.next_hop == note.copy_hop;
}

void tend(WorkerState& worker, const Flow& flow, MonoTime now) {
    FlowNote& note = flow.note;
    // The flow's line is the kernel's program's, on another core, and the forks' lines are cold:
    // each is asked for once in a while.
    const bool is_due =
        ((static_cast<std::uint64_t>(now.ns) >> kSpellBits) ^ flow.from.local_rtp.port / 2U) % 8 ==
        0;
    if (note.given == 0) {
        if (now.ns >= note.not_before_ns) offer(worker, flow, now);
        return;
    }
    if (is_due && !worker.io.offload()->has(port_of(flow.from))) return note_given_up(note, now);
    if (is_as_given(worker, flow, is_due)) return;
    worker.io.offload()->take_back(port_of(flow.from));
    rest(note, kRestNs, now);
}

[[nodiscard]] FlowNote& note_of(WorkerState& worker, ForkRef fork) {
    return worker.flows[fork.slot][unit_of(slot_of(worker, fork))];
}

}  // namespace

void tend_flows(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept {
    const SessionSlot& session = worker.slot(slot);
    if (worker.io.offload() == nullptr || session.phase != SlotPhase::open) return;
    for (std::uint8_t unit = 0; unit < worker.notes[slot].streams * 2U; ++unit) {
        if (session.kinds[unit >> 1U] != StreamKind::rtp) continue;
        const auto& from = session.streams[unit >> 1U].from;
        const unsigned side = unit & 1U;
        tend(worker, {slot, unit, from[side], from[1U - side], worker.flows[slot][unit]}, now);
    }
}

void take_back_copy(WorkerState& worker, ForkRef fork, MonoTime now) noexcept {
    if (worker.io.offload() == nullptr) return;
    FlowNote& note = note_of(worker, fork);
    if (note.given == 0 || note.fork != fork.index + 1U) return;
    worker.io.offload()->take_back(port_of(source_of(worker, fork)));
    rest(note, kRestNs, now);
}

bool has_copies_under_way(WorkerState& worker, ForkRef fork, MonoTime now) noexcept {
    if (worker.io.offload() == nullptr) return false;
    const FlowNote& note = note_of(worker, fork);
    if (note.fork != fork.index + 1U) return false;
    return note.given != 0 || now.ns < note.taken_back_ns + kRestNs || worker.is_behind;
}

void take_back_flows(WorkerState& worker, std::uint16_t slot, std::uint8_t stream,
                     MonoTime now) noexcept {
    if (worker.io.offload() == nullptr) return;
    for (unsigned side = 0; side < 2; ++side) {
        FlowNote& note = worker.flows[slot][stream * 2U + side];
        if (note.given == 0) continue;
        worker.io.offload()->take_back(port_of(worker.slot(slot).streams[stream].from[side]));
        rest(note, kRestNs, now);
    }
}

void forget_flows(WorkerState& worker, std::uint16_t slot) noexcept {
    if (worker.io.offload() != nullptr) worker.flows[slot] = {};
}

}  // namespace weir::dataplane
