// SPDX-License-Identifier: Apache-2.0
// ControlLoop: the turns of weir-media's control thread: the link wakes it, the workers are polled,
// and whoever else has a descriptor or a period is called.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include <poll.h>

#include "config/base/clock.hpp"
#include "dataplane/control/session_control.hpp"
#include "dataplane/link/link_server.hpp"

namespace weir::dataplane {

// Work that takes part in the turns. Functions may be empty.
struct LoopWork {
    int fd = -1;                          // its descriptor; -1 = none
    std::function<void()> ready;          // the descriptor is readable
    std::chrono::milliseconds period{0};  // 0 = none
    std::function<void(MonoTime)> every;  // once in each period
    std::function<bool()> before_sleep;   // false: there is work, do not sleep
    std::function<void()> news;           // in every turn, before the link is served
    std::function<void()> turn;           // in every turn, after the link
};

// Thread: control.
class ControlLoop {
public:
    ControlLoop(LinkServer& link, SessionControl& control, const Clock& clock)
        : link_(link), control_(control), clock_(clock) {}

    // Before run().
    void add(LoopWork work);

    // One turn: waits for the link, a descriptor of the works or `stop_fd` (-1 = none), at most
    // as long as the sessions allow (SessionControl::longest_sleep); then serves all, and sends
    // what it had to tell. False: stop_fd is readable.
    bool run_once(int stop_fd, std::chrono::milliseconds idle);

    // Turns until stop_fd is readable.
    void run(int stop_fd);

private:
    struct Work {
        LoopWork what;
        MonoTime due{};
    };
    [[nodiscard]] std::chrono::milliseconds longest_sleep(std::chrono::milliseconds idle) const;
    void serve_works(const std::vector<pollfd>& ready);

    LinkServer& link_;
    SessionControl& control_;
    const Clock& clock_;
    std::vector<Work> works_;
    std::vector<pollfd> ready_;  // of this turn; keeps its room
};

}  // namespace weir::dataplane
