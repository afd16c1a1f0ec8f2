// SPDX-License-Identifier: Apache-2.0
// The layouts of spec H.6.
#include "deploy/apps/sip_ua_commands.hpp"

#include <fmt/format.h>

#include "config/model/resolve.hpp"

namespace weir::apps {

std::string sip_ua_timers(const config::SipUa& ua) {
    return fmt::format(
        "SIP UA Timer Values (millisecs unless noted)\n"
        "trying {}, expires {}, connect {}, disconnect {}\n"
        "prack {}, rel1xx {}, notify {}, update {}\n"
        "refer {}, register {}, info {}, options {}, hold {} minutes\n"
        ", register-dns-cache {} seconds\n"
        "tcp/udp aging {} minutes\n"
        "tls aging {} minutes\n"
        "tls establish {} seconds\n",
        ua.timer_trying.count(), ua.timer_expires.count(), ua.timer_connect.count(),
        ua.timer_disconnect.count(), ua.timer_prack.count(), ua.timer_rel1xx.count(),
        ua.timer_notify.count(), ua.timer_update.count(), ua.timer_refer.count(),
        ua.timer_register.count(), ua.timer_info.count(), ua.timer_options.count(),
        ua.timer_hold.count(), ua.register_dns_cache.count(), ua.connection_aging_tcp.count(),
        ua.connection_aging_tls.count(), ua.tls_establish.count());
}

std::string sip_ua_retry(const config::SipUa& ua) {
    return fmt::format(
        "SIP UA Retry Values\n"
        "invite retry count = {}   response retry count = {}\n"
        "bye retry count = {}   cancel retry count = {}\n"
        "prack retry count = {}   update retry count = {}\n"
        "reliable 1xx count = {}   notify retry count = {}\n"
        "refer retry count = {}   register retry count = {}\n"
        "info retry count = {}   subscribe retry count = {}\n"
        "options retry count = {}   keepalive retry count = {}\n",
        ua.retry_invite, ua.retry_response, ua.retry_bye, ua.retry_cancel, ua.retry_prack,
        ua.retry_update, ua.retry_rel1xx, ua.retry_notify, ua.retry_refer, ua.retry_register,
        ua.retry_info, ua.retry_subscribe, ua.retry_options, ua.retry_keepalive);
}

void add_sip_ua_commands(config::CommandTable& table, const PlanSources& plans) {
    using config::Answer;
    using Arguments = std::vector<std::string>;
    add_plan_command(table, plans,
                     {"show sip-ua timers", "Timers of SIP requests, as sip-ua sets them",
                      [](const dialplan::DialPlan& plan, const Arguments&) {
                          return Answer{true, sip_ua_timers(plan.config()->sip_ua)};
                      }});
    add_plan_command(table, plans,
                     {"show sip-ua retry", "How often each request is sent, as sip-ua says",
                      [](const dialplan::DialPlan& plan, const Arguments&) {
                          return Answer{true, sip_ua_retry(plan.config()->sip_ua)};
                      }});
    add_plan_command(table, plans,
                     {"show sip-ua min-se", "Shortest session timer that is accepted",
                      [](const dialplan::DialPlan& plan, const Arguments&) {
                          const auto timer =
                              config::resolve(*plan.config(), config::default_dial_peer(),
                                              &config::SipOptions::timer)
                                  .value;
                          return Answer{true, fmt::format("Min-SE: {}\n", timer.min_se)};
                      }});
}

}  // namespace weir::apps
