// SPDX-License-Identifier: Apache-2.0
// RuntimeLock: one node per runtime directory.
#pragma once

#include <chrono>
#include <string>

#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::apps {

// Holds DIR/lock by flock(2). The descriptor is inherited by the children on purpose: should the
// supervisor be killed, the lock stays until its last child is gone, and a successor waits for that
// instead of fighting for the ports.
class RuntimeLock {
public:
    // Makes the directory (mode 0750) if needed. Waits up to `patience` if the holder is dead and
    // only its children still end. Errors: exists (names the pid that runs), denied, io.
    [[nodiscard]] static Result<RuntimeLock> take(const std::string& directory,
                                                  std::chrono::milliseconds patience = 2 *
                                                                                       kStopGrace);
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    explicit RuntimeLock(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

}  // namespace weir::apps
