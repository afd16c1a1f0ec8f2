// SPDX-License-Identifier: Apache-2.0
// Forks: lease, start, pause, resume, stop.
#include <algorithm>

#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::handle(const LeaseFork& command) {
    SessionSlot* slot = table_.find(command.session);
    // A call may end before its recorder is asked: while the session lingers, its pre-roll is
    // there.
    if (slot == nullptr || slot->use > SlotUse::closing)
        return refuse(command.tag, Refusal::unknown_session);
    if (command.stream >= slot->stream_count || slot->kinds[command.stream] != StreamKind::rtp)
        return refuse(command.tag, Refusal::no_fork);
    auto& forks = slot->forks;
    const auto free = std::find_if(forks.begin(), forks.end(),
                                   [](const ForkSlot& fork) { return fork.leased == 0; });
    if (free == forks.end()) return refuse(command.tag, Refusal::no_fork);
    auto pair = parts_.ports.lease(command.realm, slot->worker, now());
    if (!pair) return refuse(command.tag, pair.error());

    const auto index = static_cast<std::uint32_t>(free - forks.begin());
    *free = ForkSlot{};
    free->stream = command.stream;
    free->source = command.source;
    free->realm = command.realm;
    free->local_rtp = parts_.ports.local_endpoint(*pair);
    free->eligible_from_ns = command.eligible_from_ns;
    // RFC 3550 8.1: random, so that two sources of a session do not collide.
    while (free->ssrc == 0)
        free->ssrc = static_cast<std::uint32_t>(parts_.random.next());
    free->leased = 1;

    to_worker::ArmFork arm;
    arm.fork = {command.session, index, 0};
    arm.ports = pair->fds();
    ForkRecord& record = table_.record(command.session).forks[index];
    record = ForkRecord{};
    record.pair = std::move(*pair);
    if (!worker_of(*slot).try_send(arm)) {
        free->leased = 0;
        parts_.ports.release(record.pair, now());
        return refuse(command.tag, Refusal::ring_full);
    }
    tell(ForkLeased{command.tag, arm.fork, free->local_rtp});
}

void SessionControl::handle(const StartFork& command) {
    const ForkSlot* fork = find_fork(command.fork);
    if (fork == nullptr) return;
    HopPair& hops = table_.record(command.fork.session).forks[command.fork.index].hops;
    aim(hops, fork->realm, command.rtp, command.rtcp);
    worker_of(*table_.find(command.fork.session))
        .send(to_worker::StartFork{command.fork, command.rtp, command.rtcp, hops.rtp, hops.rtcp});
}

void SessionControl::handle(const PauseFork& command) {
    if (find_fork(command.fork) == nullptr) return;
    worker_of(*table_.find(command.fork.session))
        .send(to_worker::PauseFork{command.fork, command.at_ns});
}

void SessionControl::handle(const ResumeFork& command) {
    if (find_fork(command.fork) == nullptr) return;
    worker_of(*table_.find(command.fork.session))
        .send(to_worker::ResumeFork{command.fork, command.from_ns});
}

void SessionControl::handle(const StopFork& command) {
    if (find_fork(command.fork) == nullptr) return;
    stop_fork(command.fork, command.drain != 0 ? 1 : 0);
}

ForkSlot* SessionControl::find_fork(ForkId fork) {
    SessionSlot* slot = find(fork.session);
    if (slot == nullptr) return nullptr;
    if (fork.index < kMaxForks && slot->forks[fork.index].leased != 0)
        return &slot->forks[fork.index];
    ++counters_.stale_commands;
    return nullptr;
}

void SessionControl::stop_fork(ForkId fork, std::uint8_t drain) {
    SessionSlot& slot = *table_.find(fork.session);
    ForkRecord& record = table_.record(fork.session).forks[fork.index];
    // A second stop may shorten the first one's drain; the worker understands both.
    record.is_stopping = true;
    record.deadline = now() + (drain != 0 ? kForkDrainLimit : seconds(0)) + kControlWatchdog;
    to_worker::StopFork stop;
    stop.fork = fork;
    stop.drain = drain;
    worker_of(slot).send(stop);
}

void SessionControl::stop_all_forks(SessionId session) {
    const SessionSlot& slot = *table_.find(session);
    for (std::uint32_t index = 0; index < kMaxForks; ++index) {
        const bool is_stopping = table_.record(session).forks[index].is_stopping;
        if (slot.forks[index].leased != 0 && !is_stopping) stop_fork({session, index, 0}, 1);
    }
}

}  // namespace weir::dataplane
