// SPDX-License-Identifier: Apache-2.0
// Bounds of the requests that the node sends and takes outside of calls.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::signaling {

// Addresses of one pinged host name: as many as a call would try.
inline constexpr std::size_t kMaxPingAddresses = 16;
// The first OPTIONS of each target leaves within this time after a commit: ten thousand peers must
// not make one burst.
inline constexpr auto kFirstPingSpread = std::chrono::milliseconds(1000);
// The addresses of pinged names are asked for again (the resolver keeps their time to live).
inline constexpr auto kPingResolve = std::chrono::seconds(5);

}  // namespace weir::signaling
