// SPDX-License-Identifier: Apache-2.0
// What the SIP side does now: `show sip-ua statistics|connections|status|service`, and their
// `clear` (spec H.6, H.12).
#pragma once

#include "deploy/apps/operator_commands.hpp"

namespace weir::apps {

void add_sip_state_commands(config::CommandTable& table, const OperatorSources& sources);

}  // namespace weir::apps
