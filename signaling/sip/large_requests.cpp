// SPDX-License-Identifier: Apache-2.0
// LargeRequests; see large_requests.hpp.
#include "signaling/sip/large_requests.hpp"

#include <algorithm>

namespace weir::signaling {

bool LargeRequests::goes_by_tcp(std::size_t bytes, const Endpoint& peer, MonoTime now) const {
    if (bytes <= kMostUdpRequest) return false;
    const auto known = peers_.find(peer);
    return known == peers_.end() || known->second.takes_tcp || now >= known->second.until;
}

bool LargeRequests::ack_goes_by_tcp(std::size_t bytes, const Endpoint& peer, MonoTime now) const {
    if (bytes <= kMostUdpRequest) return false;
    const auto known = peers_.find(peer);
    return known != peers_.end() && known->second.takes_tcp && now < known->second.until;
}

void LargeRequests::note(const Endpoint& peer, MonoTime now, bool takes_tcp) {
    if (peers_.size() >= kTcpPeers && !peers_.contains(peer))
        peers_.erase(std::min_element(
            peers_.begin(), peers_.end(),
            [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
    peers_[peer] = {now + kTcpRefusedFor, takes_tcp};
}

}  // namespace weir::signaling
