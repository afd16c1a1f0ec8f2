// SPDX-License-Identifier: Apache-2.0
// Bounds of the engine that nobody else needs; the others are in config/base/limits.hpp.
#pragma once

#include <chrono>

namespace weir::dataplane {

// Headers between IPv6 and UDP that are walked to find a media port: RFC 8200 4.1 knows six kinds.
// A longer chain is the host's.
inline constexpr unsigned kMaxExtensionHeaders = 8;
// The longest turn is that of the last one to two of these: more than a scraper's interval.
inline constexpr auto kLongestTurnWindow = std::chrono::seconds(60);
// How often a worker asks for the wall clock, for the NTP times of RTCP.
inline constexpr auto kWallClockRefresh = std::chrono::milliseconds(10);

}  // namespace weir::dataplane
