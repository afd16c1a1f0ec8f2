// SPDX-License-Identifier: Apache-2.0
// Bounds of the requests that the node sends and takes outside of calls.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::signaling {

// Addresses of one pinged host name: as many as a call would try.
inline constexpr std::size_t kMaxPingAddresses = 16;
// The first OPTIONS of each target leaves within this time after a commit: ten thousand peers must
// not make one burst.
inline constexpr auto kFirstPingSpread = std::chrono::milliseconds(1000);
// The addresses of pinged names are asked for again (the resolver keeps their time to live).
inline constexpr auto kPingResolve = std::chrono::seconds(5);
// Retransmissions to a registrar while there is a secondary one: 3.5 s with T1 of 500 ms, so that
// the other one's answer comes while the endpoint, which waits 32 s (RFC 3261 timer F), still does.
inline constexpr std::uint8_t kRetriesBeforeSecondary = 2;

}  // namespace weir::signaling
