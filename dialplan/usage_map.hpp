// SPDX-License-Identifier: Apache-2.0
// UsageMap: what was tried last: dial-peers for the least-recently-used orders of `dial-peer hunt`,
// servers for the round robin of server groups.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "config/model/config.hpp"

namespace weir::dialplan {

// Thread: sip. Bounded by the dial-peers and server groups: prune after a new configuration.
class UsageMap {
public:
    void mark_used(config::DialPeerTag peer) { last_use_[peer] = ++uses_; }

    // A count that grows with each use of any peer; 0 = never used, the least recent of all.
    [[nodiscard]] std::uint64_t last_use(config::DialPeerTag peer) const {
        const auto found = last_use_.find(peer);
        return found == last_use_.end() ? 0 : found->second;
    }

    // A server of a group was tried: its place in the order of writing (spec A.9).
    void mark_server(std::uint32_t group, std::uint8_t server) { last_server_[group] = server; }
    [[nodiscard]] std::optional<std::uint8_t> last_server(std::uint32_t group) const {
        const auto found = last_server_.find(group);
        return found == last_server_.end() ? std::nullopt : std::optional(found->second);
    }

    // Forgets the peers and groups that the configuration no longer has.
    void prune(const config::Config& config) {
        std::erase_if(last_use_,
                      [&](const auto& entry) { return !config.dial_peers.contains(entry.first); });
        std::erase_if(last_server_, [&](const auto& entry) {
            return !config.server_groups.contains(entry.first);
        });
    }

private:
    std::map<config::DialPeerTag, std::uint64_t> last_use_;
    std::map<std::uint32_t, std::uint8_t> last_server_;
    std::uint64_t uses_ = 0;
};

}  // namespace weir::dialplan
