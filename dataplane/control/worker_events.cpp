// SPDX-License-Identifier: Apache-2.0
// What the workers report: state changes of sessions and forks, handed on to signalling.
#include <variant>

#include "config/base/limits.hpp"
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::drain_worker(std::size_t worker) {
    for (std::size_t i = 0; i < kEventsPerTurn; ++i) {
        const auto event = parts_.workers[worker].receive();
        if (!event) return;
        std::visit([this](const auto& body) { handle(body); }, *event);
    }
}

void SessionControl::handle(const from_worker::Opened& event) {
    SessionSlot* slot = table_.find(event.session);
    if (slot == nullptr) return;
    if (slot->use == SlotUse::opening) slot->use = SlotUse::open;
    if (slot->use == SlotUse::open) table_.record(event.session).deadline = MonoTime{};
    parts_.tell(Opened{event.session});
}

void SessionControl::handle(const from_worker::ForkLive& event) {
    if (table_.find(event.fork.session) == nullptr) return;
    parts_.tell(ForkLive{event.fork});
}

void SessionControl::handle(const from_worker::ForkClosed& event) {
    const SessionSlot* slot = table_.find(event.fork.session);
    if (slot == nullptr || event.fork.index >= kMaxForks) return;
    const ForkSlot& fork = slot->forks[event.fork.index];
    if (fork.leased == 0) return;
    ForkClosed closed;
    closed.fork = event.fork;
    closed.stream = fork.stream;
    closed.source = fork.source;
    closed.account = fork.account;
    release_fork(event.fork);
    parts_.tell(closed);
    free_if_done(event.fork.session);
}

void SessionControl::handle(const from_worker::Closed& event) {
    SessionSlot* slot = table_.find(event.session);
    if (slot == nullptr || slot->use == SlotUse::closed) return;
    slot->use = SlotUse::closed;
    SessionRecord& record = table_.record(event.session);
    // Its forks may still wait for a recorder's answer; after that they are ended from here.
    record.deadline = now() + kForkDrainLimit;
    record.is_overdue = false;
    release_stream_ports(event.session);
    Closed closed;
    closed.state = state_of(event.session, *slot);
    parts_.tell(closed);
    free_if_done(event.session);
}

void SessionControl::handle(const from_worker::MediaTimeout& event) {
    parts_.tell(MediaTimeout{event.session, event.stream, event.side});
}

void SessionControl::handle(const from_worker::LawBroken& event) {
    parts_.logger.error("control.law_broken", {{"law", to_string(event.law)},
                                               {"session", event.session.slot},
                                               {"stream_or_fork", event.stream_or_fork}});
    parts_.tell(LawBroken{event.session, event.stream_or_fork, event.law});
}

}  // namespace weir::dataplane
