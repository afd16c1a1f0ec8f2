// SPDX-License-Identifier: Apache-2.0
// Takes the word `candidate` away and hands over the plan that it means.
#include "deploy/apps/plan_commands.hpp"

#include <string_view>
#include <utility>

#include "config/base/text.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using config::CommandHandler;
using Arguments = std::vector<std::string>;

constexpr std::string_view kCandidate = "candidate";
constexpr std::string_view kRestOfLine = "<line>";

Answer ask(const PlanSources& plans, const PlanPrinter& print, const Arguments& arguments,
           bool candidate) {
    if (!candidate) return print(*plans.running(), arguments);
    const auto plan = plans.candidate();
    return plan ? print(**plan, arguments) : Answer{false, plan.error().context};
}

CommandHandler handler(const PlanSources& plans, PlanPrinter print, bool candidate) {
    return [plans, print = std::move(print), candidate](const Arguments& arguments,
                                                        const config::Respond& respond) {
        respond(ask(plans, print, arguments, candidate));
    };
}

// The word at the end of a rest of the line.
CommandHandler line_handler(const PlanSources& plans, PlanPrinter print) {
    return [plans, print = std::move(print)](const Arguments& arguments,
                                             const config::Respond& respond) {
        Arguments asked = arguments;
        const auto words = text::words(asked.back());
        const bool candidate = words.size() > 1 && text::iequals(words.back(), kCandidate);
        if (candidate)
            asked.back().resize(
                static_cast<std::size_t>(words.back().data() - asked.back().data()));
        respond(ask(plans, print, asked, candidate));
    };
}

}  // namespace

void add_plan_command(config::CommandTable& table, const PlanSources& plans,
                      const PlanCommand& command) {
    const auto add = [&](const std::string& words, const auto& make) {
        config::OperatorCommand made;
        made.words = words;
        made.help = command.help;
        made.handler = make(command.text);
        if (command.json) made.json = make(command.json);
        table.add(std::move(made));
    };
    if (command.words.ends_with(kRestOfLine))
        return add(command.words,
                   [&](const PlanPrinter& print) { return line_handler(plans, print); });
    add(command.words, [&](const PlanPrinter& print) { return handler(plans, print, false); });
    if (command.words.find('<') != std::string::npos || command.words.ends_with(" summary"))
        add(command.words + " candidate",
            [&](const PlanPrinter& print) { return handler(plans, print, true); });
}

}  // namespace weir::apps
