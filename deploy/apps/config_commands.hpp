// SPDX-License-Identifier: Apache-2.0
// `show` commands over the configuration: its text and parts of it, and the trusted list.
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

void add_config_commands(config::CommandTable& table, const PlanSources& plans);

}  // namespace weir::apps
