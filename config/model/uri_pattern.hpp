// SPDX-License-Identifier: Apache-2.0
// The text form of the expressions in URI classes (spec A.4).
#pragma once

#include <string_view>

#include "config/base/result.hpp"

namespace weir::config {

enum class UriPart { user_id, host, pattern };  // phone number and context: as user_id

// Whether the text keeps to the character set and length of its part, and is an expression:
// brackets and groups closed, something before each repeat sign. Thread: any. Errors: invalid.
[[nodiscard]] Result<void> check_uri_pattern(UriPart part, std::string_view text);

}  // namespace weir::config
