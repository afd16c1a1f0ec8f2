// SPDX-License-Identifier: Apache-2.0
// `show call active voice [brief]` and `show call history voice [brief | compact]` (spec H.5).
// Pure: printed wherever there is time for it.
#pragma once

#include <string>
#include <vector>

#include "signaling/show/call_leg.hpp"

namespace weir::signaling {

struct LegTable {
    std::vector<CallLeg> legs;
    MonoTime started;           // of the process: times are told in milliseconds since then
    std::size_t not_shown = 0;  // calls that the table has no room for (kShownCalls)
};

[[nodiscard]] std::string show_legs_brief(const LegTable& table);
[[nodiscard]] std::string show_legs_long(const LegTable& table);
// What is counted of the RTP of each leg (`stats`).
[[nodiscard]] std::string show_legs_stats(const LegTable& table);
// The compact form of calls that have ended; those that run have show_calls.hpp.
[[nodiscard]] std::string show_history_compact(const LegTable& table);
// A list of objects, one for each leg; ends in \n.
[[nodiscard]] std::string legs_json(const LegTable& table);

// "23:57:23.929 UTC Sun Feb 15 2015"
[[nodiscard]] std::string ios_time(WallTime time);
// "00:06:23"
[[nodiscard]] std::string ios_duration(std::chrono::nanoseconds duration);

}  // namespace weir::signaling
