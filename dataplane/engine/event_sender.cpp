// SPDX-License-Identifier: Apache-2.0
// Events now if the ring takes them, else later, but surely.
#include "dataplane/engine/event_sender.hpp"

#include <bit>

#include "dataplane/engine/worker_state.hpp"

namespace weir::dataplane {

EventSender::EventSender(WorkerLink& link, WorkerCounters& counters, std::size_t slots)
    : link_(link),
      counters_(counters),
      pending_(slots),
      waiting_(slots),
      snapshots_(kSnapshotBuffers) {}

// Later events of a session do not overtake those that wait.
bool EventSender::try_now(const WorkerEvent& event) noexcept {
    if (!has_waiting() && link_.report(event)) return true;
    count(counters_.late_events);
    return false;
}

EventSender::Pending& EventSender::wait_for(SessionId session) noexcept {
    waiting_.insert(static_cast<std::uint16_t>(session.slot));
    Pending& pending = pending_[session.slot];
    pending.generation = session.generation;
    return pending;
}

void EventSender::opened(SessionId session) noexcept {
    if (!try_now(from_worker::Opened{session})) wait_for(session).opened = 1;
}
void EventSender::closed(SessionId session) noexcept {
    if (!try_now(from_worker::Closed{session})) wait_for(session).closed = 1;
}
void EventSender::fork_live(ForkId fork) noexcept {
    if (!try_now(from_worker::ForkLive{fork}))
        wait_for(fork.session).forks_live |= static_cast<std::uint8_t>(1U << fork.index);
}
void EventSender::fork_closed(ForkId fork) noexcept {
    if (!try_now(from_worker::ForkClosed{fork}))
        wait_for(fork.session).forks_closed |= static_cast<std::uint8_t>(1U << fork.index);
}

void EventSender::snapshot_ready(const from_worker::SnapshotReady& ready) noexcept {
    if (try_now(ready)) return;
    snapshots_[ready.buffer] = ready;
    snapshots_waiting_ |= 1U << ready.buffer;
}

void EventSender::inform(const WorkerEvent& event) noexcept {
    if (has_waiting() || !link_.report(event)) count(counters_.lost_events);
}

bool EventSender::flush_forks(std::uint16_t slot, std::uint8_t& mask, bool live) noexcept {
    while (mask != 0) {
        const auto index = static_cast<std::uint32_t>(std::countr_zero(mask));
        const ForkId fork{{slot, pending_[slot].generation}, index, 0};
        const bool told = live ? link_.report(from_worker::ForkLive{fork})
                               : link_.report(from_worker::ForkClosed{fork});
        if (!told) return false;
        mask &= static_cast<std::uint8_t>(mask - 1U);
    }
    return true;
}

bool EventSender::flush_slot(std::uint16_t slot) noexcept {
    Pending& pending = pending_[slot];
    const SessionId session{slot, pending.generation};
    if (pending.opened != 0) {
        if (!link_.report(from_worker::Opened{session})) return false;
        pending.opened = 0;
    }
    if (!flush_forks(slot, pending.forks_live, true)) return false;
    if (!flush_forks(slot, pending.forks_closed, false)) return false;
    if (pending.closed != 0) {
        if (!link_.report(from_worker::Closed{session})) return false;
        pending.closed = 0;
    }
    return true;
}

void EventSender::flush() noexcept {
    while (waiting_.size() != 0) {
        const std::uint16_t slot = waiting_.at(waiting_.size() - 1);
        if (!flush_slot(slot)) return;
        waiting_.erase(slot);
    }
    while (snapshots_waiting_ != 0) {
        if (!link_.report(snapshots_[static_cast<unsigned>(std::countr_zero(snapshots_waiting_))]))
            return;
        snapshots_waiting_ &= snapshots_waiting_ - 1;
    }
}

}  // namespace weir::dataplane
