// SPDX-License-Identifier: Apache-2.0
// The table of sip-ua: timers and retries (spec B.12), maps of causes (spec E.8), and what is kept.
#include <utility>

#include "config/language/fields.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

SipUa& sip_ua(Config& config, const Scope&) {
    return config.sip_ua;
}

}  // namespace

static Mode sip_ua_mode() {
    std::vector<Command<SipUa>> commands{
        number("retry invite <1-10>", "Times an INVITE is sent", &SipUa::retry_invite),
        number("retry response <1-10>", "Times a final response is sent", &SipUa::retry_response),
        number("retry bye <1-10>", "Times a BYE is sent", &SipUa::retry_bye),
        number("retry cancel <1-10>", "Times a CANCEL is sent", &SipUa::retry_cancel),
        number("retry prack <1-10>", "Times a PRACK is sent", &SipUa::retry_prack),
        number("retry rel1xx <1-10>", "Times a reliable provisional response is sent",
               &SipUa::retry_rel1xx),
        number("retry info <1-10>", "Times an INFO is sent", &SipUa::retry_info),
        number("retry notify <1-10>", "Times a NOTIFY is sent", &SipUa::retry_notify),
        number("retry refer <1-10>", "Times a REFER is sent", &SipUa::retry_refer),
        number("retry subscribe <1-10>", "Times a SUBSCRIBE is sent", &SipUa::retry_subscribe),
        number("retry register <1-10>", "Times a REGISTER is sent", &SipUa::retry_register),
        number("retry options <1-10>", "Times an OPTIONS is sent", &SipUa::retry_options),
        number("retry update <1-10>", "Times an UPDATE is sent", &SipUa::retry_update),
        number("retry keepalive <1-10>", "Times a keepalive is sent", &SipUa::retry_keepalive),
        duration("timers trying <100-1000>", "Milliseconds to wait for a 100 response",
                 &SipUa::timer_trying),
        duration("timers connect <100-1000>", "Milliseconds to wait for an ACK",
                 &SipUa::timer_connect),
        duration("timers disconnect <100-1000>", "Milliseconds to wait for the response to BYE",
                 &SipUa::timer_disconnect),
        duration("timers expires <60000-300000>", "Milliseconds that an INVITE is valid",
                 &SipUa::timer_expires),
        duration("timers prack <100-1000>", "Milliseconds to wait for the response to PRACK",
                 &SipUa::timer_prack),
        duration("timers rel1xx <100-1000>", "Milliseconds to wait for PRACK",
                 &SipUa::timer_rel1xx),
        duration("timers notify <100-1000>", "Milliseconds to wait for the response to NOTIFY",
                 &SipUa::timer_notify),
        duration("timers refer <100-1000>", "Milliseconds to wait for the response to REFER",
                 &SipUa::timer_refer),
        duration("timers register <100-1000>", "Milliseconds to wait for the response to REGISTER",
                 &SipUa::timer_register),
        duration("timers info <100-1000>", "Milliseconds to wait for the response to INFO",
                 &SipUa::timer_info),
        duration("timers options <100-1000>", "Milliseconds to wait for the response to OPTIONS",
                 &SipUa::timer_options),
        duration("timers update <100-1000>", "Milliseconds to wait for the response to UPDATE",
                 &SipUa::timer_update),
        duration("timers hold <15-2880>", "Minutes that a call may be on hold", &SipUa::timer_hold),
        duration("timers connection aging tcp <5-30>",
                 "Minutes until an idle TCP connection is closed", &SipUa::connection_aging_tcp),
        duration("timers connection aging udp <5-30>",
                 "Minutes until an idle UDP peer is forgotten", &SipUa::connection_aging_udp),
        duration("timers connection aging tls <5-60>",
                 "Minutes until an idle TLS connection is closed", &SipUa::connection_aging_tls),
        duration("timers connection establish tls <5-20>", "Seconds to establish a TLS connection",
                 &SipUa::tls_establish),
        duration("timers register-dns-cache <300-86400>", "Seconds to keep the registrar's address",
                 &SipUa::register_dns_cache),
        duration("timers buffer-invite <50-5000>",
                 "Milliseconds to hold an INVITE back for its digits", &SipUa::buffer_invite),
    };
    for (auto* const more : {cause_map_commands, sip_ua_security_commands, kept_sip_ua_commands})
        for (auto& command : more())
            commands.push_back(std::move(command));
    Mode mode{ModeId::sip_ua, ModeId::global, "sip-ua", "config-sip-ua", sip_ua_option_rows()};
    for (auto& row : make_rows(commands, sip_ua))
        mode.rows.push_back(std::move(row));
    return mode;
}

std::vector<Mode> sip_ua_modes() {
    return {sip_ua_mode()};
}

}  // namespace weir::config::language
