// SPDX-License-Identifier: Apache-2.0
// The two tables of causes for operators.
#include "deploy/apps/cause_commands.hpp"

#include "signaling/call/causes.hpp"

namespace weir::apps {
namespace {

PlanPrinter printer(std::string (*print)(const config::Config&)) {
    return [print](const dialplan::DialPlan& plan, const std::vector<std::string>&) {
        return config::Answer{true, print(*plan.config())};
    };
}

}  // namespace

void add_cause_commands(config::CommandTable& table, const PlanSources& plans) {
    add_plan_command(table, plans,
                     {"show sip-ua map pstn-sip", "SIP status for each Q.850 cause",
                      printer(signaling::show_pstn_sip_map)});
    add_plan_command(table, plans,
                     {"show sip-ua map sip-pstn", "Q.850 cause for each SIP status",
                      printer(signaling::show_sip_pstn_map)});
}

}  // namespace weir::apps
