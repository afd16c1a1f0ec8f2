// SPDX-License-Identifier: Apache-2.0
// Install, remote addresses, snapshot: what control may ask about a session, except its end.
#include <algorithm>
#include <bit>

#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/sessions.hpp"
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

[[nodiscard]] bool stale(WorkerState& worker) {
    count(worker.counters.stale_commands);
    return false;
}

// A predecessor died in the middle of a packet: what it had received and not booked is named.
void mend_direction(WorkerState& worker, DirectionSlot& from) {
    StreamAccount& account = from.account;
    const std::uint64_t accounted = account.relayed + account.dropped();
    if (account.received > accounted) {
        const auto lost = static_cast<std::uint32_t>(account.received - accounted);
        account.drops[static_cast<std::size_t>(Verdict::restart)] += lost;
        count(worker.counters.drops[static_cast<std::size_t>(Verdict::restart)], lost);
    } else {
        account.received = accounted;
    }
    from.reception.restarted = from.reception.started;
    from.reception.overflow_seen = from.reception.overflow_booked = 0;  // the socket is a new one
    PreRoll pre_roll = worker.pre_roll(from);
    if (pre_roll.is_present() && !pre_roll.is_sound()) pre_roll.clear();
}

void begin_direction(WorkerState& worker, DirectionSlot& from) {
    from.remote_rtp = {};
    from.remote_rtcp = {};
    from.rtp_hop = from.rtcp_hop = kNoHop;
    from.silence_told = from.law_told = from.renumbers = 0;
    from.reception = ReceptionState{};
    from.account = StreamAccount{};
    worker.pre_roll(from).clear();
}

void open_ports(WorkerState& worker, PortEntry owner, const PortFds& fds) {
    const DirectionSlot& from = worker.direction(owner);
    const LocalPort rtp{from.local_rtp.port, from.realm, 0};
    const LocalPort rtcp{static_cast<std::uint16_t>(from.local_rtp.port + 1U), from.realm, 0};
    worker.ports.set(rtp, owner);
    if (owner.role == PortRole::rtp)
        worker.ports.set(rtcp, {owner.slot, PortRole::rtcp, owner.unit});
    if (fds.rtp >= 0) worker.io.add_port(rtp, fds.rtp);
    if (fds.rtcp >= 0) worker.io.add_port(rtcp, fds.rtcp);
}

void install_one(WorkerState& worker, SessionId session, std::uint8_t stream,
                 const std::array<PortFds, 2>& ports, bool adopt) {
    SessionSlot& slot = worker.slot(static_cast<std::uint16_t>(session.slot));
    const PortRole role = slot.kinds[stream] == StreamKind::rtp ? PortRole::rtp : PortRole::opaque;
    for (std::uint8_t side = 0; side < 2; ++side) {
        DirectionSlot& from = slot.streams[stream].from[side];
        if (adopt)
            mend_direction(worker, from);
        else
            begin_direction(worker, from);
        const auto unit = static_cast<std::uint8_t>(stream * 2U + side);
        open_ports(worker, {static_cast<std::uint16_t>(session.slot), role, unit}, ports[side]);
    }
}

}  // namespace

bool is_known(WorkerState& worker, SessionId session) noexcept {
    if (session.slot >= worker.notes.size() || session.generation == 0) return stale(worker);
    if (worker.notes[session.slot].generation != session.generation) return stale(worker);
    return true;
}

bool is_known(WorkerState& worker, const ForkId& fork) noexcept {
    if (!is_known(worker, fork.session)) return false;
    if (fork.index >= kMaxForks) return stale(worker);
    if ((worker.notes[fork.session.slot].forks & bit_of(static_cast<std::uint8_t>(fork.index))) ==
        0)
        return stale(worker);
    return true;
}

