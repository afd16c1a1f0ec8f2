// SPDX-License-Identifier: Apache-2.0
// The commands of `weir`, each from its options to its exit status.
#pragma once

#include <string>
#include <vector>

#include "deploy/apps/options.hpp"

namespace weir::apps {

// 0: the file is good. 1: it is not, or cannot be read. Prints the diagnostics on standard error.
[[nodiscard]] int check_command(const std::string& file, const Options& options);

// Which I/O modes work here and what the others lack. 0: the configured mode (or auto) works. 1:
// not, or platform.yaml has errors.
[[nodiscard]] int doctor_command(const Options& options);

// One session for all commands. 0: done. 1: a command was refused, those behind it are not sent.
// 2: no Weir answers.
[[nodiscard]] int exec_command(const std::vector<std::string>& commands, const Options& options);

// A terminal, or lines from standard input. 0: ended by the user. 1: a line was refused (without a
// terminal), or the node has gone. 2: no Weir answers.
[[nodiscard]] int shell_command(const Options& options);

// Until SIGTERM or SIGINT. 0: ended cleanly. 1: configuration, start or restart failed. `self` is
// argv[0]: the other programs are found beside it.
[[nodiscard]] int run_command(const Options& options);

}  // namespace weir::apps
