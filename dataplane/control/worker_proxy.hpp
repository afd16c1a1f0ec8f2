// SPDX-License-Identifier: Apache-2.0
// WorkerProxy: control's side of one worker: commands in order also when the ring is full, the free
// snapshot buffers, and how many sessions the worker has.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "dataplane/engine/worker_commands.hpp"
#include "dataplane/engine/worker_link.hpp"

namespace weir::dataplane {

// Thread: control.
class WorkerProxy {
public:
    explicit WorkerProxy(WorkerLink& link);

    // A command that may be refused: false when the worker does not keep up.
    [[nodiscard]] bool try_send(const WorkerCommand& command);
    // A command that must arrive (an address, an end): waits its turn when the ring is full. Only a
    // worker that has died lets kCommandBacklog fill; then the command is lost and counted.
    void send(const WorkerCommand& command);
    // Hands over what waits, as far as the ring takes it.
    void flush();
    [[nodiscard]] std::optional<WorkerEvent> receive() { return link_.receive(); }

    [[nodiscard]] std::optional<std::uint32_t> take_snapshot_buffer();
    void return_snapshot_buffer(std::uint32_t buffer) { free_buffers_.push_back(buffer); }
    [[nodiscard]] const SessionSnapshot& snapshot(std::uint32_t buffer) const {
        return link_.snapshot(buffer);
    }

    [[nodiscard]] bool is_backlogged() const { return !backlog_.empty(); }
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

    std::size_t sessions = 0;  // kept by the session table: the load of this worker

private:
    WorkerLink& link_;
    std::deque<WorkerCommand> backlog_;
    std::vector<std::uint32_t> free_buffers_;
    std::uint64_t lost_ = 0;
};

}  // namespace weir::dataplane
