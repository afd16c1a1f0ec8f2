// SPDX-License-Identifier: Apache-2.0
// CallTable: emergency calls: which they are, and what an operator sees of them.
#include <algorithm>

#include "signaling/call/call_table.hpp"

namespace weir::signaling {

// Looked up only while a limit would refuse the call, and only where some peer is marked.
bool CallTable::is_emergency(const SipMessage& invite) {
    if (edge_.emergency.empty()) return false;
    const auto decision =
        dialplan::route(*plan_, route_query(invite), parts_.random, usage_, edge_.busyout);
    return edge_.emergency.contains(decision.inbound.peer) ||
           (!decision.candidates.empty() &&
            edge_.emergency.contains(decision.candidates.front().match.peer));
}

bool CallTable::is_exempt(const CallSetup& setup, config::DialPeerTag outbound) const {
    return edge_.emergency.contains(setup.caller.dial_peer) || edge_.emergency.contains(outbound);
}

EmergencyPicture CallTable::emergency() const {
    EmergencyPicture picture;
    picture.peers = edge_.emergency;
    picture.past_limits = edge_.emergencies;
    if (picture.peers.empty()) return picture;
    for (const auto& [id, entry] : calls_) {
        const Call& call = *entry->call;
        const auto outbound = call.outbound_peer().value_or(config::DialPeerTag{});
        if (call.state() < CallState::ended && is_exempt(call.setup(), outbound))
            picture.calls.push_back(call.view());
    }
    std::sort(picture.calls.begin(), picture.calls.end(),
              [](const auto& left, const auto& right) { return left.id < right.id; });
    return picture;
}

}  // namespace weir::signaling
