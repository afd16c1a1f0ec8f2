// SPDX-License-Identifier: Apache-2.0
// Each command: its words, and the printer of dialplan/show_classes that answers it.
#include "deploy/apps/class_commands.hpp"

#include <string>
#include <utility>
#include <vector>

#include "config/base/text.hpp"
#include "dialplan/show_classes.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using dialplan::DialPlan;
using Arguments = std::vector<std::string>;
using Printer = std::function<Result<std::string>(const DialPlan&, const Arguments&)>;

Answer answer_of(const Result<std::string>& text) {
    return text ? Answer{true, *text} : Answer{false, "% " + text.error().context + "\n"};
}

// A tag that an operator typed; what is no number names nothing.
dialplan::Tag tag_of(const Arguments& arguments) {
    if (arguments.empty()) return std::nullopt;
    const auto number = text::number(arguments.front());
    return static_cast<std::uint32_t>(number && *number <= UINT32_MAX ? *number : UINT32_MAX);
}

class Adder {
public:
    Adder(config::CommandTable& table, const PlanSources& plans) : table_(table), plans_(plans) {}

    void add(const std::string& words, const std::string& help, Printer print) {
        add_plan_command(
            table_, plans_,
            {words, help,
             [print = std::move(print)](const DialPlan& plan, const Arguments& arguments) {
                 return answer_of(print(plan, arguments));
             }});
    }

private:
    config::CommandTable& table_;
    const PlanSources& plans_;
};

void add_translations(Adder& adder) {
    using dialplan::Sort;
    const auto rules = [](Sort sort) {
        return [sort](const DialPlan& plan, const Arguments& arguments) {
            return dialplan::show_translation_rules(*plan.config(), tag_of(arguments), sort);
        };
    };
    adder.add("show voice translation-rule", "All translation rule sets", rules(Sort::ascending));
    adder.add("show voice translation-rule <tag>", "One rule set", rules(Sort::ascending));
    const auto profiles = [](Sort sort) {
        return [sort](const DialPlan& plan, const Arguments& arguments) {
            return dialplan::show_translation_profiles(
                *plan.config(), arguments.empty() ? "" : arguments.front(), sort);
        };
    };
    adder.add("show voice translation-profile", "All translation profiles",
              profiles(Sort::ascending));
    adder.add("show voice translation-profile <name>", "One profile", profiles(Sort::ascending));
    for (const auto& [word, sort] :
         {std::pair{" ascending", Sort::ascending}, std::pair{" descending", Sort::descending}}) {
        adder.add(std::string("show voice translation-rule sort") + word, "In this order",
                  rules(sort));
        adder.add(std::string("show voice translation-profile sort") + word, "In this order",
                  profiles(sort));
    }
    adder.add("show num-exp", "Number expansions",
              [](const DialPlan& plan, const Arguments&) -> Result<std::string> {
                  return dialplan::show_num_exp(*plan.config(), "");
              });
    adder.add("show num-exp <pattern>", "One of them",
              [](const DialPlan& plan, const Arguments& arguments) -> Result<std::string> {
                  return dialplan::show_num_exp(*plan.config(), arguments.front());
              });
}

// `type` and `plan` are the places of their words among the arguments; 0 = not asked.
Printer test_rule(std::size_t type, std::size_t plan) {
    return
        [type, plan](const DialPlan& dial_plan, const Arguments& arguments) -> Result<std::string> {
            dialplan::NumberProbe probe;
            probe.digits = arguments.at(1);
            if (type != 0) {
                probe.type = dialplan::number_type_of(arguments.at(type));
                if (!probe.type)
                    return fail(ErrorCode::invalid, "there is no type " + arguments.at(type));
            }
            if (plan != 0) {
                probe.plan = dialplan::number_plan_of(arguments.at(plan));
                if (!probe.plan)
                    return fail(ErrorCode::invalid, "there is no plan " + arguments.at(plan));
            }
            return dialplan::test_translation_rule(*dial_plan.config(), *tag_of(arguments), probe);
        };
}

void add_tests(Adder& adder) {
    const std::string words = "test voice translation-rule <tag> <number>";
    const std::string help = "What a rule set makes of a number; \"\" is the empty number";
    adder.add(words, help, test_rule(0, 0));
    adder.add(words + " type <type>", help, test_rule(2, 0));
    adder.add(words + " plan <plan>", help, test_rule(0, 2));
    adder.add(words + " type <type> plan <plan>", help, test_rule(2, 3));
}

}  // namespace

void add_class_commands(config::CommandTable& table, const PlanSources& plans) {
    Adder adder(table, plans);
    const auto pair = [&](const std::string& words, const std::string& help, const Printer& print) {
        adder.add(words, help, print);
        adder.add(words + " <tag>", "One of them", print);
    };
    pair("show voice class dpg", "Dial-peer groups", [](const auto& plan, const auto& arguments) {
        return dialplan::show_dial_peer_groups(*plan.config(), tag_of(arguments));
    });
    pair("show voice class server-group", "Server groups",
         [](const auto& plan, const auto& arguments) {
             return dialplan::show_server_groups(*plan.config(), tag_of(arguments), nullptr);
         });
    pair("show voice class dial-peer provision-policy", "Provision policies",
         [](const auto& plan, const auto& arguments) {
             return dialplan::show_provision_policies(*plan.config(), tag_of(arguments));
         });
    pair("show voice class e164-pattern-map", "Pattern maps",
         [](const auto& plan, const auto& arguments) -> Result<std::string> {
             if (!arguments.empty() && arguments.front() == "summary")
                 return dialplan::show_pattern_map_summary(plan);
             return dialplan::show_pattern_maps(plan, tag_of(arguments));
         });
    pair("show voice class uri", "URI classes",
         [](const auto& plan, const auto& arguments) -> Result<std::string> {
             if (!arguments.empty() && arguments.front() == "summary")
                 return dialplan::show_uri_class_summary(*plan.config());
             return dialplan::show_uri_classes(*plan.config(),
                                               arguments.empty() ? "" : arguments.front());
         });
    add_translations(adder);
    add_tests(adder);
}

}  // namespace weir::apps
