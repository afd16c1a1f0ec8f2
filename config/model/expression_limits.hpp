// SPDX-License-Identifier: Apache-2.0
// Bounds of expressions and of what holds them.
#pragma once

#include <cstddef>

namespace weir::config {

// A number has at most 32 digits (spec A.3), so no rule needs more; the dial plan has the same.
inline constexpr std::size_t kRuleTextBytes = 128;
// A header line has at most 300 characters after a change (spec D.2); a longer value is kept, for
// it is the message that decides, but not any length.
inline constexpr std::size_t kProfileTextBytes = 512;
inline constexpr std::size_t kExpressionGroups = 9;  // \1 to \9 are all that can name them

}  // namespace weir::config
