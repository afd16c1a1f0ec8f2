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

}  // namespace weir::dataplane
