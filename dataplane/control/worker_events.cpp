// SPDX-License-Identifier: Apache-2.0
// What the workers report: state changes of sessions and forks, handed on to signalling.
#include <variant>

#include "config/base/limits.hpp"
#include "dataplane/control/control_limits.hpp"
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::drain_worker(std::size_t worker) {
    for (std::size_t i = 0; i < kEventsPerTurn; ++i) {
        const auto event = parts_.workers[worker].receive();
        if (!event) return;
        talking_until_ = now() + kControlTalk;
        std::visit([this](const auto& body) { handle(body); }, *event);
    }
}

void SessionControl::handle(const from_worker::Opened& event) {
    SessionSlot* slot = table_.find(event.session);
    if (slot == nullptr) return;
    if (slot->use == SlotUse::opening) slot->use = SlotUse::open;
    if (slot->use == SlotUse::open) table_.record(event.session).deadline = MonoTime{};
    tell(Opened{event.session});
}

void SessionControl::handle(const from_worker::ForkLive& event) {
    if (table_.find(event.fork.session) == nullptr) return;
    tell(ForkLive{event.fork});
}

void SessionControl::handle(const from_worker::ForkClosed& event) {
    const SessionSlot* slot = table_.find(event.fork.session);
    if (slot == nullptr || event.fork.index >= kMaxForks) return;
    if (slot->forks[event.fork.index].leased == 0) return;
    finish_fork(event.fork);
    free_if_done(event.fork.session);
}

void SessionControl::handle(const from_worker::Closed& event) {
    const SessionSlot* slot = table_.find(event.session);
    if (slot == nullptr || slot->use == SlotUse::closed) return;
    finish_session(event.session);
    free_if_done(event.session);
}

void SessionControl::handle(const from_worker::MediaTimeout& event) {
    tell(MediaTimeout{event.session, event.stream, event.side});
}

void SessionControl::handle(const from_worker::LawBroken& event) {
    parts_.logger.error("control.law_broken", {{"law", to_string(event.law)},
                                               {"session", event.session.slot},
                                               {"stream_or_fork", event.stream_or_fork}});
    tell(LawBroken{event.session, event.stream_or_fork, event.law});
}

}  // namespace weir::dataplane
