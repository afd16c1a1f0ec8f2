// SPDX-License-Identifier: Apache-2.0
// The limit of descriptors that this process may have, measured against what its sessions need.
#pragma once

#include <cstdint>

#include "config/base/io_mode.hpp"
#include "config/base/log.hpp"

namespace weir::dataplane {

// Raises the soft limit (RLIMIT_NOFILE) to the hard one and returns it; warns with the arithmetic
// (dataplane/host/descriptors.hpp) when it is too small for the sessions in this mode.
std::uint64_t raise_descriptor_limit(IoMode mode, std::uint64_t sessions, Logger& logger);

// Makes the kernel's table of this process as large as `descriptors` now. It would else be doubled
// under calls, and a process with threads stands still for an RCU grace period each time. True
// when the table has that size.
bool reserve_descriptor_table(std::uint64_t descriptors);

}  // namespace weir::dataplane
