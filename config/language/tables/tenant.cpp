// SPDX-License-Identifier: Apache-2.0
// The table of voice class tenant N: the level between dial-peer and global (spec A.13).
#include <map>

#include "config/language/class_limits.hpp"
#include "config/language/fields.hpp"
#include "config/language/kept.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/sip_setting.hpp"
#include "config/model/sip_ua_words.hpp"

namespace weir::config::language {
namespace {

using Numbers = std::map<std::string, std::uint32_t>;

SipOptions& tenant_options(Config& config, const Scope& scope) {
    return config.tenants.at(scope.number).sip;
}
Tenant& tenant(Config& config, const Scope& scope) {
    return config.tenants.at(scope.number);
}

// `timers trying 500`, `retry invite 2`: a number that stands before the one of sip-ua.
Command<SipOptions> own_number(const std::string& fixed, const std::string& range,
                               const std::string& help, Numbers SipOptions::*field) {
    const std::string words = fixed.substr(fixed.find(' ') + 1);
    return {fixed + " <" + range + ">", help,
            [field, words](const Words& said, SipOptions& options) -> Result<void> {
                (options.*field)[words] = static_cast<std::uint32_t>(said.number());
                return {};
            },
            [field, words](const Words&, SipOptions& options) { (options.*field).erase(words); },
            [field, words, fixed](const SipOptions& options, Printer& out) {
                const auto found = (options.*field).find(words);
                if (found != (options.*field).end())
                    out.line(fixed + " " + std::to_string(found->second));
            }};
}

std::vector<Command<SipOptions>> own_timers() {
    std::vector<Command<SipOptions>> rows;
    for (const TimerWords& timer : kTimerWords)
        rows.push_back(own_number("timers " + std::string(timer.words),
                                  std::to_string(timer.min) + "-" + std::to_string(timer.max),
                                  std::string(timer.help), &SipOptions::timers));
    for (const RetryWords& retry : kRetryWords)
        rows.push_back(own_number("retry " + std::string(retry.words), "1-10",
                                  std::string(retry.help), &SipOptions::retries));
    return rows;
}

// Ours, not the router's (spec J.2): read in config/model/call_limits.hpp.
std::vector<Command<Tenant>> own_limits() {
    return {
        acting(kept_line<Tenant>("max-conn <1-2147483647>",
                                 "Calls at once by all dial-peers of the tenant")),
        acting(kept_line<Tenant>("max-bandwidth <8-2000000>",
                                 "kbit/s of all dial-peers of the tenant")),
        acting(kept_line<Tenant>("call spike <calls=1-2147483647> [steps <steps=3-10> size "
                                 "<size=100-250>]",
                                 "New calls of the tenant in a sliding window")),
    };
}

void append(std::vector<CommandRow>& to, std::vector<CommandRow> more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

Result<Scope> open_tenant(const Words& words, Config& config, const Place& place) {
    const auto tag = static_cast<std::uint32_t>(words.number());
    if (!config.tenants.contains(tag)) {
        Tenant& tenant = config.tenants[tag];
        tenant.tag = tag;
        tenant.place = place;
    }
    return Scope{ModeId::tenant, tag, "", "voice class tenant " + std::to_string(tag)};
}

}  // namespace

std::vector<Mode> tenant_modes() {
    std::vector<CommandRow> rows =
        make_rows(std::vector<Command<Tenant>>{text_field("description <line>", "Text for people",
                                                          &Tenant::description)},
                  tenant);
    append(rows, make_rows(own_limits(), tenant));
    append(rows, make_rows(own_timers(), tenant_options));
    append(rows, make_rows(sip_rows(SipPlace::tenant), tenant_options));
    return {
        {ModeId::tenant, ModeId::global, "voice class tenant N", "config-class", std::move(rows)}};
}

Command<Config> tenant_opener() {
    Command<Config> command{
        "voice class tenant <1-10000>", "SIP settings that several dial-peers share", nullptr,
        [](const Words& words, Config& config) {
            config.tenants.erase(static_cast<std::uint32_t>(words.number()));
        },
        [](const Config& config, Printer& out) {
            for (const auto& [tag, tenant] : config.tenants) {
                const std::string title = "voice class tenant " + std::to_string(tag);
                out.block(title, {ModeId::tenant, tag, "", title});
            }
        }};
    command.open = open_tenant;
    command.key_words = 4;
    return command;
}

}  // namespace weir::config::language
