// SPDX-License-Identifier: Apache-2.0
// Collects the trusted addresses of a configuration.
#include "signaling/edge/trusted_sources.hpp"

#include <algorithm>

namespace weir::signaling {

TrustedSources::TrustedSources(const config::Config& config)
    : authenticate_(config.voice.trusted.authenticate), list_(config.voice.trusted.prefixes) {
    for (const auto& [tag, peer] : config.dial_peers) {
        const bool has_address = peer.target.kind == config::SessionTarget::Kind::address;
        if (has_address && peer.session_protocol_sip && peer.oper_up()) {
            targets_.insert(peer.target.address);
        }
    }
}

bool TrustedSources::is_trusted(const IpAddress& source) const {
    if (!authenticate_ || targets_.contains(source)) return true;
    return std::any_of(list_.begin(), list_.end(),
                       [&](const Prefix& prefix) { return prefix.contains(source); });
}

}  // namespace weir::signaling
