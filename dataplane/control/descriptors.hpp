// SPDX-License-Identifier: Apache-2.0
// How many descriptors the configured sessions need, and the limit that this process may have.
#pragma once

#include <cstdint>

#include "config/base/log.hpp"

namespace weir::dataplane {

// Sockets of `sessions` calls of one stream with one recorder of two tracks each: two pairs of the
// relay and two pairs of the forks, and what the process itself holds open. Pure.
[[nodiscard]] std::uint64_t descriptors_needed(std::uint64_t sessions);

// Raises the soft limit (RLIMIT_NOFILE) to the hard one and returns it; warns with the arithmetic
// when it is too small for the sessions.
std::uint64_t raise_descriptor_limit(std::uint64_t sessions, Logger& logger);

}  // namespace weir::dataplane
