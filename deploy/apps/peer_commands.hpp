// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice N` and `summary`, as text and as JSON.
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

void add_peer_commands(config::CommandTable& table, const PlanSources& plans);

}  // namespace weir::apps
