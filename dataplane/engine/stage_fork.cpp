// SPDX-License-Identifier: Apache-2.0
// Stage fork: each packet of a recorded direction goes to the pre-roll and, live, to the recorders.
#include <bit>

#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

void book_fork_drop(WorkerState& worker, ForkAccount& account, ForkDrop reason,
                    std::uint32_t packets) {
    const auto index = static_cast<std::size_t>(reason);
    account.drops[index] += packets;
    count(worker.counters.fork_drops[index], packets);
}

// The forks of `candidates` that should have the packet; books them as eligible, others as paused.
[[nodiscard]] ForkMask book_eligible(WorkerState& worker, const PacketMeta& meta,
                                     unsigned candidates) {
    unsigned eligible = 0;
    for (unsigned bits = candidates; bits != 0; bits &= bits - 1) {
        const auto index = static_cast<unsigned>(std::countr_zero(bits));
        ForkSlot& fork = worker.slot(meta.owner.slot).forks[index];
        if (!is_eligible(fork, meta.arrival_ns)) {
            if (meta.arrival_ns >= fork.eligible_from_ns) ++fork.account.paused;
            continue;
        }
        book_fork_gaps(fork.account, meta.gap_network, meta.gap_ours);
        ++fork.account.eligible;
        eligible |= 1U << index;
    }
    return static_cast<ForkMask>(eligible);
}

// The kernel has sent the fork's copy with the packet, by the rule that held then: eligible and
// sent, whatever has been asked of the fork meanwhile. Behind keep_for_later().
void book_kernel_copy(WorkerState& worker, const PacketMeta& meta, ForkMask copied) {
    const ForkRef ref{meta.owner.slot, static_cast<std::uint8_t>(std::countr_zero(copied))};
    ForkSlot& fork = slot_of(worker, ref);
    if (fork.phase == ForkPhase::absent) return;  // its account is final
    book_fork_gaps(fork.account, meta.gap_network, meta.gap_ours);
    ++fork.account.eligible;
    book_sent_copy(worker, fork, meta);
    // Paused meanwhile: a resume begins behind it.
    if (fork.paused == 0) return;
    const PreRoll pre_roll = worker.pre_roll(worker.direction(meta.owner));
    if (pre_roll.is_present()) fork.cursor = pre_roll.head();
}

// Keeps the packet; `awaited_by` are booked as awaiting, and what had to make room as lost to them.
void keep_for_later(WorkerState& worker, const PacketMeta& meta, ByteSpan packet,
                    ForkMask awaited_by) {
    SessionSlot& slot = worker.slot(meta.owner.slot);
    PreRoll pre_roll = worker.pre_roll(worker.direction(meta.owner));
    for (unsigned bits = awaited_by; bits != 0; bits &= bits - 1) {
        const auto index = static_cast<unsigned>(std::countr_zero(bits));
        ForkAccount& account = slot.forks[index].account;
        if (pre_roll.is_present())
            ++account.awaiting;
        else
            book_fork_drop(worker, account, ForkDrop::pre_roll_short, 1);
        if (slot.forks[index].started != 0) worker.pumping.insert(meta.owner.slot);
    }
    if (!pre_roll.is_present()) return;
    const PreRollRecord record{.arrival_ns = meta.arrival_ns,
                               .gap_network = meta.gap_network,
                               .gap_ours = meta.gap_ours,
                               .awaited_by = awaited_by,
                               .epoch = meta.epoch};
    const PreRoll::Evicted evicted = pre_roll.append(record, packet);
    if (evicted.any == 0) [[likely]]
        return;
    for (unsigned index = 0; index < kMaxForks; ++index) {
        ForkAccount& account = slot.forks[index].account;
        account.awaiting -= evicted.packets[index];
        book_fork_drop(worker, account, ForkDrop::pre_roll_short, evicted.packets[index]);
    }
}

// A packet that somebody wants: `forks` with what the kernel has not copied, or the pre-roll.
void fork_packet(WorkerState& worker, rte_mbuf& buffer, const PacketMeta& meta,
                 DirectionForks forks, MonoTime now) {
    const ForkMask copied = copied_by_kernel(worker, buffer);
    const unsigned all = static_cast<unsigned>(forks.live | forks.awaiting | forks.paused) &
                         ~static_cast<unsigned>(copied);
    const ByteSpan packet = bytes_of_mbuf(&buffer);
    const unsigned eligible = all == 0 ? 0U : book_eligible(worker, meta, all);
    const auto later = static_cast<ForkMask>(eligible & ~static_cast<unsigned>(forks.live));
    if (later != 0 || worker.direction(meta.owner).pre_roll_ring != 0)
        keep_for_later(worker, meta, packet, later);
    if (copied != 0) book_kernel_copy(worker, meta, copied);
    for (unsigned bits = eligible & forks.live; bits != 0; bits &= bits - 1) {
        const ForkRef target{meta.owner.slot, static_cast<std::uint8_t>(std::countr_zero(bits))};
        const CopySource source{packet, meta.arrival_ns, meta.payload_bytes, meta.epoch,
                                meta.payload_sum};
        if (!copy_to_recorder(worker, target, source, now))
            book_fork_drop(worker, slot_of(worker, target).account, ForkDrop::pool_short, 1);
    }
}

}  // namespace

void fork(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        const PacketMeta& meta = burst.meta[i];
        if (meta.fresh == 0) continue;
        const DirectionForks& forks = worker.notes[meta.owner.slot].directions[meta.owner.unit];
        const auto of_forks = static_cast<unsigned>(forks.live | forks.awaiting | forks.paused);
        // Nobody records it: nearly all packets of a trunk.
        if (of_forks == 0 && burst.from[i]->pre_roll_ring == 0 &&
            copied_by_kernel(worker, *burst.packets[i]) == 0)
            continue;
        fork_packet(worker, *burst.packets[i], meta, forks, now);
    }
}

}  // namespace weir::dataplane
