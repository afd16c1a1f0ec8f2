// SPDX-License-Identifier: Apache-2.0
// Bounds of what is kept without effect.
#pragma once

#include <cstddef>

namespace weir::config::language {

// Lines that one object or block keeps: a router with thousands of static routes is within it, and
// the search for the line that is replaced stays short.
inline constexpr std::size_t kMaxKeptLines = 4096;
// Sub-modes without effect in one configuration: voice-ports of the largest chassis are hundreds.
inline constexpr std::size_t kMaxKeptBlocks = 4096;

}  // namespace weir::config::language
