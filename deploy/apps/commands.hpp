// SPDX-License-Identifier: Apache-2.0
// The commands of `weir`, each from its options to its exit status.
#pragma once

#include <string>

#include "deploy/apps/options.hpp"

namespace weir::apps {

// 0: the file is good. 1: it is not, or cannot be read. Prints the diagnostics on standard error.
[[nodiscard]] int check_command(const std::string& file, const Options& options);

// Which I/O modes work here and what the others lack. 0: the configured mode (or auto) works. 1:
// not, or platform.yaml has errors.
[[nodiscard]] int doctor_command(const Options& options);

// 0: done. 1: the command was refused. 2: no Weir answers.
[[nodiscard]] int exec_command(const std::string& command, const Options& options);

// Until SIGTERM or SIGINT. 0: ended cleanly. 1: configuration, start or restart failed. `self` is
// argv[0]: the other programs are found beside it.
[[nodiscard]] int run_command(const Options& options);

}  // namespace weir::apps
