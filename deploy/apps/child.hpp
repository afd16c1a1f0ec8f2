// SPDX-License-Identifier: Apache-2.0
// One child process of the supervisor: what it is, and how it is started.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "config/base/result.hpp"

namespace weir::apps {

struct ChildSpec {
    std::string name;     // "weir-media"
    std::string program;  // its path
    std::vector<std::string> arguments;
    std::vector<int> inherited;  // descriptors that it keeps, under the same numbers
    std::string notify_socket;   // its $NOTIFY_SOCKET
};

// Starts it in its own process group (so that ^C reaches the supervisor alone, which stops the
// children in order), with all signals at their defaults, stdin from /dev/null, and SIGTERM when we
// die. Errors: io, also when the program cannot be executed.
[[nodiscard]] Result<pid_t> start_child(const ChildSpec& spec);

// "ended with status 1", "was killed by signal 11 (Segmentation fault)"
[[nodiscard]] std::string describe_exit(int wait_status);

}  // namespace weir::apps
