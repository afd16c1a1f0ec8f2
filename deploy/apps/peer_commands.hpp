// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice N`, as text and as JSON.
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/class_commands.hpp"

namespace weir::apps {

void add_peer_commands(config::CommandTable& table, const WithPlan& with_plan);

}  // namespace weir::apps
