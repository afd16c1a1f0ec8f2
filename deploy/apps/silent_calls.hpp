// SPDX-License-Identifier: Apache-2.0
// `clear call voice ... media-inactive`: the calls in which nobody sends.
#pragma once

#include <cstdint>
#include <functional>

#include "deploy/apps/media_reports.hpp"
#include "signaling/call/call_table.hpp"

namespace weir::apps {

// All outlive the search.
struct SilentCallParts {
    signaling::CallTable& calls;
    MediaReports& reports;
    signaling::EventLoop& loop;
};

// Ends, with `cause` of Q.850, the calls that are answered since kMediaInactive at least and in
// which no party has sent a packet for that time; calls whose counters weir-media does not tell
// stay. Looks at kCallsAtOnce calls at a time; `done` once, with how many were ended. Thread: sip.
void release_silent_calls(const SilentCallParts& parts, std::uint8_t cause,
                          std::function<void(std::size_t ended)> done);

}  // namespace weir::apps
