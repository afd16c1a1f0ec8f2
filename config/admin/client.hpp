// SPDX-License-Identifier: Apache-2.0
// The operator's side of the admin socket: one command, one answer.
#pragma once

#include <chrono>
#include <string>

#include "config/admin/command_table.hpp"
#include "config/base/limits.hpp"
#include "config/base/result.hpp"

namespace weir::config {

// Sends `command` and waits for the answer. Blocks; for programs, not for servers. Errors:
// unavailable (nobody listens), denied, io; the text says what to do.
[[nodiscard]] Result<Answer> ask_operator_socket(
    const std::string& socket_path, const std::string& command,
    std::chrono::milliseconds patience = 2 * kAdminTimeout);

}  // namespace weir::config
