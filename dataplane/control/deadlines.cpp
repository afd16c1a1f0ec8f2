// SPDX-License-Identifier: Apache-2.0
// Deadlines: forks of a closed session are ended, and a worker that owes an answer is reported.
#include "config/base/limits.hpp"
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::sweep(MonoTime time) {
    // A copy: what is looked at may change the list.
    const std::vector<std::uint32_t> slots = table_.in_use();
    for (const auto slot : slots) {
        const SessionId session = table_.id_of(slot);
        look_at_deadlines(session, time);
        look_at_orphan(session, time);
    }
}

void SessionControl::look_at_deadlines(SessionId session, MonoTime time) {
    const SessionSlot& slot = *table_.find(session);
    SessionRecord& record = table_.record(session);
    const bool is_due = record.deadline.ns != 0 && time >= record.deadline;
    if (is_due && slot.use == SlotUse::closed) {
        // Nobody came for these forks within kForkDrainLimit.
        record.deadline = MonoTime{};
        stop_all_forks(session);
    } else if (is_due && !record.is_overdue) {
        record.is_overdue = true;
        report_overdue(session, slot.use == SlotUse::opening ? "opened" : "closed");
    }
    for (auto& fork : record.forks) {
        if (!fork.is_stopping || fork.is_overdue || time < fork.deadline) continue;
        fork.is_overdue = true;
        report_overdue(session, "fork_closed");
    }
}

void SessionControl::report_overdue(SessionId session, const char* what) {
    // Its ports are not taken back: a worker that lives on may still read the sockets.
    ++counters_.overdue;
    parts_.logger.error(
        "control.worker_overdue",
        {{"awaited", what}, {"session", session.slot}, {"worker", table_.find(session)->worker}});
}

}  // namespace weir::dataplane
