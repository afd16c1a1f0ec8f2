// SPDX-License-Identifier: Apache-2.0
// Construction, dispatch and the turn of SessionControl.
#include "dataplane/control/session_control.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "config/base/limits.hpp"

namespace weir::dataplane {

SessionControl::SessionControl(SessionControlParts parts)
    : parts_(std::move(parts)),
      table_(parts_.shared, parts_.random),
      waiting_(parts_.workers.size()),
      underway_(parts_.workers.size(), std::vector<SnapshotRequest>(kSnapshotBuffers)) {}

void SessionControl::on_command(const Command& command) {
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

bool SessionControl::is_active() const {
    if (!table_.in_use().empty()) return true;
    return std::any_of(parts_.workers.begin(), parts_.workers.end(),
                       [](const WorkerProxy& worker) { return worker.is_backlogged(); });
}

SessionSlot* SessionControl::find(SessionId session) {
    SessionSlot* slot = table_.find(session);
    if (slot == nullptr) ++counters_.stale_commands;
    return slot;
}

}  // namespace weir::dataplane
