// SPDX-License-Identifier: Apache-2.0
// Where SIP over TLS listens; where UDP and TCP do says node.hpp.
#pragma once

#include <vector>

#include "config/model/config.hpp"
#include "config/platform/platform.hpp"
#include "signaling/tls/tls_settings.hpp"

namespace weir::apps {

// The node's addresses at `listen-port secure`, else at the port above that of UDP and TCP (5061),
// when crypto signaling or `transport tcp tls` is written; and the tenants' own secure ports.
[[nodiscard]] std::vector<signaling::TlsListener> tls_listeners(const config::Config& config,
                                                                const config::Platform& platform);

}  // namespace weir::apps
