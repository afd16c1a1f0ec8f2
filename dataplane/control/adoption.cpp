// SPDX-License-Identifier: Apache-2.0
// A successor of weir-media takes over the sessions in shared memory: same ports, same SSRC, same
// counters.
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::adopt_predecessor() {
    const auto slots = parts_.shared.slots();
    // All slots first: a new lease must not take a port or a ring that a later slot holds.
    std::vector<SessionId> sessions;
    for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
        if (slots[slot].use == SlotUse::free) continue;
        if (table_.adopt(slot)) {
            sessions.push_back(table_.id_of(slot));
            continue;
        }
        ++counters_.adoption_failures;
        parts_.logger.error("control.slot_damaged", {{"session", slot}});
    }
    for (const auto session : sessions) {
        catch_up(session);
        if (table_.find(session) == nullptr) continue;  // it had ended
        adopt(session.slot);
        resume_ends(session);
    }
    counters_.adopted = sessions.size();
    mark_orphans();
    if (!sessions.empty())
        parts_.logger.info("control.adopted",
                           {{"sessions", sessions.size()}, {"forks", table_.forks()}});
}

// What the predecessor's worker had finished, and its control had not yet seen.
void SessionControl::catch_up(SessionId session) {
    SessionSlot& slot = *table_.find(session);
    if (slot.worker >= parts_.workers.size())
        slot.worker = static_cast<std::uint8_t>(least_loaded_worker());
    ++worker_of(slot).sessions;
    if (slot.use == SlotUse::closing && slot.phase == SlotPhase::closed) finish_session(session);
    for (std::uint32_t index = 0; index < kMaxForks; ++index) {
        const ForkSlot& fork = slot.forks[index];
        // The worker writes the account's SSRC when it arms the fork: an absent fork with one was
        // armed and is finished; without one the command never reached it.
        const bool is_finished = fork.phase == ForkPhase::absent && fork.account.ssrc != 0;
        if (fork.leased != 0 && is_finished) finish_fork({session, index, 0});
    }
    free_if_done(session);
}

void SessionControl::adopt(std::uint32_t index) {
    const SessionId session = table_.id_of(index);
    SessionSlot& slot = *table_.find(session);
    SessionRecord& record = table_.record(session);
    to_worker::Install install;
    install.session = session;
    install.adopt = 1;
    for (std::size_t stream = 0; stream < slot.stream_count; ++stream) {
        if (slot.use == SlotUse::closed) break;  // its ports have gone back already
        for (const std::size_t side : {0U, 1U}) {
            const DirectionSlot& direction = slot.streams[stream].from[side];
            record.pairs[stream][side] = reclaim(direction.realm, direction.local_rtp, slot.worker);
            install.ports[stream][side] = record.pairs[stream][side].fds();
        }
    }
    adopt_stream_hops(session);
    for (std::uint32_t fork = 0; fork < kMaxForks; ++fork) {
        if (slot.forks[fork].leased == 0) continue;
        install.forks = static_cast<ForkMask>(install.forks | 1U << fork);
        install.fork_ports[fork] = adopt_fork(session, fork);
    }
    worker_of(slot).send(install);
}

PortFds SessionControl::adopt_fork(SessionId session, std::uint32_t index) {
    const SessionSlot& slot = *table_.find(session);
    const ForkSlot& fork = slot.forks[index];
    LeasedPair& pair = table_.record(session).forks[index].pair;
    pair = reclaim(fork.realm, fork.local_rtp, slot.worker);
    adopt_fork_hops(session, index);
    return pair.fds();
}

LeasedPair SessionControl::reclaim(RealmIndex realm, const Endpoint& local, std::uint8_t worker) {
    // The realms may have been edited between the two starts: the address says where the port was.
    const bool is_same =
        parts_.ports.has_realm(realm) && parts_.ports.realm(realm).address == local.address;
    if (is_same) {
        const PortLeases::Place place{realm, local.port, worker};
        if (auto pair = parts_.ports.reclaim(place, now())) return std::move(*pair);
    }
    // The session goes on without this port; its silence is seen in the account.
    ++counters_.adoption_failures;
    parts_.logger.error(
        "control.port_lost",
        {{"local", local.to_string()},
         {"realm", realm},
         {"reason", is_same ? "the port is taken" : "the realm has another address"}});
    return {};
}

void SessionControl::resume_ends(SessionId session) {
    SessionSlot& slot = *table_.find(session);
    SessionRecord& record = table_.record(session);
    if (slot.use == SlotUse::opening) record.deadline = now() + kControlWatchdog;
    if (slot.use == SlotUse::closing) close(session);
    if (slot.use == SlotUse::closed) record.deadline = now() + kForkDrainLimit;
    for (std::uint32_t fork = 0; fork < kMaxForks; ++fork)
        if (slot.forks[fork].leased != 0 && slot.forks[fork].ending != 0)
            stop_fork({session, fork, 0}, 1);
}

}  // namespace weir::dataplane
