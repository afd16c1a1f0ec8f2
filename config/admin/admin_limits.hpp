// SPDX-License-Identifier: Apache-2.0
// Bounds of this folder that nobody else needs.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::config {

inline constexpr auto kHttpFirstHeader =
    std::chrono::seconds(3);  // from the connection to the end of its first request's header
inline constexpr std::size_t kShownHistory = 20;     // lines of `show history`, as on IOS
inline constexpr unsigned kTerminalMaxLength = 512;  // lines of a page, as on IOS
// Debug output that one operator's connection may owe: what comes beyond is dropped and counted.
inline constexpr std::size_t kAdminEventBytes = 256U << 10U;
inline constexpr auto kAdminTick = std::chrono::seconds(1);  // between calls of AdminHooks::tick
// A commit of 50,000 dial-peers is compiled before it is answered.
inline constexpr auto kSessionPatience = std::chrono::seconds(30);
inline constexpr std::size_t kFrameHead = 64;  // bytes of "refused 123\n"

}  // namespace weir::config
