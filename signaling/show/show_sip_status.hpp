// SPDX-License-Identifier: Apache-2.0
// `show sip-ua status` and `show sip service` (spec H.6): what the configuration makes of the SIP
// side. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/model/config.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

using Listeners = std::vector<std::pair<SipTransport, Endpoint>>;

[[nodiscard]] std::string show_sip_ua_status(const config::Config& config,
                                             const Listeners& listeners);
[[nodiscard]] std::string sip_ua_status_json(const config::Config& config,
                                             const Listeners& listeners);
[[nodiscard]] std::string show_sip_service(bool stopped);

}  // namespace weir::signaling
