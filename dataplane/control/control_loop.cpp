// SPDX-License-Identifier: Apache-2.0
// Waiting and serving.
#include "dataplane/control/control_loop.hpp"

#include <array>

#include <poll.h>

#include "config/base/limits.hpp"

namespace weir::dataplane {

bool ControlLoop::run_once(int stop_fd, std::chrono::milliseconds idle) {
    const auto limit = control_.is_active() ? std::chrono::milliseconds(kControlActivePoll) : idle;
    std::array<pollfd, 2> ready{pollfd{link_.fd(), POLLIN, 0}, pollfd{stop_fd, POLLIN, 0}};
    (void)::poll(ready.data(), ready.size(), static_cast<int>(limit.count()));
    if (ready[1].revents != 0) return false;
    link_.run_once();
    control_.run_once();
    return true;
}

void ControlLoop::run(int stop_fd) {
    while (run_once(stop_fd, kControlIdlePoll)) {
    }
}

}  // namespace weir::dataplane
