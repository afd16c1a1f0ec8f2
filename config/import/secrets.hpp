// SPDX-License-Identifier: Apache-2.0
// Passwords in the lines of a router: what can be said of them, and how a line is shown without.
#pragma once

#include <string>
#include <string_view>

namespace weir::config {

// The line with *** in place of each password: a report is sent around, a configuration is not.
[[nodiscard]] std::string without_secrets(std::string_view line);

// What somebody has to know about the password of the line: type 7 was readable, type 6 is not, 0
// stood there in clear. Empty if there is none. Never the password.
[[nodiscard]] std::string secret_note(std::string_view line);

}  // namespace weir::config
