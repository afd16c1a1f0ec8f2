// SPDX-License-Identifier: Apache-2.0
// Plays many sequences by seed and stops at the first that breaks a law.
#pragma once

#include <cstdint>

namespace weir::signaling {

// Plays the seeds first .. first + count - 1; a failure prints the seed, the laws that were broken
// and the ladders of its calls. Every kRecordedOneIn-th is recorded and replayed.
void play_sequences(std::uint64_t first, std::uint64_t count);

inline constexpr std::uint64_t kRecordedOneIn = 8;

}  // namespace weir::signaling
