// SPDX-License-Identifier: Apache-2.0
// The shell: a terminal's lines to the node and its answers back, page by page.
#pragma once

#include <cstdio>
#include <string>

#include "config/shell/shell_link.hpp"

namespace weir::config {

// Both return the exit status: 0 ended by the user, 1 the node has gone (said on standard error).
// Block; for programs.

// Standard input and output are a terminal. `history_file` "" = no history is kept.
[[nodiscard]] int run_terminal(ShellLink& link, const std::string& history_file);

// Lines of `in`, answers to `out`, refusals to `err` with the line that they are about; goes on
// behind a refused line, and returns 1 if there was one.
[[nodiscard]] int run_lines(ShellLink& link, std::FILE* in, std::FILE* out, std::FILE* err);

}  // namespace weir::config
