// SPDX-License-Identifier: Apache-2.0
// PrackAlarm: at most one line for each peer and interval.
#include "signaling/call/prack_alarm.hpp"

#include <algorithm>
#include <utility>

#include "signaling/call/reliable_limits.hpp"

namespace weir::signaling {

std::optional<std::uint64_t> PrackAlarm::note(config::DialPeerTag peer, MonoTime now) {
    const auto found = peers_.find(peer);
    if (found != peers_.end()) {
        ++found->second.calls;
        if (now - found->second.last < kPrackAlarmInterval) return std::nullopt;
        found->second.last = now;
        return std::exchange(found->second.calls, 0);
    }
    if (peers_.size() >= kMaxPrackAlarms)
        peers_.erase(
            std::min_element(peers_.begin(), peers_.end(), [](const auto& one, const auto& other) {
                return one.second.last < other.second.last;
            }));
    peers_[peer] = {now, 0};
    return 1;
}

std::string prack_alarm_text(config::DialPeerTag peer) {
    return "peer " + std::to_string(peer.value()) + " does not PRACK; consider rel1xx disable";
}

}  // namespace weir::signaling
