// SPDX-License-Identifier: Apache-2.0
// What voice service voip, its sub-modes and gateway say without effect yet (spec B, J).
#include "config/language/kept.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

template <typename Object>
Command<Object> one(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_line<Object>(syntax, help, words);
}

KeptLines& voice_service_kept(Config& config, const Scope&) {
    return config.voice.kept;
}

Mode h323() {
    using Lines = std::vector<Command<KeptLines>>;
    const Lines lines{
        kept_either<KeptLines>("call service stop [forced] [maintain-registration]",
                               "Take no calls", 3),
        one<KeptLines>("call start {fast | slow | interwork | system}", "How calls are set up"),
        one<KeptLines>("session transport {tcp | udp}", "Transport of the signalling"),
        kept_line<KeptLines>("{h225 | h245 | h450 | ras | emptycapability | telephony-service | "
                             "encap | fast-connect | billing | ccm-compatible | no-local-media | "
                             "conn-reuse} [<line>]",
                             "Setting of H.323", kWholeLine),
    };
    return kept_mode({ModeId::voice_service_h323, ModeId::voice_service,
                      "h323 of voice service voip", "conf-serv-h323"},
                     lines);
}

Mode stun() {
    return kept_mode(
        {ModeId::voice_service_stun, ModeId::voice_service, "stun of voice service voip",
         "conf-serv-stun"},
        {one<KeptLines>("stun flowdata agent-id <0-255> [boot-count <count=0-65535>]",
                        "Name of this agent"),
         one<KeptLines>("stun flowdata catlife <1-600>", "Seconds of a token"),
         one<KeptLines>("stun flowdata keepalive <1-65535>", "Seconds between keepalives"),
         one<KeptLines>("stun flowdata shared-secret [0 | 7] <secret=word>",
                        "Secret of the firewall"),
         one<KeptLines>("stun usage <line>", "What STUN is used for", kWholeLine)});
}

Mode trace() {
    return kept_mode(
        {ModeId::voice_service_trace, ModeId::voice_service, "trace of voice service voip",
         "conf-serv-trace"},
        {acting(one<KeptLines>("memory-limit {<10-1000> | platform}", "Megabytes of the trace")),
         acting(kept_either<KeptLines>("shutdown", "Trace nothing"))});
}

Mode pots_service() {
    return kept_mode(
        {ModeId::voice_service_pots, ModeId::global, "voice service pots", "conf-voi-serv-pots"},
        {one<KeptLines>("fax rate <line>", "Rate of faxes"),
         kept_line<KeptLines>("supplementary-service <line>", "A service of the telephones",
                              kWholeLine)});
}

// spec B.15
Mode gateway() {
    const std::vector<Command<KeptLines>> lines{
        one<KeptLines>("media-inactivity-criteria {rtp [receive] | rtcp | all [receive] | rtplib}",
                       "What counts as activity, default rtp"),
        one<KeptLines>("timer receive-rtp <180-86400>",
                       "Seconds without packets until a call ends, default 1200"),
        one<KeptLines>("timer receive-rtcp <0-1500>",
                       "Intervals without reports until a call ends; 0 = off"),
        one<KeptLines>("timer media-inactive <0-1500>",
                       "Intervals without media until a call ends"),
        one<KeptLines>("security {password | izct | acl} <line>", "Security of H.323", 2),
        one<KeptLines>("emulate cisco h323 bandwidth", "Bandwidth as the router asks for it"),
    };
    return kept_mode({ModeId::gateway, ModeId::global, "gateway", "config-gateway"}, lines);
}

}  // namespace

