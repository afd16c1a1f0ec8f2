// SPDX-License-Identifier: Apache-2.0
// Emergency peers and calls.
#include "signaling/call/show_emergency.hpp"

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::signaling {

std::string show_emergency(const EmergencyPicture& picture, MonoTime now) {
    std::string peers;
    for (const auto tag : picture.peers)
        peers += (peers.empty() ? "" : ", ") + std::to_string(tag.value());
    std::string text = fmt::format(
        "Emergency dial-peers (e911): {}\nEmergency calls in progress: {}\n"
        "Emergency calls let in past a limit: {}\n",
        peers.empty() ? "none" : peers, picture.calls.size(), picture.past_limits);
    if (picture.calls.empty()) return text;
    text += fmt::format("\n{:<8} {:<20} {:<20} {:<8} {:<8} {}\n", "Call", "Calling", "Called", "In",
                        "Out", "Seconds");
    for (const CallView& call : picture.calls)
        text += fmt::format(
            "{:<8} {:<20} {:<20} {:<8} {:<8} {}\n", call.id.value(),
            text::printable(call.calling, 20), text::printable(call.called, 20),
            call.parties[0].dial_peer.value(), call.parties[1].dial_peer.value(),
            std::chrono::duration_cast<std::chrono::seconds>(now - call.invited_at).count());
    return text;
}

}  // namespace weir::signaling
