// SPDX-License-Identifier: Apache-2.0
// Deadlines: forks of a closed session are ended, and a worker that owes an answer is reported.
#include <algorithm>

#include "config/base/limits.hpp"
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

// Each session once in kControlSweep, a share of them in each turn: all at once would take
// milliseconds from a worker that has the same core.
void SessionControl::sweep(MonoTime time) {
    constexpr auto kPeriod = std::chrono::nanoseconds(kControlSweep).count();
    const auto elapsed = std::min<std::int64_t>(time.ns - swept_at_.ns, kPeriod);
    if (elapsed < std::chrono::nanoseconds(kControlActivePoll).count()) return;
    swept_at_ = time;
    const auto& slots = table_.in_use();
    const std::size_t all = slots.size();
    const std::size_t share =
        std::min(all, all * static_cast<std::size_t>(elapsed) / kPeriod + std::size_t{1});
    // What is looked at may change the list: its length is asked for each time.
    for (std::size_t i = 0; i < share && !slots.empty(); ++i) {
        next_visit_ = next_visit_ + 1 < slots.size() ? next_visit_ + 1 : 0;
        const SessionId session = table_.id_of(slots[next_visit_]);
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
