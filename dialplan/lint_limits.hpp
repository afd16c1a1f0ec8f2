// SPDX-License-Identifier: Apache-2.0
// Bounds of the linter: it routes sample calls, and a large dial plan has many.
#pragma once

#include <cstddef>

namespace weir::dialplan {

inline constexpr std::size_t kLintCalls = 100'000;  // routed in all: some seconds
// Candidates of all those calls: fifty calls, each of which fits ten thousand dial-peers.
inline constexpr std::size_t kLintCandidates = 500'000;
inline constexpr std::size_t kLintSamples = 3;      // numbers made from one pattern
inline constexpr std::size_t kLintPasses = 8;  // of a call through ourselves: then it is a loop
inline constexpr std::size_t kLintNamed = 3;   // examples that one finding names
// Findings of one code: a mistake that a script made a thousand times is one mistake.
inline constexpr std::size_t kLintFindingsPerCode = 200;

}  // namespace weir::dialplan
