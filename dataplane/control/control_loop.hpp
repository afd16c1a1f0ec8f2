// SPDX-License-Identifier: Apache-2.0
// ControlLoop: the turns of weir-media's control thread: the link wakes it, the workers are polled.
#pragma once

#include <chrono>

#include "dataplane/control/session_control.hpp"
#include "dataplane/link/link_server.hpp"

namespace weir::dataplane {

// Thread: control.
class ControlLoop {
public:
    ControlLoop(LinkServer& link, SessionControl& control) : link_(link), control_(control) {}

    // One turn: waits for the link or `stop_fd` (-1 = none), at most kControlActivePoll while
    // sessions exist (workers make no system calls, so nothing of theirs can wake us) and at most
    // `idle` otherwise; then serves both. False: stop_fd is readable.
    bool run_once(int stop_fd, std::chrono::milliseconds idle);

    // Turns until stop_fd is readable.
    void run(int stop_fd);

private:
    LinkServer& link_;
    SessionControl& control_;
};

}  // namespace weir::dataplane
