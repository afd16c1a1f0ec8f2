// SPDX-License-Identifier: Apache-2.0
// Dial-peers one by one: what each lacks to be used, and what contradicts itself.
#include <fmt/format.h>

#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;
using config::Permission;

bool has_target(const DialPeer& peer) {
    return peer.server_group || peer.target.kind != config::SessionTarget::Kind::none;
}

bool has_own_inbound_matcher(const DialPeer& peer) {
    return !peer.incoming_called_number.empty() || !peer.answer_address.empty() ||
           !peer.incoming_uri.empty() || peer.incoming_called_map || peer.incoming_calling_map ||
           !peer.carrier_source.empty();
}

// The command that a peer which is not shut down lacks to be of any use; "" if it can be used.
std::string missing_command(const DialPeer& peer) {
    const bool inbound = has_own_inbound_matcher(peer);
    const bool outbound = peer.has_outbound_matcher();
    if (peer.type == DialPeer::Type::pots) {
        if (!inbound && !outbound) return "destination-pattern or incoming called-number";
        return peer.port.empty() && peer.trunkgroup.empty() ? "port" : "";
    }
    if (!peer.session_protocol_sip) return "session protocol sipv2";
    if (inbound) return "";
    if (!outbound) return "incoming called-number, incoming uri or destination-pattern";
    return has_target(peer) ? "" : "session target or session server-group";
}

void check_up(LintContext& context, const DialPeer& peer) {
    const std::string missing = missing_command(peer);
    if (missing.empty()) return;
    context.add(
        "WL101", block_of(peer.tag), "",
        fmt::format("dial-peer {} can never be used: it lacks {}", peer.tag.value(), missing),
        fmt::format("add {}, or take the dial-peer out", missing));
}

void check_permission(LintContext& context, const DialPeer& peer) {
    if (peer.permission == Permission::both) return;
    const std::string block = block_of(peer.tag);
    const bool inbound = has_own_inbound_matcher(peer);
    const bool outbound = peer.has_outbound_matcher() && has_target(peer);
    if (peer.permission == Permission::none)
        return context.add("WL106", block, "permission",
                           fmt::format("dial-peer {} is used for no call at all: permission none",
                                       peer.tag.value()),
                           "use shutdown if that is meant, else another permission");
    if (peer.permission == Permission::term && outbound && !inbound)
        return context.add("WL106", block, "permission",
                           fmt::format("dial-peer {} is only there to be dialled, but permission "
                                       "term lets it take inbound calls only",
                                       peer.tag.value()),
                           "use permission orig or both");
    if (peer.permission == Permission::orig && inbound && !outbound)
        context.add("WL106", block, "permission",
                    fmt::format("dial-peer {} is only there for inbound calls, but permission orig "
                                "lets it be dialled only",
                                peer.tag.value()),
                    "use permission term or both");
}

void check_patterns(LintContext& context, const DialPeer& peer) {
    if (peer.incoming_called_number == "T")
        context.add("WL107", block_of(peer.tag), "incoming called-number",
                    "incoming called-number T also matches calls that have no called number",
                    "write incoming called-number . or .T");
    // Spec A.3.4: any E.164 pattern map on the peer, even one that has nothing to do with it, keeps
    // the plus.
    const bool has_map = peer.destination_map || peer.destination_calling_map ||
                         peer.incoming_called_map || peer.incoming_calling_map;
    if (peer.destination_pattern == ".T" && peer.type == DialPeer::Type::voip && !has_map)
        context.add("WL108", block_of(peer.tag), "destination-pattern",
                    fmt::format("a call to +44... goes out on dial-peer {} as 44...: "
                                "destination-pattern .T strips the leading +",
                                peer.tag.value()),
                    "write destination-pattern +T beside it on a second dial-peer, or use a "
                    "destination e164-pattern-map");
}

void check_group(LintContext& context, const config::DialPeerGroup& group) {
    const std::string block = fmt::format("voice class dpg {}", group.tag);
    for (const auto& member : group.members) {
        const DialPeer* peer = context.config.find_peer(member.peer);
        if (peer == nullptr || member.peer == DialPeerTag{0}) continue;  // WL701 says so
        std::string why;
        if (peer->shutdown)
            why = "it is shut down";
        else if (!peer->has_outbound_matcher())
            why = "it has no destination-pattern to bring it up";
        else if (const std::string missing = missing_command(*peer); !missing.empty())
            why = "it lacks " + missing;
        else if (peer->type == DialPeer::Type::voip && !has_target(*peer))
            why = "it has no session target";
        if (why.empty()) continue;
        context.add("WL105", block, fmt::format("dial-peer {}", member.peer.value()),
                    fmt::format("dial-peer {} of dpg {} is never tried: {}", member.peer.value(),
                                group.tag, why),
                    peer->has_outbound_matcher()
                        ? "bring the dial-peer up, or take it out of the group"
                        : "give it a pattern that nobody dials, as destination-pattern AAAA");
    }
}

}  // namespace

void lint_peers(LintContext& context) {
    for (const auto& [tag, peer] : context.config.dial_peers) {
        if (peer.shutdown) continue;  // on purpose
        check_up(context, peer);
        check_permission(context, peer);
        check_patterns(context, peer);
    }
    for (const auto& [tag, group] : context.config.dial_peer_groups)
        if (!group.shutdown) check_group(context, group);
    const config::VoiceService& voice = context.config.voice;
    if (!voice.allow_sip_to_sip && !context.config.dial_peers.empty())
        context.add("WL112", "", "voice service voip",
                    "no SIP call is routed: allow-connections sip to sip is missing",
                    "add allow-connections sip to sip to voice service voip");
    if (!voice.trusted.authenticate)
        context.add("WL111", "voice service voip", "no ip address trusted authenticate",
                    "no ip address trusted authenticate lets anybody place calls",
                    "take it out and list who may call in ip address trusted list");
    for (const Prefix& prefix : voice.trusted.prefixes)
        if (prefix.length == 0)
            context.add(
                "WL111", "voice service voip", "ip address trusted list",
                fmt::format("the trusted list has {}: anybody may place calls", prefix.to_string()),
                "list the nets of those who may call; session targets are trusted by "
                "themselves");
}

}  // namespace weir::dialplan
