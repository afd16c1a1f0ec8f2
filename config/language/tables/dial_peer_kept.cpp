// SPDX-License-Identifier: Apache-2.0
// Dial-peer commands that are understood and change nothing: kept and printed again; their reasons
// stand in without_effect_peers.cpp.
#include "config/language/kept.hpp"
#include "config/language/tables/dial_peer_rows.hpp"

namespace weir::config::language {
namespace {

Command<DialPeer> kept(const std::string& syntax, const std::string& help,
                       std::size_t key_words = 0) {
    return kept_line<DialPeer>(syntax, help, key_words);
}

}  // namespace

PeerRows peer_kept_rows() {
    return {
        kept("group <0-1000000>", "Group of peers in SNMP"),
        kept("application <name> [out-bound]", "Application of calls that come in"),
        kept("service <name> [out-bound]", "Application of calls that come in, the newer form"),
        kept("paramspace <line>", "Parameter of an application", kWholeLine),
        kept("info-digits <digits=word>", "Digits in front of the calling number"),
        kept("clid {network-number <digits=word> [second-number strip] | network-provided | "
             "override rdnis | restrict | second-number strip | strip [name | pi-restrict [all]] | "
             "substitute name}",
             "Calling line identity", 2),
        kept("progress_ind {alert | connect | disconnect | progress | setup} "
             "{enable <indicator=0-8> | disable | strip [<indicator=0-8>]}",
             "Progress indicators", 2),
        acting(kept("call spike <calls=1-2147483647> [steps <steps=3-10> size <size=100-250>]",
                    "Calls that may arrive in a short time")),
        kept("call fallback active", "Measure the way before a call"),
        kept("translate-incoming {called | calling} <1-2147483647>", "The older form of profiles",
             2),
        kept("settle-call", "Settlement of calls"),
        kept("signal-type <line>", "Signalling of permanent calls"),
        kept("snmp enable peer-trap {dscp-profile-violation | poor-qov}", "SNMP trap", 4),
        kept("tone ringback alert-no-pi", "Play ringback to the caller"),
        kept("voice-class aaa <1-10000>", "AAA of this peer"),
        kept("voice-class permanent <1-10000>", "Permanent calls"),
    };
}

PeerRows peer_kept_voip_rows() {
    return {
        kept("acc-qos {best-effort | controlled-load | guaranteed-delay} [audio | video]",
             "Quality of service that is enough", 1),
        kept("req-qos {best-effort | controlled-load | guaranteed-delay} [audio | video] [<line>]",
             "Quality of service that is asked for", 1),
        kept("ip qos {policy-locator | defending-priority | preemption-priority} <line>",
             "Priority of reservations", 3),
        kept("ip precedence <0-7>", "Precedence, the older form"),
        kept("icpif <0-55>", "Expected quality"),
        kept("expect-factor <0-20>", "Expected quality"),
        kept("playout-delay {fax | maximum | minimum | mode | nominal} <line>", "Jitter buffer", 2),
        kept("fax protocol <line>", "How fax is carried"),
        kept("fax rate <line>", "Rate of fax"),
        kept("fax nsf <code=word>", "Non-standard facilities of fax"),
        kept("fax-relay {ans-disable | ecm disable | sg3-to-g3 [system]}", "Fax relay", 2),
        kept("modem {passthrough | relay} <line>", "How modems are carried", 2),
        acting(kept("rtp payload-type <kind=word> <number=0-127> [<value=word>]",
                    "Payload type of a kind of RTP packet", 3)),
        acting(
            kept("rtp payload-type comfort-noise {13 | 19}", "Payload type of comfort noise", 3)),
        kept("rtcp keepalive", "Send RTCP in calls on hold"),
        kept("dtmf-interworking {rtp-nte | standard | system}", "Length of digits"),
        kept("notify redirect {ip2ip | ip2pots}", "Redirect by NOTIFY", 3),
        acting(kept("redirect ip2ip", "Redirect calls between IP peers")),
        kept("supplementary-service pass-through", "Supplementary services pass"),
        acting(kept_line<DialPeer>(
            "supplementary-service sip {handle-replaces | moved-temporarily | refer}",
            "Whether REFER, 302 and Replaces pass", 3, KeptNo::only)),
        kept_default_on<DialPeer>("supplementary-service h450.2", "Transfer of H.323"),
        kept_default_on<DialPeer>("supplementary-service h450.3", "Forwarding of H.323"),
        kept("supplementary-service media-renegotiate", "Renegotiate media of a transfer"),
        kept("signaling forward {none | conditional | unconditional | rawmsg}",
             "Carry ISDN through", 2),
        kept("tech-prefix <digits=word>", "Technology prefix of H.323"),
        acting(kept("video codec <line>", "Video codec of offers of our own")),
        kept("voice-class h323 <1-10000>", "Class of H.323"),
        kept("voice-class qos-profile <1-10000>", "Quality of service"),
        kept("voice-class stun-usage <1-10000>", "STUN"),
        kept("voice-class sip calltype-video", "Take calls for video calls"),
        kept("voice-class sip session-id [system]", "Session-ID, RFC 7989"),
        kept("voice-class called-number {inbound <tag=1-1000000> | outbound <tag=1-1000000>}",
             "List of called numbers", 3),
        kept("media {anti-trombone | bulk-stats | statistics | forking | monitoring [<line>] | "
             "sync-streams | transcoder high-density | disable-detailed-stats}",
             "Further properties of media", 2),
        kept("media profile {stream-service | video | nr} <name>", "Profile of media", 3),
    };
}

PeerRows peer_kept_pots_rows() {
    return {
        kept("register e164 [system]", "Register the number of a telephone port"),
        kept("fax rate <line>", "Rate of fax"),
        acting(kept_line<DialPeer>("supplementary-service sip {handle-replaces | refer}",
                                   "Whether REFER and Replaces pass", 3, KeptNo::only)),
    };
}

}  // namespace weir::config::language
