// SPDX-License-Identifier: Apache-2.0
// The two tables of causes for operators.
#include "deploy/apps/cause_commands.hpp"

#include <functional>
#include <utility>

#include <boost/json.hpp>

#include "signaling/call/causes.hpp"

namespace weir::apps {
namespace {

PlanPrinter printer(std::string (*print)(const config::Config&)) {
    return [print](const dialplan::DialPlan& plan, const std::vector<std::string>&) {
        return config::Answer{true, print(*plan.config())};
    };
}

boost::json::array rows(int first, int last, const char* key,
                        const std::function<boost::json::object(int)>& row) {
    boost::json::array all;
    for (int code = first; code <= last; ++code) {
        boost::json::object object{{key, code}};
        for (const auto& [name, value] : row(code))
            object[name] = value;
        all.push_back(std::move(object));
    }
    return all;
}

// The SIP status for each cause, and the cause for each status, as they hold.
std::string pstn_sip_json(const config::Config& config) {
    const auto status = [&](int cause) {
        return boost::json::object{{"sip_status", signaling::status_of_cause(config, cause)}};
    };
    return boost::json::serialize(rows(1, 127, "cause", status)) + "\n";
}
std::string sip_pstn_json(const config::Config& config) {
    const auto cause = [&](int status) {
        return boost::json::object{{"cause", signaling::cause_of_status(config, status)}};
    };
    return boost::json::serialize(rows(400, 699, "sip_status", cause)) + "\n";
}

}  // namespace

void add_cause_commands(config::CommandTable& table, const PlanSources& plans) {
    add_plan_command(table, plans,
                     {"show sip-ua map pstn-sip", "SIP status for each Q.850 cause",
                      printer(signaling::show_pstn_sip_map), printer(pstn_sip_json)});
    add_plan_command(table, plans,
                     {"show sip-ua map sip-pstn", "Q.850 cause for each SIP status",
                      printer(signaling::show_sip_pstn_map), printer(sip_pstn_json)});
}

}  // namespace weir::apps