std::vector<Command<VoiceService>> kept_voice_service_commands() {
    using V = VoiceService;
    return {
        one<V>("allow-connections {h323 to h323 | h323 to sip | sip to h323 | pots to pots}",
               "Connect other protocols", 4),
        one<V>("redundancy-group <1-2>", "Redundancy group of the calls"),
        acting(kept_default_on<V>("redirect ip2ip", "Redirect calls between IP peers")),
        acting(kept_default_on<V>("supplementary-service sip refer", "Pass REFER on")),
        acting(kept_default_on<V>("supplementary-service sip moved-temporarily", "Pass 302 on")),
        acting(kept_default_on<V>("supplementary-service sip handle-replaces", "Pass Replaces on")),
        kept_either<V>("supplementary-service {h450.2 | h450.3 | h450.7 | h450.12 | "
                       "media-renegotiate | media-renegotiation | h225-notify cid-update | "
                       "ringback-tone} [<line>]",
                       "A supplementary service", 2),
        acting(one<V>("media bulk-stats", "Counters of all streams")),
        acting(one<V>("media stats-disconnect", "Counters in BYE")),
        one<V>("media statistics", "Counters of each stream"),
        one<V>("media anti-trombone", "Media of hairpinned calls go direct"),
        one<V>("media forking", "Copies of media"),
        one<V>("media monitoring [max-calls <1-10000>] [persistent]", "Monitoring of media"),
        one<V>("media sync-streams", "Audio and video begin together"),
        one<V>("media transcoder high-density", "Transcoding of one leg only"),
        one<V>("media disable-detailed-stats", "Fewer counters"),
        one<V>("media-address range <start=word> [<stop=word>] [port-range <min=1024-65535> "
               "<max=1024-65535>]",
               "Ports of an address", 3),
        one<V>("media-address voice-vrf <vrf=word> [port-range <min=1024-65535> "
               "<max=1024-65535>]",
               "Ports of a VRF", 3),
        one<V>("rtp-ssrc multiplex", "Several streams on one port"),
        acting(one<V>("tdm-forking direct", "Record calls of TDM ports without a loop")),
        acting(one<V>("tdm-forking separate-media",
                      "Each pass of a TDM loop has ports of its own")),
        one<V>("fax protocol {none | pass-through | pass-through-g711 | t38 | cisco | system} "
               "[<line>]",
               "How faxes are carried"),
        one<V>("fax rate {disable | voice | 2400 | 4800 | 7200 | 9600 | 12000 | 14400}",
               "Rate of faxes"),
        one<V>("fax interface-type {fax-mail | modem | vfc}", "Who takes faxes"),
        one<V>("fax-relay {ans-disable | ecm disable | sg3-to-g3 | nsf <nsf=word>}",
               "How faxes are relayed", 2),
        one<V>("modem {passthrough | relay} <line>", "How modems are carried"),
        one<V>("signaling forward {unconditional | none | rawmsg | message-type <line>}",
               "Signalling that is carried through"),
        kept_either<V>("callmonitor", "Calls may be watched by an application"),
        one<V>("cause-code legacy", "Causes of an old release"),
        one<V>("cpa [threshold <line>]", "Detect answering machines"),
        kept_either<V>("gcid", "An id for the whole call"),
        one<V>("notify {redirect | telephone-event} <line>", "Notifications", 2),
        kept_either<V>("notify redirect {ip2ip | ip2pots}", "Redirection of notifications", 3),
        one<V>("clid {strip [name | pi-restrict [all]] | network-number <number=word> | "
               "network-provided | substitute name | preserve-number}",
               "Number of the caller", 2),
        one<V>("dtmf-interworking {rtp-nte | standard | system}", "Gaps between events"),
        one<V>("emergency <numbers=word>+", "Emergency numbers"),
        one<V>("ip circuit <line>", "Circuits of carriers", kWholeLine),
        one<V>("qsig decode", "Decode QSIG"),
    };
}

std::vector<CommandRow> kept_voice_service_openers() {
    CommandRow trace = kept_block_row("trace", "Trace of the signalling",
                                      ModeId::voice_service_trace, voice_service_kept);
    trace.kept = false;  // its lines act (config/model/trace_settings.hpp)
    return {
        kept_block_row("h323", "H.323", ModeId::voice_service_h323, voice_service_kept),
        kept_block_row("stun", "STUN", ModeId::voice_service_stun, voice_service_kept),
        trace,
    };
}

// Global words of `sip` that have no level below; those of three levels stand with the dial-peer.
std::vector<Command<KeptLines>> kept_sip_commands() {
    using K = KeptLines;
    return {
        acting(kept_either<K>("call service stop [forced] [maintain-registration]", "Take no calls",
                              3)),
        acting(one<K>("registrar server [expires max <max=60-86400> min <min=60-3600>]",
                      "Accept registrations")),
        one<K>("ds0-num", "Channel in the header"),
        one<K>("xfer target dial-peer", "Transfer by dial-peers"),
        one<K>("subscription {asnl session history {count <1-1000> | duration <1-1000>} | maximum "
               "{accept | originate} <limit=1-1000>}",
               "Subscriptions", 3),
        one<K>("presence enable", "Presence"),
        one<K>("resource priority {mode | namespace} <line>", "Priority of calls", 3),
        one<K>("redirect contact order {best-match | longest-match}", "Order of contacts"),
    };
}

std::vector<Mode> kept_voice_modes() {
    return {h323(), stun(), trace(), pots_service(), gateway()};
}

std::vector<CommandRow> kept_pots_openers() {
    return {kept_block_row("voice service pots", "Behaviour common to all calls of telephony",
                           ModeId::voice_service_pots)};
}

std::vector<CommandRow> gateway_openers() {
    return {kept_block_row("gateway", "Inactivity of media", ModeId::gateway)};
}

}  // namespace weir::config::language
