// SPDX-License-Identifier: Apache-2.0
// Bounds of the SIP settings.
#pragma once

#include <cstddef>

namespace weir::config::language {

inline constexpr std::size_t kMaxPermittedHostnames = 10;  // spec B.3
inline constexpr std::size_t kMaxRealms = 5;               // authentication lines, spec B.11
inline constexpr std::size_t kMaxCredentials = 16;         // numbers that one tenant registers
inline constexpr std::size_t kMaxRegistrars = 6;           // registrar 1 to 6, spec B.11

}  // namespace weir::config::language
