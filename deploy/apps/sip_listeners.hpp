// SPDX-License-Identifier: Apache-2.0
// Where SIP over TLS listens; where UDP and TCP do says node.hpp.
#pragma once

#include <set>
#include <vector>

#include "config/model/config.hpp"
#include "config/platform/platform.hpp"
#include "signaling/tls/tls_settings.hpp"

namespace weir::apps {

// The node's addresses at `listen-port secure`, else at the port above that of UDP and TCP (5061),
// when crypto signaling or `transport tcp tls` is written; and the tenants' own secure ports.
[[nodiscard]] std::vector<signaling::TlsListener> tls_listeners(const config::Config& config,
                                                                const config::Platform& platform);

// Of those the ones where endpoints behind us may register from wherever they are: registration
// passthrough is on for some dial-peer of the tenant whose port it is, or of the node.
[[nodiscard]] std::set<Endpoint> registering_listeners(
    const config::Config& config, const std::vector<signaling::TlsListener>& listeners);

}  // namespace weir::apps