void install(WorkerState& worker, const to_worker::Install& command, MonoTime now) noexcept {
    const auto index = static_cast<std::uint16_t>(command.session.slot);
    if (command.session.slot >= worker.notes.size() || worker.notes[index].generation != 0) {
        count(worker.counters.stale_commands);
        return;
    }
    SessionSlot& slot = worker.slot(index);
    SlotNotes& notes = worker.notes[index];
    notes = SlotNotes{};
    notes.generation = command.session.generation;
    notes.streams = std::min<std::uint8_t>(slot.stream_count, kMaxStreams);
    forget_flows(worker, index);
    worker.active.insert(index);
    const bool adopt = command.adopt != 0;
    // A predecessor may have died after Closed: only its forks are left then.
    if (!adopt || slot.phase != SlotPhase::closed) {
        if (!adopt || slot.phase == SlotPhase::absent) {
            slot.phase = SlotPhase::open;
            for (ForkSlot& fork : slot.forks)
                if (!adopt) fork.phase = ForkPhase::absent;
        }
        for (std::uint8_t stream = 0; stream < notes.streams; ++stream)
            install_one(worker, command.session, stream, command.ports[stream], adopt);
    }
    for (unsigned forks = adopt ? command.forks : 0U; forks != 0; forks &= forks - 1) {
        const auto fork = static_cast<std::uint8_t>(std::countr_zero(forks));
        adopt_fork(worker, {index, fork}, command.fork_ports[fork], now);
    }
    worker.events.opened(command.session);
}

void install_stream(WorkerState& worker, const to_worker::InstallStream& command) noexcept {
    if (!is_known(worker, command.session)) return;
    SlotNotes& notes = worker.notes[command.session.slot];
    if (command.stream != notes.streams || command.stream >= kMaxStreams) {
        count(worker.counters.stale_commands);
        return;
    }
    ++notes.streams;
    install_one(worker, command.session, command.stream, command.ports, false);
}

void set_remote(WorkerState& worker, const to_worker::SetRemote& command, MonoTime now) noexcept {
    if (!is_known(worker, command.session)) return;
    if (command.stream >= worker.notes[command.session.slot].streams) {
        count(worker.counters.stale_commands);
        return;
    }
    const auto slot = static_cast<std::uint16_t>(command.session.slot);
    const auto side = static_cast<std::uint8_t>(command.side);
    take_back_flows(worker, slot, command.stream, now);
    DirectionSlot& from = worker.slot(slot).streams[command.stream].from[side & 1U];
    from.remote_rtp = command.rtp;
    from.remote_rtcp = command.rtcp;
    from.rtp_hop = command.rtp_hop;
    from.rtcp_hop = command.rtcp_hop;
    if (worker.held.is_empty() || worker.slot(slot).phase != SlotPhase::open) return;
    // What came before this address was known is judged again.
    const PortEntry owner{slot, PortRole::rtp, static_cast<std::uint8_t>(command.stream * 2U)};
    bool more = true;
    while (more) {
        worker.burst.count = 0;
        more = worker.held.take_stream(owner, worker.burst);
        run_held(worker.burst, worker, now);
    }
}

void set_payload_types(WorkerState& worker, const to_worker::SetPayloadTypes& command,
                       MonoTime now) noexcept {
    if (!is_known(worker, command.session)) return;
    if (command.stream >= worker.notes[command.session.slot].streams) {
        count(worker.counters.stale_commands);
        return;
    }
    take_back_flows(worker, static_cast<std::uint16_t>(command.session.slot), command.stream, now);
    SessionSlot& slot = worker.slot(static_cast<std::uint16_t>(command.session.slot));
    const auto side = static_cast<std::size_t>(command.side) & 1U;
    DirectionSlot& from = slot.streams[command.stream].from[side];
    for (std::size_t i = 0; i < kPayloadTypes; ++i)
        from.payload_types[i] = static_cast<std::uint8_t>(i);
    const auto pairs = std::min<std::size_t>(command.count, kMaxPayloadPairs);
    for (std::size_t i = 0; i < pairs; ++i)
        from.payload_types[command.pairs[i].from & 0x7FU] = command.pairs[i].to & 0x7FU;
    from.renumbers = pairs != 0 ? 1 : 0;
}

void take_snapshot(WorkerState& worker, const to_worker::Snapshot& command) noexcept {
    if (command.buffer >= kSnapshotBuffers) return;
    from_worker::SnapshotReady ready{command.session, command.buffer, 0, command.tag};
    if (is_known(worker, command.session)) {
        worker.events.link().snapshot_for_worker(command.buffer).slot =
            worker.slot(static_cast<std::uint16_t>(command.session.slot));
        ready.found = 1;
    }
    worker.events.snapshot_ready(ready);
}

}  // namespace weir::dataplane
