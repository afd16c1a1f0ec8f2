// SPDX-License-Identifier: Apache-2.0
// Bounds of admission control.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::signaling {

// Emergency calls beyond kMaxCalls: what a node of that size sees at the worst.
inline constexpr std::size_t kEmergencyReserve = 256;
// INVITEs let in that have not become calls yet: what one turn of the loop reads, many times over.
inline constexpr std::size_t kMaxAdmitted = 4096;
// Between two log lines about refused calls; the counters have all of them.
inline constexpr auto kRefusedLine = std::chrono::seconds(10);

}  // namespace weir::signaling
