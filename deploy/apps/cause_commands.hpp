// SPDX-License-Identifier: Apache-2.0
// `show sip-ua map {pstn-sip | sip-pstn}`: how causes and statuses become each other (spec E.8).
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

void add_cause_commands(config::CommandTable& table, const PlanSources& plans);

}  // namespace weir::apps
