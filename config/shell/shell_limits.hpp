// SPDX-License-Identifier: Apache-2.0
// Bounds of the shell.
#pragma once

#include <cstddef>

namespace weir::config {

inline constexpr int kShellHistory = 500;        // lines that are remembered
inline constexpr unsigned kTerminalLength = 24;  // lines of a page where the terminal says nothing
inline constexpr std::size_t kShellMaxLine = 4096;  // bytes of a line from standard input

}  // namespace weir::config
