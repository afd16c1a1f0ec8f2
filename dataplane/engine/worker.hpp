// SPDX-License-Identifier: Apache-2.0
// Worker: one thread that moves packets: commands, a burst, drains, a look at some sessions, again.
//
// Thread: its own, in run(); or the caller's, turn by turn (tests pump it with a virtual clock).
// Built by control. Nothing is allocated, locked or logged after construction.
#pragma once

#include <memory>

#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "dataplane/engine/core_share.hpp"
#include "dataplane/engine/worker_state.hpp"

namespace weir::dataplane {

class Worker {
public:
    // All references outlive the worker. EAL is up.
    Worker(const WorkerOptions& options, const SharedState& shared, WorkerLink& link, PacketIo& io,
           BufferPool& pool);

    // Until a Quit command was taken. Sleeps when there is nothing to do.
    void run(const Clock& clock) noexcept;

    // One bounded turn; returns how many commands and packets it handled.
    std::size_t turn(MonoTime now) noexcept;
    // How long the worker may sleep after an empty turn; PacketIo::wait() decides how. Framed
    // devices do not wake anybody, so that their workers sleep briefly, or (WorkerOptions::spin)
    // never.
    [[nodiscard]] std::chrono::nanoseconds longest_sleep() const noexcept;
    [[nodiscard]] bool has_quit() const noexcept { return quit_; }
    // Takes note of how long a turn took that ended at `now`; run() does it itself.
    void note_turn(MonoTime now, std::int64_t spent_ns) noexcept;
    // Wall clock minus monotonic, for the NTP times of RTCP; run() keeps it itself.
    void set_wall_offset(std::int64_t ns) noexcept { state_.wall_offset_ns = ns; }

private:
    std::size_t run_commands(MonoTime now) noexcept;
    void execute(const WorkerCommand& command, MonoTime now) noexcept;
    void housekeep(MonoTime now) noexcept;
    void choose_class(MonoTime now) noexcept;

    WorkerLink& link_;
    WorkerState state_;
    std::array<WorkerCommand, kCommandsPerTurn> commands_;
    std::int64_t next_housekeeping_ns_ = 0;
    std::size_t next_visit_ = 0;  // place in state_.active
    // The longest turn of this stretch of kLongestTurnWindow and of the one before.
    std::uint64_t longest_ns_ = 0;
    std::uint64_t longest_before_ns_ = 0;
    std::int64_t window_ends_ns_ = 0;
    CoreShare share_;
    bool is_real_time_ = false;
    bool quit_ = false;
};

}  // namespace weir::dataplane
