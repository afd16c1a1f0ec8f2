// SPDX-License-Identifier: Apache-2.0
// The layouts of spec H.6.
#include "deploy/apps/sip_ua_commands.hpp"

#include <boost/json.hpp>
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

namespace {

std::string timers_json(const config::SipUa& ua) {
    return boost::json::serialize(
               boost::json::object{{"trying_ms", ua.timer_trying.count()},
                                   {"expires_ms", ua.timer_expires.count()},
                                   {"connect_ms", ua.timer_connect.count()},
                                   {"disconnect_ms", ua.timer_disconnect.count()},
                                   {"prack_ms", ua.timer_prack.count()},
                                   {"rel1xx_ms", ua.timer_rel1xx.count()},
                                   {"notify_ms", ua.timer_notify.count()},
                                   {"update_ms", ua.timer_update.count()},
                                   {"refer_ms", ua.timer_refer.count()},
                                   {"register_ms", ua.timer_register.count()},
                                   {"info_ms", ua.timer_info.count()},
                                   {"options_ms", ua.timer_options.count()},
                                   {"hold_minutes", ua.timer_hold.count()},
                                   {"register_dns_cache_seconds", ua.register_dns_cache.count()},
                                   {"tcp_aging_minutes", ua.connection_aging_tcp.count()},
                                   {"tls_aging_minutes", ua.connection_aging_tls.count()},
                                   {"tls_establish_seconds", ua.tls_establish.count()}}) +
           "\n";
}

std::string retry_json(const config::SipUa& ua) {
    return boost::json::serialize(boost::json::object{{"invite", ua.retry_invite},
                                                      {"response", ua.retry_response},
                                                      {"bye", ua.retry_bye},
                                                      {"cancel", ua.retry_cancel},
                                                      {"prack", ua.retry_prack},
                                                      {"update", ua.retry_update},
                                                      {"rel1xx", ua.retry_rel1xx},
                                                      {"notify", ua.retry_notify},
                                                      {"refer", ua.retry_refer},
                                                      {"register", ua.retry_register},
                                                      {"info", ua.retry_info},
                                                      {"subscribe", ua.retry_subscribe},
                                                      {"options", ua.retry_options},
                                                      {"keepalive", ua.retry_keepalive}}) +
           "\n";
}

config::SessionTimer session_timer(const config::Config& config) {
    return config::resolve(config, config::default_dial_peer(), &config::SipOptions::timer).value;
}

std::string min_se_text(const config::Config& config) {
    return fmt::format("Min-SE: {}\n", session_timer(config).min_se);
}
std::string min_se_json(const config::Config& config) {
    return fmt::format("{{\"min_se\":{}}}\n", session_timer(config).min_se);
}

template <typename Print>
PlanPrinter of_ua(Print print) {
    return [print](const dialplan::DialPlan& plan, const std::vector<std::string>&) {
        return config::Answer{true, print(plan.config()->sip_ua)};
    };
}
template <typename Print>
PlanPrinter of_config(Print print) {
    return [print](const dialplan::DialPlan& plan, const std::vector<std::string>&) {
        return config::Answer{true, print(*plan.config())};
    };
}

}  // namespace

void add_sip_ua_commands(config::CommandTable& table, const PlanSources& plans) {
    add_plan_command(table, plans,
                     {"show sip-ua timers", "Timers of SIP requests, as sip-ua sets them",
                      of_ua(sip_ua_timers), of_ua(timers_json)});
    add_plan_command(table, plans,
                     {"show sip-ua retry", "How often each request is sent, as sip-ua says",
                      of_ua(sip_ua_retry), of_ua(retry_json)});
    add_plan_command(table, plans,
                     {"show sip-ua min-se", "Shortest session timer that is accepted",
                      of_config(min_se_text), of_config(min_se_json)});
}

}  // namespace weir::apps
