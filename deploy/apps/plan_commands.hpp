// SPDX-License-Identifier: Apache-2.0
// Commands that ask a dial plan: the one in use or, with the word `candidate` behind them, what
// somebody collects in `configure exclusive candidate`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/admin/command_table.hpp"
#include "dialplan/dial_plan.hpp"

namespace weir::apps {

using PlanPtr = std::shared_ptr<const dialplan::DialPlan>;

// Thread: admin.
struct PlanSources {
    std::function<PlanPtr()> running;
    // Compiles it. Errors: there is none, or it cannot be compiled; the text is for the operator.
    std::function<Result<PlanPtr>()> candidate;
};

using PlanPrinter =
    std::function<config::Answer(const dialplan::DialPlan&, const std::vector<std::string>&)>;

struct PlanCommand {
    std::string words;  // as of OperatorCommand
    std::string help;
    PlanPrinter text;
    PlanPrinter json = nullptr;
};

// Adds the command, and its form with `candidate` behind the last word. A command without
// arguments has none, lest the word be taken for the name of an object.
void add_plan_command(config::CommandTable& table, const PlanSources& plans,
                      const PlanCommand& command);

}  // namespace weir::apps
