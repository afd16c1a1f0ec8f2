// SPDX-License-Identifier: Apache-2.0
// Draining a fork's pre-roll: in order, at most kPreRollSpeedup times as fast as it came in.
#include <bit>

#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/forks.hpp"
#include "dataplane/rtp/rtp_header.hpp"

namespace weir::dataplane {
namespace {

// Packets of one fork in one turn: a fork that caught a burst of video does not hold up the relay.
constexpr unsigned kDrainPerTurn = 32;

[[nodiscard]] bool is_due(const ForkSlot& fork, const PreRollRecord& record, MonoTime now) {
    const std::int64_t media_ns = record.arrival_ns - fork.pace_origin_ns;
    const std::int64_t spent_ns = now.ns - fork.pace_started_ns;
    return media_ns <= spent_ns * static_cast<std::int64_t>(kPreRollSpeedup);
}

void send_record(WorkerState& worker, ForkRef fork, const PreRoll& pre_roll, PreRollRecord& record,
                 MonoTime now) {
    ForkAccount& account = slot_of(worker, fork).account;
    record.awaited_by &= static_cast<ForkMask>(~bit_of(fork.index));
    --account.awaiting;
    const ByteSpan packet = pre_roll.packet_of(record);
    const CopySource source{packet, record.arrival_ns, check_rtp(packet).payload_bytes,
                            record.epoch, 0};
    if (copy_to_recorder(worker, fork, source, now)) return;
    const auto reason = static_cast<std::size_t>(ForkDrop::pool_short);
    ++account.drops[reason];
    count(worker.counters.fork_drops[reason]);
}

void drain(WorkerState& worker, ForkRef fork, MonoTime now) {
    ForkSlot& slot = slot_of(worker, fork);
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    if (!pre_roll.is_present()) return;
    unsigned sent = 0;
    while (slot.account.awaiting != 0 && sent < kDrainPerTurn) {
        PreRollRecord* record = pre_roll.at(slot.cursor);
        if (record == nullptr) return;
        if ((record->awaited_by & bit_of(fork.index)) == 0) {
            slot.sequence_known =
                0;  // a stretch that is not for this recorder: our numbers go on by one
        } else {
            if (!is_due(slot, *record, now)) return;
            send_record(worker, fork, pre_roll, *record, now);
            ++sent;
        }
        slot.cursor = PreRoll::next(slot.cursor, *record);
    }
}

// An ending fork has nothing more to wait for, or has waited long enough.
[[nodiscard]] bool is_through(WorkerState& worker, ForkRef fork, MonoTime now) {
    const ForkSlot& slot = slot_of(worker, fork);
    if (now.ns >= slot.drain_until_ns) return true;
    return slot.account.awaiting == 0 && !has_copies_under_way(worker, fork, now);
}

// True while the fork still has to be pumped.
[[nodiscard]] bool pump(WorkerState& worker, ForkRef fork, MonoTime now) {
    ForkSlot& slot = slot_of(worker, fork);
    if (slot.started == 0) return false;
    const bool waits = awaits_next_hop(worker, fork, now);
    if (!waits) drain(worker, fork, now);
    if (slot.ending != 0) {
        if (!is_through(worker, fork, now)) return slot.account.awaiting != 0;
        finish_fork(worker, fork, now);
        return false;
    }
    if (waits || slot.account.awaiting != 0) return true;
    if (slot.phase == ForkPhase::draining) {
        refresh_fork(worker, fork);
        worker.events.fork_live(id_of(worker, fork));
    }
    return false;
}

}  // namespace

void pump_forks(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept {
    bool busy = false;
    for (unsigned bits = worker.notes[slot].forks; bits != 0; bits &= bits - 1) {
        const ForkRef fork{slot, static_cast<std::uint8_t>(std::countr_zero(bits))};
        if (pump(worker, fork, now)) busy = true;
    }
    if (!busy) worker.pumping.erase(slot);
}

void refresh_fork(WorkerState& worker, ForkRef fork) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    DirectionForks& masks = worker.notes[fork.slot].directions[unit_of(slot)];
    const auto bit = bit_of(fork.index);
    masks.live &= static_cast<ForkMask>(~bit);
    masks.awaiting &= static_cast<ForkMask>(~bit);
    masks.paused &= static_cast<ForkMask>(~bit);
    if ((worker.notes[fork.slot].forks & bit) == 0) {
        slot.phase = ForkPhase::absent;
    } else if (slot.ending != 0) {
        slot.phase = ForkPhase::ending;
    } else if (slot.paused != 0) {
        slot.phase = ForkPhase::paused;
        masks.paused |= bit;
    } else if (slot.started == 0) {
        slot.phase = ForkPhase::armed;
        masks.awaiting |= bit;
    } else if (slot.account.awaiting != 0 || slot.hop_until_ns != 0) {
        slot.phase = ForkPhase::draining;
        masks.awaiting |= bit;
    } else {
        slot.phase = ForkPhase::live;
        masks.live |= bit;
    }
    const bool pumped =
        slot.phase == ForkPhase::draining || (slot.started != 0 && slot.account.awaiting != 0);
    if (pumped) worker.pumping.insert(fork.slot);
}

void start_pacing(WorkerState& worker, ForkRef fork, MonoTime now) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    slot.pace_started_ns = now.ns;
    slot.pace_origin_ns = now.ns;
    if (slot.account.awaiting == 0) return;  // nothing to be found: no walk through a minute of it
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    if (!pre_roll.is_present()) return;
    std::uint64_t offset = slot.cursor;
    while (const PreRollRecord* record = pre_roll.at(offset)) {
        if ((record->awaited_by & bit_of(fork.index)) != 0) {
            slot.pace_origin_ns = record->arrival_ns;
            return;
        }
        offset = PreRoll::next(offset, *record);
    }
}

