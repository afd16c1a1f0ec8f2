// SPDX-License-Identifier: Apache-2.0
// Bounds of the next hops of media, each with its unit and its reason.
#pragma once

#include "config/base/limits.hpp"

namespace weir::dataplane {

// A hop that nobody uses keeps its address this long: a worker may still send by it until it has
// read its commands, and the next call to the same party finds it resolved.
inline constexpr auto kHopLinger = seconds(10);
// Between two wishes to confirm a neighbour that the kernel calls stale: it takes 5 s to ask
// (delay_first_probe_time) and 3 s to give up.
inline constexpr auto kNeighbourConfirm = seconds(9);
// Requests that may go out at once, after a time without any: an eighth of a second's.
inline constexpr std::size_t kNeighbourBurst = kNeighbourRequestsPerSecond / 8;
// Unanswered requests before a line says so.
inline constexpr unsigned kNeighbourPatience = 3;
// Destinations whose way is looked up again in one turn of control after the routes changed: about
// 0.3 ms.
inline constexpr std::size_t kDestinationsPerTurn = 1024;

}  // namespace weir::dataplane
