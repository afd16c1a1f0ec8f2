// SPDX-License-Identifier: Apache-2.0
// The `show dialplan ...` and `explain ...` commands over the dial plan in use (spec H.4).
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/class_commands.hpp"

namespace weir::apps {

void add_dialplan_commands(config::CommandTable& table, const WithPlan& with_plan);

}  // namespace weir::apps
