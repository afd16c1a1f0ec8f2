// SPDX-License-Identifier: Apache-2.0
// Bounds of what operators are shown.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::signaling {

// Calls that are copied out in one turn of the SIP thread: a table of 20,000 calls takes 40 turns,
// and what arrives meanwhile waits for one of them.
inline constexpr std::size_t kCallsAtOnce = 500;
// Calls of a table with many lines for each; who wants another call names its number or id.
inline constexpr std::size_t kShownCalls = 2000;
// dial-control-mib on the router: 50 calls, 15 minutes.
inline constexpr std::size_t kHistoryCalls = 50;
inline constexpr auto kHistoryTime = std::chrono::minutes(15);
// A call none of whose parties has sent a packet for so long counts as inactive (the router's
// default of `timer receive-rtp` is 1200 s, which is for ending calls nobody looks at).
inline constexpr auto kMediaInactive = std::chrono::seconds(30);

}  // namespace weir::signaling
