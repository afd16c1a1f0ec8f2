// SPDX-License-Identifier: Apache-2.0
// The arithmetic of descriptors.
#include "dataplane/control/descriptors.hpp"

#include <sys/resource.h>

namespace weir::dataplane {
namespace {

constexpr std::uint64_t kSocketsPerSession = 2 * 2 + 2 * 2;  // RTP and RTCP of two sides, two forks
constexpr std::uint64_t kProcess = 64;  // link, epoll sets, log, memory, timers

}  // namespace

std::uint64_t descriptors_needed(std::uint64_t sessions) {
    return sessions * kSocketsPerSession + kProcess;
}

std::uint64_t raise_descriptor_limit(std::uint64_t sessions, Logger& logger) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) (void)::getrlimit(RLIMIT_NOFILE, &limit);
    const std::uint64_t needed = descriptors_needed(sessions);
    if (limit.rlim_cur < needed) {
        const auto possible =
            limit.rlim_cur > kProcess ? (limit.rlim_cur - kProcess) / kSocketsPerSession : 0;
        logger.warning(
            "control.descriptors",
            {{"limit", limit.rlim_cur},
             {"needed", needed},
             {"sessions", sessions},
             {"possible_sessions", possible},
             {"advice", "8 per recorded call: raise LimitNOFILE or lower media.sessions"}});
    }
    return limit.rlim_cur;
}

}  // namespace weir::dataplane
