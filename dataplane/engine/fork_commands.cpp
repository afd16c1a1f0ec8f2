// SPDX-License-Identifier: Apache-2.0
// What control may ask of a fork. Instants may lie in the past: the pre-roll is judged again.
#include <algorithm>

#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/forks.hpp"
#include "dataplane/rtp/reception.hpp"

namespace weir::dataplane {
namespace {

// Packets of a past stretch that the pre-roll has overwritten already: eligible and lost to the
// fork.
void book_overwritten(WorkerState& worker, ForkAccount& account, std::uint64_t packets) {
    if (packets == 0) return;
    const auto reason = static_cast<std::size_t>(ForkDrop::pre_roll_short);
    account.eligible += packets;
    account.drops[reason] += static_cast<std::uint32_t>(packets);
    count(worker.counters.fork_drops[reason], packets);
}

// Makes the kept packets since `from_ns` eligible that the fork does not await; returns how many.
std::uint64_t await_since(WorkerState& worker, ForkRef fork, std::int64_t from_ns) {
    ForkSlot& slot = slot_of(worker, fork);
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    std::uint64_t found = 0;
    std::uint64_t offset = slot.cursor;
    while (PreRollRecord* record = pre_roll.at(offset)) {
        const ForkMask bit = bit_of(fork.index);
        if (record->arrival_ns >= from_ns && (record->awaited_by & bit) == 0) {
            record->awaited_by |= bit;
            book_fork_gaps(slot.account, record->gap_network, record->gap_ours);
            ++slot.account.eligible;
            ++slot.account.awaiting;
            ++found;
        }
        offset = PreRoll::next(offset, *record);
    }
    return found;
}

// The reverse for a packet that turns out to be paused.
void unbook_gaps(ForkAccount& account, const PreRollRecord& record) {
    const auto unbook = [](std::uint64_t& lost, std::uint16_t gap) {
        lost = gap == kFillsHole ? lost + 1 : lost - std::min<std::uint64_t>(lost, gap);
    };
    unbook(account.lost_before_us, record.gap_network);
    unbook(account.lost_ours, record.gap_ours);
}

// A predecessor died with this fork: what it had queued is gone, what the pre-roll holds is not.
void mend_fork(WorkerState& worker, ForkRef fork) {
    ForkSlot& slot = slot_of(worker, fork);
    ForkAccount& account = slot.account;
    slot.adopted = worker.io.offload() != nullptr ? 1 : 0;
    account.queued = 0;
    account.send_drops = account.copied - std::min(account.copied, account.sent);
    std::uint64_t awaiting = 0;
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    if (pre_roll.is_present()) {
        std::uint64_t offset = pre_roll.tail();
        while (const PreRollRecord* record = pre_roll.at(offset)) {
            if ((record->awaited_by & bit_of(fork.index)) != 0) ++awaiting;
            offset = PreRoll::next(offset, *record);
        }
    }
    account.awaiting = awaiting;
    const std::uint64_t accounted = account.copied + account.dropped() + awaiting;
    if (account.eligible > accounted) {
        const auto lost = account.eligible - accounted;
        account.drops[static_cast<std::size_t>(ForkDrop::restart)] +=
            static_cast<std::uint32_t>(lost);
        count(worker.counters.fork_drops[static_cast<std::size_t>(ForkDrop::restart)], lost);
    } else {
        account.eligible = accounted;
    }
}

void begin_fork(WorkerState& worker, ForkRef fork) {
    ForkSlot& slot = slot_of(worker, fork);
    slot.remote_rtp = {};
    slot.remote_rtcp = {};
    slot.rtp_hop = slot.rtcp_hop = kNoHop;
    slot.started = slot.paused = slot.ending = slot.law_told = slot.sequence_known = 0;
    slot.adopted = 0;
    slot.next_report_ns = slot.drain_until_ns = slot.hop_until_ns = slot.paused_from_ns = 0;
    slot.resumed_from_ns = slot.eligible_from_ns;
    slot.cursor = 0;
    slot.account = ForkAccount{};
    slot.account.ssrc = slot.ssrc;
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    if (!pre_roll.is_present()) return;
    book_overwritten(worker, slot.account, pre_roll.evicted_since(slot.eligible_from_ns));
    await_since(worker, fork, slot.eligible_from_ns);
}

void take_fork(WorkerState& worker, ForkRef fork, const PortFds& ports) {
    const ForkSlot& slot = slot_of(worker, fork);
    worker.notes[fork.slot].forks |= bit_of(fork.index);
    worker.active.insert(fork.slot);
    const LocalPort rtp{slot.local_rtp.port, slot.realm, 0};
    const LocalPort rtcp{static_cast<std::uint16_t>(slot.local_rtp.port + 1U), slot.realm, 0};
    worker.ports.set(rtp, {fork.slot, PortRole::fork_rtp, fork.index});
    worker.ports.set(rtcp, {fork.slot, PortRole::fork_rtcp, fork.index});
    if (ports.rtp >= 0) worker.io.add_port(rtp, ports.rtp);
    if (ports.rtcp >= 0) worker.io.add_port(rtcp, ports.rtcp);
    refresh_fork(worker, fork);
}

}  // namespace

void arm_fork(WorkerState& worker, ForkRef fork, const PortFds& ports) noexcept {
    begin_fork(worker, fork);
    take_fork(worker, fork, ports);
}

void adopt_fork(WorkerState& worker, ForkRef fork, const PortFds& ports, MonoTime now) noexcept {
    // Absent: the predecessor's control had leased it, its worker was never told.
    if (slot_of(worker, fork).phase == ForkPhase::absent)
        begin_fork(worker, fork);
    else
        mend_fork(worker, fork);
    await_next_hop(worker, fork, now);
    take_fork(worker, fork, ports);
}

void start_fork(WorkerState& worker, ForkRef fork, const to_worker::StartFork& command,
                MonoTime now) noexcept {
    take_back_copy(worker, fork, now);
    ForkSlot& slot = slot_of(worker, fork);
    slot.remote_rtp = command.rtp;
    slot.remote_rtcp = command.rtcp;
    slot.rtp_hop = command.rtp_hop;
    slot.rtcp_hop = command.rtcp_hop;
    const ForkPhase before = slot.phase;
    slot.started = 1;
    await_next_hop(worker, fork, now);
    start_pacing(worker, fork, now);
    refresh_fork(worker, fork);
    if (slot.phase == ForkPhase::live && before != ForkPhase::live)
        worker.events.fork_live(id_of(worker, fork));
}

void pause_fork(WorkerState& worker, ForkRef fork, std::int64_t at_ns, MonoTime now) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    if (slot.paused != 0 || slot.ending != 0) return;
    take_back_copy(worker, fork, now);
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    // Live: what was copied since `at_ns` stays copied; a later resume begins behind it.
    if (slot.phase == ForkPhase::live && pre_roll.is_present()) slot.cursor = pre_roll.head();
    slot.paused = 1;
    slot.paused_from_ns = at_ns;
    std::uint64_t offset = slot.cursor;
    while (slot.account.awaiting != 0) {
        PreRollRecord* record = pre_roll.at(offset);
        if (record == nullptr) break;
        const ForkMask bit = bit_of(fork.index);
        if (record->arrival_ns >= at_ns && (record->awaited_by & bit) != 0) {
            record->awaited_by &= static_cast<ForkMask>(~bit);
            --slot.account.awaiting;
            --slot.account.eligible;
            ++slot.account.paused;
            unbook_gaps(slot.account, *record);
        }
        offset = PreRoll::next(offset, *record);
    }
    refresh_fork(worker, fork);
}

