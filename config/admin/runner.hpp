// SPDX-License-Identifier: Apache-2.0
// One typed line: help, or a command with its filter.
#pragma once

#include <string_view>

#include "config/admin/command_table.hpp"

namespace weir::config {

// `show calls | include 100` runs the command and filters its answer; a trailing `?` is help.
// `respond` is called exactly once if the handler keeps its promise. Thread: admin.
void run_line(const CommandTable& table, std::string_view line, Respond respond);

}  // namespace weir::config
