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
// INVITEs that wait for a name at the same time; those beyond hunt on without it. At 3 s each that is
// 300 calls a second to names that nobody has asked for before.
inline constexpr std::size_t kMaxNameWaits = 1'000;
inline constexpr std::size_t kNamesInRecord = 4;  // named in the record of a call that waited
// Between two log lines about refused calls; the counters have all of them.
inline constexpr auto kRefusedLine = std::chrono::seconds(10);

}  // namespace weir::signaling
