// SPDX-License-Identifier: Apache-2.0
// The end of a session and the regular look at each: linger, laws, silence, reports.
#include <algorithm>
#include <bit>

#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/sessions.hpp"
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

constexpr std::int64_t kLingerNs = std::chrono::nanoseconds(kSessionLinger).count();

// What the kernel still holds for this port belongs to the call.
void drain_port(WorkerState& worker, LocalPort port, MonoTime now) {
    for (std::size_t i = 0; i < kDrainBursts; ++i) {
        worker.burst.count = 0;
        if (worker.io.drain(port, worker.burst, now) == 0) return;
        run_stages(worker.burst, worker, now);
    }
}

// What this stream would have sent since its last packet, at its own pace: a device's counter does
// not say whose frames it dropped.
[[nodiscard]] std::uint32_t most_since_last(const DirectionSlot& from, std::int64_t until_ns) {
    const StreamAccount& account = from.account;
    if (account.expected < 2 || until_ns <= account.last_at_ns) return 0;
    const std::int64_t spacing = (account.last_at_ns - account.first_at_ns) /
                                 static_cast<std::int64_t>(account.expected - 1);
    const std::int64_t missing =
        (until_ns - account.last_at_ns) / std::max<std::int64_t>(spacing, 1);
    return static_cast<std::uint32_t>(std::min<std::int64_t>(missing, UINT32_MAX));
}

// Datagrams that the socket dropped after the last one we read show in no sequence gap: they are
// ours.
void book_tail_loss(WorkerState& worker, std::uint16_t slot, std::uint8_t unit) {
    DirectionSlot& from = worker.direction({slot, PortRole::rtp, unit});
    const std::uint32_t dropped = worker.io.overflow({from.local_rtp.port, from.realm, 0});
    std::uint32_t lost = unbooked_overflow(from.reception, dropped);
    if (worker.io.framing() == Framing::ethernet) {
        const std::int64_t closed_ns = worker.slot(slot).linger_until_ns - kLingerNs;
        lost = std::min(lost, most_since_last(from, closed_ns));
    }
    if (lost == 0 || dropped == 0) return;
    from.reception.overflow_seen = dropped;
    from.account.lost_ours += lost;
    from.account.expected += lost;
    const DirectionForks& forks = worker.notes[slot].directions[unit];
    for (unsigned bits = static_cast<unsigned>(forks.live | forks.awaiting); bits != 0;
         bits &= bits - 1)
        worker.slot(slot).forks[static_cast<unsigned>(std::countr_zero(bits))].account.lost_ours +=
            lost;
}

void drop_held(WorkerState& worker, std::uint16_t slot, std::uint8_t stream, MonoTime now) {
    bool more = true;
    while (more) {
        worker.burst.count = 0;
        // Lingering sessions hold nothing back: admit gives each its verdict.
        more = worker.held.take_stream(
            {slot, PortRole::rtp, static_cast<std::uint8_t>(stream * 2U)}, worker.burst);
        run_held(worker.burst, worker, now);
    }
}

void finish_session(WorkerState& worker, std::uint16_t index, MonoTime now) {
    SessionSlot& slot = worker.slot(index);
    SlotNotes& notes = worker.notes[index];
    for (std::uint8_t unit = 0; unit < notes.streams * 2U; ++unit) {
        const DirectionSlot& from = worker.direction({index, PortRole::rtp, unit});
        const LocalPort rtp{from.local_rtp.port, from.realm, 0};
        const LocalPort rtcp{static_cast<std::uint16_t>(from.local_rtp.port + 1U), from.realm, 0};
        drain_port(worker, rtp, now);
        drain_port(worker, rtcp, now);
        book_tail_loss(worker, index, unit);
        for (const LocalPort port : {rtp, rtcp}) {
            worker.ports.clear(port);
            worker.io.remove_port(port);
        }
    }
    for (std::uint8_t stream = 0; stream < notes.streams; ++stream)
        drop_held(worker, index, stream, now);
    slot.phase = SlotPhase::closed;
    const SessionId session{index, notes.generation};
    if (notes.forks == 0) {
        worker.active.erase(index);
        notes.generation = 0;
    }
    worker.events.closed(session);
}

