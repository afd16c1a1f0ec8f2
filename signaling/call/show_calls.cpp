// SPDX-License-Identifier: Apache-2.0
// The compact table of call legs.
#include "signaling/call/show_calls.hpp"

#include <fmt/format.h>

namespace weir::signaling {

std::string show_call_active_voice_compact(const std::vector<ActiveLeg>& legs) {
    std::string text =
        "<callID>  A/O FAX T<sec> Codec       type        Peer Address       IP R<ip>:<udp>\n";
    text += fmt::format("Total call-legs: {}\n", legs.size());
    for (const ActiveLeg& leg : legs)
        text +=
            fmt::format("{:>10} {}     T{:<6}{:<12}{:<12}P{:<18}{}\n", leg.id,
                        leg.answered_by_us ? "ANS" : "ORG", leg.age.count(),
                        leg.codec.empty() ? "none" : leg.codec, leg.video ? "VOIP-VIDEO" : "VOIP",
                        leg.peer, leg.remote.is_set() ? leg.remote.to_string() : "-");
    return text;
}

}  // namespace weir::signaling
