// SPDX-License-Identifier: Apache-2.0
// Collects the trusted addresses of a configuration.
#include "signaling/edge/trusted_sources.hpp"

#include <algorithm>

#include "config/model/voice_ports.hpp"

namespace weir::signaling {

TrustedSources::TrustedSources(const config::Config& config,
                               const std::set<config::DialPeerTag>& busy)
    : authenticate_(config.voice.trusted.authenticate), list_(config.voice.trusted.prefixes) {
    for (const auto& [tag, peer] : config.dial_peers) {
        if (!peer.session_protocol_sip || !peer.oper_up() || busy.contains(tag)) continue;
        if (peer.server_group) {
            const auto group = config.server_groups.find(*peer.server_group);
            if (group == config.server_groups.end() || group->second.shutdown) continue;
            for (const auto& server : group->second.servers)
                targets_.insert(server.address);
        } else if (peer.target.kind == config::SessionTarget::Kind::address) {
            targets_.insert(peer.target.address);
        }
    }
    for (const auto& [name, port] : config::voice_ports(config))
        if (!port.shutdown) targets_.insert(port.gateway.address);
}

bool TrustedSources::is_trusted(const IpAddress& source) const {
    return !authenticate_ || is_listed(source);
}

bool TrustedSources::is_listed(const IpAddress& source) const {
    if (targets_.contains(source)) return true;
    return std::any_of(list_.begin(), list_.end(),
                       [&](const Prefix& prefix) { return prefix.contains(source); });
}

}  // namespace weir::signaling
