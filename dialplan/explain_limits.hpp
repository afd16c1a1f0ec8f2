// SPDX-License-Identifier: Apache-2.0
// Bounds of the printed explanation and of the linter.
#pragma once

#include <cstddef>

namespace weir::dialplan {

// Losers printed for people; the JSON has them all. Two screens: more is looked for with a filter.
inline constexpr std::size_t kExplainLosers = 60;
// Bytes of one value of a call that are printed: a URI of an attacker may have kUriMaxBytes.
inline constexpr std::size_t kExplainValueBytes = 120;

}  // namespace weir::dialplan
