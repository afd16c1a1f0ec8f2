// SPDX-License-Identifier: Apache-2.0
// Construction, dispatch and the turn of SessionControl.
#include "dataplane/control/session_control.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "config/base/limits.hpp"
#include "dataplane/control/control_limits.hpp"

namespace weir::dataplane {

SessionControl::SessionControl(SessionControlParts parts)
    : parts_(std::move(parts)),
      table_(parts_.shared, parts_.random),
      waiting_(parts_.workers.size()),
      underway_(parts_.workers.size(), std::vector<SnapshotRequest>(kSnapshotBuffers)) {}

void SessionControl::on_command(const Command& command) {
    talking_until_ = now() + kControlTalk;
    std::visit([this](const auto& body) { handle(body); }, command);
}

void SessionControl::run_once() {
    for (std::size_t worker = 0; worker < parts_.workers.size(); ++worker) {
        parts_.workers[worker].flush();
        drain_worker(worker);
    }
    send_waiting_snapshots();
    sweep(now());
}

std::chrono::milliseconds SessionControl::longest_sleep(std::chrono::milliseconds idle) const {
    // What is asked is answered within a turn of a worker; what they report by themselves (a fork
    // that caught up, silence) is not that urgent, and each wake costs as much as some packets.
    if (now() < talking_until_) return std::chrono::milliseconds(kControlActivePoll);
    if (!table_.in_use().empty()) return std::chrono::milliseconds(kControlCalmPoll);
    const bool is_backlogged =
        std::any_of(parts_.workers.begin(), parts_.workers.end(),
                    [](const WorkerProxy& worker) { return worker.is_backlogged(); });
    return is_backlogged ? std::chrono::milliseconds(kControlActivePoll) : idle;
}

SessionSlot* SessionControl::find(SessionId session) {
    SessionSlot* slot = table_.find(session);
    if (slot == nullptr) ++counters_.stale_commands;
    return slot;
}

}  // namespace weir::dataplane
