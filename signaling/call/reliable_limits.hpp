// SPDX-License-Identifier: Apache-2.0
// Bounds of reliable provisional responses and early dialogs.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::signaling {

// Responses that wait behind an unacknowledged one; a caller that does not PRACK holds no more.
inline constexpr std::size_t kMaxQueuedProgress = 8;
// Early dialogs of one attempt (forks); the 18x of further ones are not taken.
inline constexpr std::size_t kMaxEarlyDialogs = 16;
// Repetitions of one response after which the peer is named: 7.5 s with the default timer.
inline constexpr unsigned kSilentAfter = 4;
// One log line for each peer that does not PRACK in this time.
inline constexpr std::chrono::seconds kPrackAlarmInterval(60);
// Peers whose last alarm is remembered; beyond it the oldest is forgotten.
inline constexpr std::size_t kMaxPrackAlarms = 1024;

}  // namespace weir::signaling
