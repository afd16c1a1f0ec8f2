// SPDX-License-Identifier: Apache-2.0
// The `show voice class ...`, `show voice translation-*`, `show num-exp` and `test voice
// translation-rule` commands over a dial plan.
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

void add_class_commands(config::CommandTable& table, const PlanSources& plans);

}  // namespace weir::apps
