// SPDX-License-Identifier: Apache-2.0
// The `show voice class ...`, `show voice translation-*`, `show num-exp` and `test voice
// translation-rule` commands over the dial plan in use.
#pragma once

#include <functional>
#include <memory>

#include "config/admin/command_table.hpp"
#include "dialplan/dial_plan.hpp"

namespace weir::apps {

// Hands over the plan in use, on the thread that owns it.
using WithPlan =
    std::function<void(std::function<void(const std::shared_ptr<const dialplan::DialPlan>&)> work,
                       const config::Respond& busy)>;

void add_class_commands(config::CommandTable& table, const WithPlan& with_plan);

}  // namespace weir::apps
