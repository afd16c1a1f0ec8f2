// SPDX-License-Identifier: Apache-2.0
// Bounds of dial-peer commands.
#pragma once

#include <cstddef>

namespace weir::config::language {

inline constexpr std::size_t kMaxPrefixDigits = 32;  // as many as a number has (spec A.3)
inline constexpr std::size_t kMaxPortBytes = 32;     // "1/0/3:23" and the longer forms of chassis

}  // namespace weir::config::language
