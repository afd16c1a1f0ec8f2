// SPDX-License-Identifier: Apache-2.0
// The text of `show call emergency`. Thread: any; pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "signaling/api/call_events.hpp"

namespace weir::signaling {

// The emergency calls of the node (`e911`): exempt from every limit on calls.
struct EmergencyPicture {
    std::set<config::DialPeerTag> peers;  // that are marked
    std::vector<CallView> calls;          // in progress, by id
    std::uint64_t past_limits = 0;        // let in although a limit was reached, since the start
};
[[nodiscard]] std::string show_emergency(const EmergencyPicture& picture, MonoTime now);

}  // namespace weir::signaling
