// SPDX-License-Identifier: Apache-2.0
// Supervisor: starts the children of a node, restarts what dies, ends all in order.
//
//   starting --all ready--> running --signal, or a child died too often--> stopping --all gone-->
//   end starting --a child ends, or kStartLimit--> stopping, exit 1: what fails at the start fails
//   again
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "deploy/apps/child.hpp"
#include "deploy/apps/restart_limit.hpp"

namespace weir::apps {

struct SupervisorSettings {
    std::string runtime;              // notify.sock is made here
    std::vector<ChildSpec> children;  // started in this order, stopped in the reverse one
    std::chrono::milliseconds start_limit = kStartLimit;
    std::chrono::milliseconds stop_grace = kStopGrace;  // per child, then SIGKILL
    // Called once, when every child has said that it is ready; name -> its status line.
    std::function<void(const std::map<std::string, std::string>&)> on_ready;
    // What an operator must read at once, one sentence.
    std::function<void(const std::string&)> on_trouble;
};

// Thread: the main thread of `weir`, which must have no other children.
class Supervisor {
public:
    Supervisor(SupervisorSettings settings, const Clock& clock, Logger& logger);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    // Blocks the signals that run() reads. To be called before the process has any other thread: a
    // thread that does not block them, as that of a log, would take them away.
    static void block_signals();

    // Until SIGTERM or SIGINT (exit status 0) or until it gives up (1). A second signal while
    // stopping kills.
    [[nodiscard]] int run();

private:
    enum class Phase { starting, running, stopping };
    struct Child {
        ChildSpec spec;
        pid_t pid = 0;  // 0 = not running
        bool ready = false;
        std::string status;
        RestartLimit limit;
        std::optional<MonoTime> restart_at;
        bool terminated = false;  // SIGTERM was sent
        MonoTime kill_at;
    };

    [[nodiscard]] Result<void> prepare();
    void start(Child& child);
    void reap();
    void on_death(Child& child, int wait_status);
    void read_signals();
    void read_notifications();
    void on_timers();
    void stop(int exit_status, const std::string& why);
    void stop_next();
    [[nodiscard]] int poll_timeout() const;
    [[nodiscard]] bool all_gone() const;

    SupervisorSettings settings_;
    const Clock& clock_;
    Logger& logger_;
    std::vector<Child> children_;
    Phase phase_ = Phase::starting;
    MonoTime start_deadline_;
    int exit_status_ = 0;
    std::string notify_path_;
    UniqueFd signals_;
    UniqueFd notify_;
};

}  // namespace weir::apps
