// SPDX-License-Identifier: Apache-2.0
// Bounds of digest authentication.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::signaling {

inline constexpr std::size_t kMaxChallenges = 5;      // realms of one response (spec B.11: up to 5)
inline constexpr std::uint8_t kMaxDigestRepeats = 2;  // the answer, and one for a stale nonce
// How long a nonce of ours is good: an INVITE's answer comes within a round trip.
inline constexpr std::chrono::seconds kNonceLifetime{60};

}  // namespace weir::signaling