void tell_law(WorkerState& worker, std::uint16_t slot, std::uint8_t unit, Law law) {
    count(worker.counters.laws_broken);
    worker.events.inform(from_worker::LawBroken{
        .session = {slot, worker.notes[slot].generation}, .stream_or_fork = unit, .law = law});
}

// The laws add up all verdicts of an account: each session's turn to be checked is one of eight
// spells of 67 ms. At its end always.
[[nodiscard]] bool is_due_for_laws(WorkerState& worker, std::uint16_t slot, MonoTime now) {
    constexpr unsigned kSpellBits = 26;
    const auto spell = static_cast<std::uint64_t>(now.ns) >> kSpellBits;
    return ((spell ^ slot) & 7U) == 0 || worker.slot(slot).phase != SlotPhase::open;
}

void check_accounts(WorkerState& worker, std::uint16_t slot) {
    for (std::uint8_t unit = 0; unit < worker.notes[slot].streams * 2U; ++unit) {
        DirectionSlot& from = worker.direction({slot, PortRole::rtp, unit});
        const Law law = check_laws(from.account);
        if (law == Law::none || from.law_told != 0) continue;
        from.law_told = 1;
        tell_law(worker, slot, unit, law);
    }
    for (unsigned bits = worker.notes[slot].forks; bits != 0; bits &= bits - 1) {
        const auto index = static_cast<std::uint8_t>(std::countr_zero(bits));
        ForkSlot& fork = worker.slot(slot).forks[index];
        const Law law = check_laws(fork.account);
        if (law == Law::none || fork.law_told != 0) continue;
        fork.law_told = 1;
        tell_law(worker, slot, index, law);
    }
}

void check_streams(WorkerState& worker, std::uint16_t slot, MonoTime now) {
    const std::int64_t limit = worker.options.media_timeout.count();
    for (std::uint8_t unit = 0; unit < worker.notes[slot].streams * 2U; ++unit) {
        DirectionSlot& from = worker.direction({slot, PortRole::rtp, unit});
        const bool silent =
            limit != 0 && from.account.last_at_ns != 0 && now.ns - from.account.last_at_ns > limit;
        if (silent && from.silence_told == 0)
            worker.events.inform(
                from_worker::MediaTimeout{.session = {slot, worker.notes[slot].generation},
                                          .stream = static_cast<std::uint8_t>(unit >> 1U),
                                          .side = static_cast<Side>(unit & 1U)});
        from.silence_told = silent ? 1 : 0;
    }
}

void check_forks(WorkerState& worker, std::uint16_t slot, MonoTime now) {
    for (unsigned bits = worker.notes[slot].forks; bits != 0; bits &= bits - 1) {
        const ForkRef fork{slot, static_cast<std::uint8_t>(std::countr_zero(bits))};
        report_if_due(worker, fork, now);
    }
}

}  // namespace

void close_session(WorkerState& worker, SessionId session, MonoTime now) noexcept {
    if (!is_known(worker, session)) return;
    SessionSlot& slot = worker.slot(static_cast<std::uint16_t>(session.slot));
    if (slot.phase != SlotPhase::open) {
        count(worker.counters.stale_commands);
        return;
    }
    for (std::uint8_t stream = 0; stream < worker.notes[session.slot].streams; ++stream)
        take_back_flows(worker, static_cast<std::uint16_t>(session.slot), stream, now);
    slot.phase = SlotPhase::lingering;
    slot.linger_until_ns = (now + kSessionLinger).ns;
}

void look_after(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept {
    check_streams(worker, slot, now);
    check_forks(worker, slot, now);
    tend_flows(worker, slot, now);
    if (is_due_for_laws(worker, slot, now)) check_accounts(worker, slot);
    const SessionSlot& session = worker.slot(slot);
    if (session.phase == SlotPhase::lingering && now.ns >= session.linger_until_ns)
        finish_session(worker, slot, now);
    end_settled_forks(worker, slot, now);
}

void expire_held(WorkerState& worker, MonoTime now) noexcept {
    while (!worker.held.is_empty()) {
        worker.burst.count = 0;
        const bool more = worker.held.take_older((now - kHoldBack).ns, worker.burst);
        // Too old to be held again: admit gives each its verdict.
        if (worker.burst.count != 0) run_held(worker.burst, worker, now);
        if (!more) return;
    }
}

}  // namespace weir::dataplane
