// SPDX-License-Identifier: Apache-2.0
// The release handshake: ports go back only after the worker said that it has let go of them.
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::handle(const CloseSession& command) {
    const SessionSlot* slot = find(command.session);
    if (slot == nullptr) return;
    if (slot->use <= SlotUse::open) return close(command.session);
    // Closed before: its forks wait for whoever leased them. Who closes again does not know them,
    // or does not want them: they end.
    stop_all_forks(command.session);
}

void SessionControl::close(SessionId session) {
    SessionSlot& slot = *table_.find(session);
    slot.use = SlotUse::closing;
    table_.record(session).deadline = now() + kSessionLinger + kControlWatchdog;
    table_.record(session).is_overdue = false;
    worker_of(slot).send(to_worker::CloseSession{session});
}

void SessionControl::release_stream_ports(SessionId session) {
    for (auto& stream : table_.record(session).pairs)
        for (auto& pair : stream)
            parts_.ports.release(pair, now());
}

void SessionControl::finish_session(SessionId session) {
    SessionSlot& slot = *table_.find(session);
    slot.use = SlotUse::closed;
    SessionRecord& record = table_.record(session);
    // Its forks may still wait for a recorder's answer; after that they are ended from here.
    record.deadline = now() + kForkDrainLimit;
    record.is_overdue = false;
    release_stream_ports(session);
    release_stream_hops(session);
    tell_owner(slot.owner, Closed{state_of(session, slot)});
}

void SessionControl::finish_fork(ForkId fork) {
    const SessionSlot& slot = *table_.find(fork.session);
    const ForkSlot& final = slot.forks[fork.index];
    ForkClosed closed;
    closed.fork = fork;
    closed.stream = final.stream;
    closed.source = final.source;
    closed.account = final.account;
    release_fork(fork);
    tell_owner(slot.owner, closed);
}

void SessionControl::release_fork(ForkId fork) {
    ForkRecord& record = table_.record(fork.session).forks[fork.index];
    parts_.ports.release(record.pair, now());
    release_hops(record.hops);
    record = ForkRecord{};
    table_.find(fork.session)->forks[fork.index].leased = 0;
}

void SessionControl::free_if_done(SessionId session) {
    const SessionSlot& slot = *table_.find(session);
    if (slot.use != SlotUse::closed) return;
    for (const auto& fork : slot.forks)
        if (fork.leased != 0) return;
    --parts_.workers[slot.worker].sessions;
    table_.free(session);
}

}  // namespace weir::dataplane