void lose_awaiting(WorkerState& worker, ForkRef fork) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    const auto unanswered = static_cast<std::size_t>(ForkDrop::unanswered);
    const std::uint64_t awaiting = slot.account.awaiting;
    slot.account.drops[unanswered] += static_cast<std::uint32_t>(awaiting);
    count(worker.counters.fork_drops[unanswered], awaiting);
    slot.account.awaiting = 0;
    PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    if (!pre_roll.is_present()) return;
    std::uint64_t offset = pre_roll.tail();
    while (PreRollRecord* record = pre_roll.at(offset)) {
        record->awaited_by &= static_cast<ForkMask>(~bit_of(fork.index));
        offset = PreRoll::next(offset, *record);
    }
}

void end_settled_forks(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept {
    for (unsigned bits = worker.notes[slot].forks; bits != 0; bits &= bits - 1) {
        const ForkRef fork{slot, static_cast<std::uint8_t>(std::countr_zero(bits))};
        if (slot_of(worker, fork).ending != 0 && is_through(worker, fork, now))
            finish_fork(worker, fork, now);
    }
}

void finish_fork(WorkerState& worker, ForkRef fork, MonoTime now) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    lose_awaiting(worker, fork);
    if (slot.started != 0) send_report(worker, fork, now, true);
    emit_copies(worker, now);  // the account is final when ForkClosed is told
    const LocalPort rtp{slot.local_rtp.port, slot.realm, 0};
    const LocalPort rtcp{static_cast<std::uint16_t>(slot.local_rtp.port + 1U), slot.realm, 0};
    for (const LocalPort port : {rtp, rtcp}) {
        worker.ports.clear(port);
        worker.io.remove_port(port);
    }
    const ForkId id = id_of(worker, fork);
    SlotNotes& notes = worker.notes[fork.slot];
    notes.forks &= static_cast<ForkMask>(~bit_of(fork.index));
    refresh_fork(worker, fork);
    if (notes.forks == 0 && worker.slot(fork.slot).phase == SlotPhase::closed) {
        worker.active.erase(fork.slot);
        notes.generation = 0;
    }
    worker.events.fork_closed(id);
}

}  // namespace weir::dataplane
