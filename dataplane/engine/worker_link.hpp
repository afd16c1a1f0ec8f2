// SPDX-License-Identifier: Apache-2.0
// WorkerLink: control's end of one worker: the command ring, the event ring, the snapshot buffers.
//
// Thread: control for send(), receive(), snapshot(); the worker has its own half (take(),
// report()). EAL must be up before create().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "config/base/result.hpp"
#include "dataplane/engine/worker_commands.hpp"

struct rte_ring;

namespace weir::dataplane {

// Snapshot buffers per worker: as many ReadSession as may be under way at once; the next waits.
inline constexpr std::uint32_t kSnapshotBuffers = 16;

class WorkerLink {
public:
    // `index` names the rings; `sessions` bounds the reserved places for events.
    [[nodiscard]] static Result<std::unique_ptr<WorkerLink>> create(std::size_t index,
                                                                    int socket_id = -1);
    ~WorkerLink();
    WorkerLink(const WorkerLink&) = delete;
    WorkerLink& operator=(const WorkerLink&) = delete;

    // ---- control ----
    // Queues the command and wakes the worker. Error exhausted: the ring is full, nothing was
    // queued: refuse the call (Refusal::ring_full), or try again later for a close. Never blocks or
    // spins.
    [[nodiscard]] Result<void> send(const WorkerCommand& command);
    // The next event, if any. Events come in order per session.
    [[nodiscard]] std::optional<WorkerEvent> receive();
    // Buffer 0..kSnapshotBuffers-1, filled when SnapshotReady has come.
    [[nodiscard]] const SessionSnapshot& snapshot(std::uint32_t buffer) const {
        return snapshots_[buffer];
    }
    // Readable when a command was sent: the worker's PacketIo puts it into its epoll set.
    [[nodiscard]] int wake_fd() const { return wake_fd_; }

    // ---- worker ----
    [[nodiscard]] unsigned take(std::span<WorkerCommand> commands) noexcept;  // how many
    [[nodiscard]] bool has_commands() const noexcept;
    [[nodiscard]] bool report(const WorkerEvent& event) noexcept;  // false: the ring is full
    [[nodiscard]] SessionSnapshot& snapshot_for_worker(std::uint32_t buffer) noexcept {
        return snapshots_[buffer];
    }

private:
    WorkerLink() = default;
    rte_ring* commands_ = nullptr;
    rte_ring* events_ = nullptr;
    int wake_fd_ = -1;
    std::vector<SessionSnapshot> snapshots_;
};

}  // namespace weir::dataplane
