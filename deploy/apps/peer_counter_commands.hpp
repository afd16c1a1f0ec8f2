// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice N` with its counters, `busy-trigger-counter`, and what clears them (spec
// H.3, H.12).
#pragma once

#include "deploy/apps/operator_commands.hpp"
#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

void add_peer_counter_commands(config::CommandTable& table, const PlanSources& plans,
                               const OperatorSources& sources);

}  // namespace weir::apps
