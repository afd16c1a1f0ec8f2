// SPDX-License-Identifier: Apache-2.0
// Server groups: the order of the servers, and what follows the failure of one (spec A.9).
#include <algorithm>

#include "dialplan/matching.hpp"

namespace weir::dialplan {

std::vector<ServerChoice> order_servers(const config::ServerGroup& group, const UsageMap& usage,
                                        const Busyout& busyout) {
    std::vector<ServerChoice> servers;
    for (std::size_t i = 0; i < group.servers.size(); ++i)
        servers.push_back({static_cast<std::uint8_t>(i), group.servers[i]});
    if (group.round_robin) {
        // It ignores the preferences and begins behind the server that was tried last.
        const auto last = usage.last_server(group.tag);
        if (last && !servers.empty())
            std::rotate(
                servers.begin(),
                servers.begin() + static_cast<std::ptrdiff_t>((*last + 1U) % servers.size()),
                servers.end());
    } else {
        std::stable_sort(servers.begin(), servers.end(), [](const auto& a, const auto& b) {
            return a.server.preference < b.server.preference;
        });
    }
    std::erase_if(servers, [&](const ServerChoice& choice) {
        return busyout.servers.contains({group.tag, choice.index});
    });
    return servers;
}

bool is_busy(const CompiledPeer& peer, const Busyout& busyout) {
    if (busyout.peers.contains(peer.source->tag)) return true;
    if (peer.servers == nullptr || busyout.servers.empty()) return false;
    for (std::size_t i = 0; i < peer.servers->servers.size(); ++i)
        if (!busyout.servers.contains({peer.servers->tag, static_cast<std::uint8_t>(i)}))
            return false;
    return true;
}

GroupStep group_step(int sip_status, const config::ServerGroup& group) {
    if (sip_status == 0) return GroupStep::next_server;
    if (sip_status == 480 || sip_status == 486 || sip_status == 600) return GroupStep::fail;
    const bool stopped = std::any_of(
        group.huntstops.begin(), group.huntstops.end(),
        [&](const auto& stop) { return sip_status >= stop.first && sip_status <= stop.last; });
    if (stopped) return GroupStep::next_peer;
    // 408 is a timeout that somebody else has waited for.
    const bool server_failed =
        sip_status == 404 || sip_status == 408 || (sip_status >= 500 && sip_status <= 599);
    return server_failed ? GroupStep::next_server : GroupStep::next_peer;
}

}  // namespace weir::dialplan