void resume_fork(WorkerState& worker, ForkRef fork, std::int64_t from_ns, MonoTime now) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    if (slot.paused == 0 || slot.ending != 0) return;
    slot.paused = 0;
    slot.resumed_from_ns = std::max(from_ns, slot.eligible_from_ns);
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    if (pre_roll.is_present()) {
        const bool overwritten = slot.cursor < pre_roll.tail();
        std::uint64_t found = await_since(worker, fork, slot.resumed_from_ns);
        found = std::min(found, slot.account.paused);
        slot.account.paused -= found;
        if (overwritten) {
            const std::uint64_t lost =
                std::min(pre_roll.evicted_since(slot.resumed_from_ns), slot.account.paused);
            slot.account.paused -= lost;
            book_overwritten(worker, slot.account, lost);
        }
    }
    // The paused stretch is no gap to the recorder.
    if (slot.account.paused != 0) slot.sequence_known = 0;
    if (slot.started != 0) start_pacing(worker, fork, now);
    refresh_fork(worker, fork);
    if (slot.phase == ForkPhase::live) worker.events.fork_live(id_of(worker, fork));
}

void stop_fork(WorkerState& worker, ForkRef fork, bool drain, MonoTime now) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    take_back_copy(worker, fork, now);
    const bool drains = drain && slot.started != 0 && slot.account.awaiting != 0;
    if (!drains && !has_copies_under_way(worker, fork, now)) {
        finish_fork(worker, fork, now);
        return;
    }
    if (!drains) lose_awaiting(worker, fork);
    if (slot.ending == 0) {
        slot.ending = 1;
        slot.drain_until_ns = (now + kForkDrainLimit).ns;
    }
    refresh_fork(worker, fork);
}

}  // namespace weir::dataplane
