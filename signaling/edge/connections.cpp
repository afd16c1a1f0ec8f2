// SPDX-License-Identifier: Apache-2.0
// Counts calls per dial-peer.
#include "signaling/edge/connections.hpp"

#include "config/base/result.hpp"

namespace weir::signaling {

bool ConnectionCounts::try_take(const config::DialPeer& peer) {
    const std::uint32_t now = count(peer.tag);
    if (peer.max_conn && now >= *peer.max_conn) {
        ++refused_;
        return false;
    }
    counts_[peer.tag] = now + 1;
    return true;
}

void ConnectionCounts::release(config::DialPeerTag peer) {
    const auto found = counts_.find(peer);
    // A second release would let one call too many in: an error of ours.
    WEIR_ASSERT(found != counts_.end());
    if (--found->second == 0) counts_.erase(found);
}

std::uint32_t ConnectionCounts::count(config::DialPeerTag peer) const {
    const auto found = counts_.find(peer);
    return found == counts_.end() ? 0 : found->second;
}

std::string max_conn_warning(std::string_view host, config::DialPeerTag peer) {
    return "399 " + std::string(host) + " \"Maximum Number of Connections reached for dial-peer " +
           std::to_string(peer.value()) + "\"";
}

}  // namespace weir::signaling
