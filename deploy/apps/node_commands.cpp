// SPDX-License-Identifier: Apache-2.0
// True sentences where the router has tables of things that are not there yet.
#include "deploy/apps/node_commands.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <sys/utsname.h>

namespace weir::apps {
namespace {

using Arguments = std::vector<std::string>;

std::string platform_of_host() {
    utsname host{};
    if (uname(&host) != 0) return "not known";
    return fmt::format("{} {}", host.sysname, host.machine);
}

std::string capacity_of(const config::Config& config) {
    const auto& capacity = config.voice.license_capacity;
    return capacity ? fmt::format("{} (as written; there is no licence, and it limits nothing)",
                                  *capacity)
                    : "unlimited (there is no licence)";
}

// The text, and the same in JSON's form.
PlanPrinter of_config(std::string (*print)(const config::Config&)) {
    return [print](const dialplan::DialPlan& plan, const Arguments&) {
        return config::Answer{true, print(*plan.config())};
    };
}

std::string cube_status(const config::Config& config) {
    return cube_status_text(config, platform_of_host());
}

std::string cube_status_json(const config::Config& config) {
    boost::json::object status{{"enabled", config.voice.border_element},
                               {"version", WEIR_VERSION},
                               {"platform", platform_of_host()},
                               {"ha", "none"}};
    status["configured_capacity"] = config.voice.license_capacity
                                        ? boost::json::value(*config.voice.license_capacity)
                                        : boost::json::value(nullptr);
    return boost::json::serialize(status) + "\n";
}

std::string no_groups_json(const config::Config& /*config*/) {
    return "{\"groups\":[]}\n";
}

std::string no_suites_json(const config::Config& /*config*/) {
    return "{\"suites\":{}}\n";
}

}  // namespace

std::string cube_status_text(const config::Config& config, const std::string& platform) {
    if (!config.voice.border_element)
        return "Cisco Unified Border Element (CUBE) application is not enabled\n"
               "% Weir takes no calls without 'mode border-element' in 'voice service voip'\n";
    return fmt::format(
        "CUBE-Version : none, this is Weir {0}\n"
        "SW-Version : Weir {0}, Platform {1}\n"
        "HA-Type : none\n"
        "Licensed-Capacity : {2}\n",
        WEIR_VERSION, platform, capacity_of(config));
}

std::string redundancy_text(const config::Config& config) {
    std::string text = "No redundancy group: this node runs alone, calls are not mirrored\n";
    const bool written =
        std::any_of(config.kept_blocks.begin(), config.kept_blocks.end(),
                    [](const auto& block) { return block.first.starts_with("redundancy"); });
    if (written)
        text += "The lines of 'redundancy' in the configuration are kept, without effect\n";
    return text;
}

std::string srtp_text(const config::Config& /*config*/) {
    return "SIP UA SRTP\n"
           "Crypto-suite Negotiation: none, SRTP is not there yet. Every call is RTP; 'srtp' is "
           "kept without effect\n";
}

void add_node_commands(config::CommandTable& table, const PlanSources& plans) {
    const auto add = [&](const char* words, const char* help,
                         std::string (*text)(const config::Config&),
                         std::string (*json)(const config::Config&)) {
        add_plan_command(table, plans, {words, help, of_config(text), of_config(json)});
    };
    add("show cube status", "Whether calls are taken, version, licence", cube_status,
        cube_status_json);
    for (const char* words :
         {"show redundancy application group", "show redundancy application group <group>"})
        add(words, "Redundancy groups", redundancy_text, no_groups_json);
    add("show sip-ua srtp", "Crypto suites of calls", srtp_text, no_suites_json);
    for (const auto& [words, help] :
         {std::pair{"show cube", "The border element"}, std::pair{"show redundancy", "Redundancy"},
          std::pair{"show redundancy application", "Redundancy of calls"}})
        table.describe(words, help);
}

}  // namespace weir::apps
