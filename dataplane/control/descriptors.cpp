// SPDX-License-Identifier: Apache-2.0
// Raising the limit of descriptors.
#include "dataplane/control/descriptors.hpp"

#include <sys/resource.h>

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
    return limit.rlim_cur;
}

}  // namespace weir::dataplane
