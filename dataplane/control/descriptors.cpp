// SPDX-License-Identifier: Apache-2.0
// Raising the limit of descriptors.
#include "dataplane/control/descriptors.hpp"

#include <algorithm>
#include <climits>

#include <fcntl.h>
#include <sys/resource.h>

#include "config/base/unique_fd.hpp"
#include "dataplane/host/descriptors.hpp"

namespace weir::dataplane {

std::uint64_t raise_descriptor_limit(IoMode mode, std::uint64_t sessions, Logger& logger) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) (void)::getrlimit(RLIMIT_NOFILE, &limit);
    const std::uint64_t needed = descriptors_needed(mode, sessions);
    if (limit.rlim_cur < needed)
        logger.warning(
            "control.descriptors",
            {{"limit", limit.rlim_cur},
             {"needed", needed},
             {"sessions", sessions},
             {"possible_sessions", sessions_possible(mode, limit.rlim_cur)},
             {"advice", "8 per recorded call: raise LimitNOFILE or lower media.sessions"}});
    reserve_descriptor_table(std::min<std::uint64_t>(needed, limit.rlim_cur));
    return limit.rlim_cur;
}

bool reserve_descriptor_table(std::uint64_t descriptors) {
    if (descriptors == 0 || descriptors > INT_MAX) return false;
    // The table grows to hold the number and does not shrink when it is free again.
    const UniqueFd any(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!any.is_open()) return false;
    return UniqueFd(::fcntl(any.get(), F_DUPFD_CLOEXEC, static_cast<int>(descriptors) - 1))
        .is_open();
}

}  // namespace weir::dataplane
