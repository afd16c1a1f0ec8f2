// SPDX-License-Identifier: Apache-2.0
// The command backlog and the snapshot buffers of a worker.
#include "dataplane/control/worker_proxy.hpp"

#include "config/base/limits.hpp"

namespace weir::dataplane {

WorkerProxy::WorkerProxy(WorkerLink& link) : link_(link) {
    for (std::uint32_t buffer = kSnapshotBuffers; buffer-- > 0;)
        free_buffers_.push_back(buffer);
}

bool WorkerProxy::try_send(const WorkerCommand& command) {
    flush();
    return backlog_.empty() && link_.send(command).has_value();
}

void WorkerProxy::send(const WorkerCommand& command) {
    if (try_send(command)) return;
    if (backlog_.size() >= kCommandBacklog) {
        ++lost_;
        return;
    }
    backlog_.push_back(command);
}

void WorkerProxy::flush() {
    while (!backlog_.empty() && link_.send(backlog_.front()))
        backlog_.pop_front();
}

std::optional<std::uint32_t> WorkerProxy::take_snapshot_buffer() {
    if (free_buffers_.empty()) return std::nullopt;
    const auto buffer = free_buffers_.back();
    free_buffers_.pop_back();
    return buffer;
}

}  // namespace weir::dataplane
