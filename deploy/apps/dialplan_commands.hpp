// SPDX-License-Identifier: Apache-2.0
// The `show dialplan ...` and `explain ...` commands over a dial plan (spec H.4).
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

void add_dialplan_commands(config::CommandTable& table, const PlanSources& plans);

}  // namespace weir::apps
