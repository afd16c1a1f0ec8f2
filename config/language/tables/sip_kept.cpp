// SPDX-License-Identifier: Apache-2.0
// SIP settings of the three levels that are understood and change nothing: kept and printed again
// (spec A.13, B.10); their reasons stand in without_effect_peers.cpp.
#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {

std::vector<SipSetting> sip_kept_settings() {
    return {
        sip_kept("aaa {username {calling-number | proxy-auth} | method <name>}",
                 "User name of accounting", kSipAndTenant),
        sip_kept("anat [system]", "Offer both IPv4 and IPv6", kEverywhere),
        sip_kept("associate {application <name> | registered-number <line=word>}",
                 "Application or registered number of this level", kEverywhere, 2),
        sip_kept("authenticate redirecting-number [system]", "Authenticate the redirecting number",
                 kEverywhere),
        sip_kept("bandwidth {audio | video} {as-modifier [add] [override] [<value=1-4294967295>] | "
                 "tias-modifier <value=1-4294967295> [strict]}",
                 "Bandwidth in the SDP", kEverywhere, 2),
        sip_kept("calling-info {pstn-to-sip | sip-to-pstn} <line>", "Rewrite the caller's identity",
                 kEverywhere, 2),
        sip_kept("conn-reuse [system]", "Send requests over the connection of the registration",
                 kEverywhere),
        sip_kept("connection-reuse [via-port | system]", "Send responses from the listening port",
                 kUaAndTenant),
        sip_kept("content sdp version increment [system]", "Count the version of every SDP up",
                 kEverywhere),
        sip_kept("dns-a-override [system]", "Ask for A records after SRV failed", kEverywhere),
        sip_kept("dscp-profile <1-10000>", "DSCP profile", kEverywhere),
        sip_acting(sip_kept("e911",
                            "Emergency calls: never refused by limits or for want of a recorder",
                            kEverywhere)),
        sip_kept("encap clear-channel standard [system]", "Name of the clear channel codec",
                 kEverywhere),
        sip_kept("host-registrar [system]", "Host of the registrar in From and To", kUaTenantPeer),
        sip_kept("interop-handling permit request-uri userid none",
                 "Accept a Request-URI without user", kGlobalAndTenant),
        sip_kept("notify {redirect {ip2ip | ip2pots} | ignore substate | "
                 "telephone-event max-duration <40-3000>}",
                 "NOTIFY messages", kUaTenantPeer, 2),
        sip_kept("pass-thru subscribe-notify-events {all | <1-10000>}", "Pass SUBSCRIBE and NOTIFY",
                 kEverywhere),
        sip_kept("preloaded-route [sip-server] service-route", "Route of the registration",
                 kSipAndTenant),
        sip_kept("random-contact [system]", "Random user in Contact", kEverywhere),
        sip_kept("random-request-uri validate [system]", "Accept a random user in the Request-URI",
                 kEverywhere),
        sip_kept("refer-ood enable [<1-500>]", "REFER outside of a dialog", kGlobalAndTenant),
        sip_acting(sip_kept("registration passthrough [static] [rate-limit] [registrar-index "
                            "<index=1-6>] [system]",
                            "Forward REGISTER of endpoints behind us to the registrar",
                            kEverywhere)),
        sip_kept("srtp-auth {sha1-32 | sha1-80 | system}+", "Suites of SRTP, the older form",
                 kEverywhere),
        sip_kept("tel-config to-hdr phone-context", "Phone-context in To", kSipAndTenant),
        sip_kept("video screening", "Transcode video", kSipAndTenant),
    };
}

}  // namespace weir::config::language
