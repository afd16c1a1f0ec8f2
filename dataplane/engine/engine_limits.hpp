// SPDX-License-Identifier: Apache-2.0
// Bounds of the engine that nobody else needs; the others are in config/base/limits.hpp.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::dataplane {

// A direction is given to the kernel after so many packets (0.3 s of speech): ringing tones that
// change their source and calls that are over at once are not worth it.
inline constexpr std::uint64_t kOffloadAfter = 16;
// ... and while it speaks: what begins anew often begins with other numbers.
inline constexpr auto kOffloadSilence = std::chrono::milliseconds(500);
// From taking a flow back to giving it again: no run of the kernel's program takes nearly so long,
// so that none reads half of the new rule.
inline constexpr auto kOffloadRest = std::chrono::milliseconds(100);
// The rest of a stream that the kernel gives up again and again: each costs a few packets the way
// through the worker, which is no loss, and the worker some work.
inline constexpr auto kOffloadLongestRest = std::chrono::milliseconds(3200);

// Copies for a recorder whose next hop is not known yet wait so long in the pre-roll: the kernel has
// asked a silent neighbour three times by then (kNeighbourRetry).
inline constexpr auto kRecorderHopPatience = std::chrono::seconds(3);

// Packets that the program of a predecessor may have copied unseen after its end, until it found no
// room for records (WEIR_RECORD_RING).
inline constexpr std::uint16_t kUnseenCopies = 10'923;

// ... and twice as long where not one frame was the worker's since its last sleep: 150,000 packets
// a second leave 600 records in that time, of the 10,922 that there is room for.
inline constexpr auto kOffloadQuietSleep = std::chrono::milliseconds(4);

// Headers between IPv6 and UDP that are walked to find a media port: RFC 8200 4.1 knows six kinds.
// A longer chain is the host's.
inline constexpr unsigned kMaxExtensionHeaders = 8;
// The longest turn is that of the last one to two of these: more than a scraper's interval.
inline constexpr auto kLongestTurnWindow = std::chrono::seconds(60);
// How often a worker asks for the wall clock, for the NTP times of RTCP.
inline constexpr auto kWallClockRefresh = std::chrono::milliseconds(10);

// A real-time worker that rests less than the first share of a window is an ordinary thread until
// so many windows in a row had the second one. The kernel gives ordinary threads 5 % of a core that
// real-time threads never leave, but in one piece of 50 ms a second: with twice that, in the
// worker's own short sleeps, it never has to.
inline constexpr auto kRestWindow = std::chrono::milliseconds(50);
inline constexpr std::int64_t kLeastRestPercent = 10;
inline constexpr std::int64_t kCalmRestPercent = 15;
inline constexpr unsigned kCalmWindows = 20;
// A wait that was shorter found its packet there: it is no rest.
inline constexpr auto kShortestRest = std::chrono::microseconds(5);

}  // namespace weir::dataplane
