// SPDX-License-Identifier: Apache-2.0
// UsageMap: when each dial-peer was last tried, for the least-recently-used orders of `dial-peer
// hunt`.
#pragma once

#include <cstdint>
#include <map>

#include "config/model/config.hpp"

namespace weir::dialplan {

// Thread: sip. Bounded by the number of dial-peers: prune after a new configuration.
class UsageMap {
public:
    void mark_used(config::DialPeerTag peer) { last_use_[peer] = ++uses_; }

    // A count that grows with each use of any peer; 0 = never used, the least recent of all.
    [[nodiscard]] std::uint64_t last_use(config::DialPeerTag peer) const {
        const auto found = last_use_.find(peer);
        return found == last_use_.end() ? 0 : found->second;
    }

    // Forgets the peers that the configuration no longer has.
    void prune(const config::Config& config) {
        std::erase_if(last_use_,
                      [&](const auto& entry) { return !config.dial_peers.contains(entry.first); });
    }

private:
    std::map<config::DialPeerTag, std::uint64_t> last_use_;
    std::uint64_t uses_ = 0;
};

}  // namespace weir::dialplan
