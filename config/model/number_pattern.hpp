// SPDX-License-Identifier: Apache-2.0
// The text form of number patterns (spec A.3): what may stand in destination-pattern and its kin.
#pragma once

#include <string_view>

#include "config/base/result.hpp"

namespace weir::config {

// Whether the text is a number pattern. The error begins with IOS's "Incorrect format for E.164
// Number" and says which character is wrong. Checked beyond the character set: brackets and groups
// are closed, a repeat sign has something to repeat, ^ stands first and T and $ last.
// Thread: any. Errors: invalid.
[[nodiscard]] Result<void> check_number_pattern(std::string_view text);

// Digits, A-F, * and #, with an optional leading +: a number that can be dialled as it stands.
// Recorder peers need one (spec F.1).
[[nodiscard]] bool is_plain_number(std::string_view text);

}  // namespace weir::config
