// SPDX-License-Identifier: Apache-2.0
// Where a registrar is reached and what it is called, for those who register there. Thread: sip.
#pragma once

#include <optional>
#include <string>

#include "config/model/registration.hpp"
#include "signaling/call/routing.hpp"

namespace weir::signaling {

// Host of its URIs: "192.0.2.5", "registrar.example:5070".
[[nodiscard]] std::string registrar_host(const config::Registrar& registrar);

// None: its name has no address (now), or no listener of ours fits.
[[nodiscard]] std::optional<SipPath> registrar_path(const config::Config& config,
                                                    const config::Registrar& registrar,
                                                    const NetworkKnowledge& network,
                                                    const SipStack& stack);

}  // namespace weir::signaling
