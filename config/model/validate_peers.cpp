// SPDX-License-Identifier: Apache-2.0
// What dial-peers name (spec A.2 to A.13), and what excludes itself in one.
#include "config/model/validate_parts.hpp"

namespace weir::config {
namespace {

const char* header_word(UriHeader header) {
    switch (header) {
        case UriHeader::via:
            return "via";
        case UriHeader::request:
            return "request";
        case UriHeader::to:
            return "to";
        case UriHeader::from:
            return "from";
    }
    return "";
}

// The words of `destination uri-...`.
const char* source_word(PolicyAttribute attribute) {
    switch (attribute) {
        case PolicyAttribute::from:
            return "uri-from";
        case PolicyAttribute::to:
            return "uri-to";
        case PolicyAttribute::via:
            return "uri-via";
        case PolicyAttribute::diversion:
            return "uri-diversion";
        case PolicyAttribute::referred_by:
            return "uri-referred-by";
        default:
            return "uri";
    }
}

const std::string kMatchesNothing = "the command matches nothing";

void check_uri(const Config& config, const std::string& command, const std::string& tag,
               const BlockFindings& at) {
    if (!tag.empty() && !config.uri_classes.contains(tag))
        at.missing(command, "voice class uri " + tag, kMatchesNothing);
}

void check_uris(const Config& config, const DialPeer& peer, const BlockFindings& at) {
    for (const auto& [header, tag] : peer.incoming_uri) {
        const std::string command = std::string("incoming uri ") + header_word(header);
        check_uri(config, command, tag, at);
        const auto found = config.uri_classes.find(tag);
        if (found == config.uri_classes.end() || header != UriHeader::via) continue;
        const UriClass& uris = found->second;
        const bool has_host =
            !uris.host_pattern.empty() || !uris.host_addresses.empty() || !uris.host_names.empty();
        // Spec A.4: a Via has a host and nothing else to compare.
        if (!has_host || !uris.user_id.empty() || !uris.phone_context.empty())
            at.warn(command,
                    "voice class uri " + tag + " never matches a Via: that has only a host");
    }
    check_uri(config, "destination uri", peer.destination_uri, at);
    for (const auto& [attribute, tag] : peer.destination_uri_of)
        check_uri(config, std::string("destination ") + source_word(attribute), tag, at);
}

void check_matchers(const Config& config, const DialPeer& peer, const BlockFindings& at) {
    const std::string map = "voice class e164-pattern-map";
    at.reference("incoming called e164-pattern-map", peer.incoming_called_map, config.pattern_maps,
                 map, kMatchesNothing);
    at.reference("incoming calling e164-pattern-map", peer.incoming_calling_map,
                 config.pattern_maps, map, kMatchesNothing);
    at.reference("destination e164-pattern-map", peer.destination_map, config.pattern_maps, map,
                 kMatchesNothing);
    at.reference("destination calling e164-pattern-map", peer.destination_calling_map,
                 config.pattern_maps, map, kMatchesNothing);
    at.reference("destination route-string", peer.route_string, config.route_strings,
                 "voice class route-string", kMatchesNothing);
    for (const auto& [command, name] : {std::pair{"corlist incoming", &peer.corlist_incoming},
                                        std::pair{"corlist outgoing", &peer.corlist_outgoing}})
        if (!name->empty() && !config.cor.lists.contains(*name))
            at.missing(command, "dial-peer cor list " + *name, "it restricts nothing");
}

// Where an inbound call of the peer goes on (spec A.8).
void check_destination(const Config& config, const DialPeer& peer, const BlockFindings& at) {
    const std::string ordinary = "calls are looked up as if it were not named";
    at.reference("destination dpg", peer.dpg, config.dial_peer_groups, "voice class dpg", ordinary);
    at.reference("destination provision-policy", peer.provision_policy, config.provision_policies,
                 "voice class dial-peer provision-policy", ordinary);
    if (peer.dpg && config.dial_peer_groups.contains(*peer.dpg)) {
        const auto& group = config.dial_peer_groups.at(*peer.dpg);
        if (group.members.empty() && !group.shutdown)
            at.warn("destination dpg", "voice class dpg " + std::to_string(*peer.dpg) +
                                           " has no dial-peers: every call of this peer fails");
    }
    if (peer.provision_policy && config.provision_policies.contains(*peer.provision_policy)) {
        const auto& policy = config.provision_policies.at(*peer.provision_policy);
        if (policy.lines.empty() && !policy.shutdown)
            at.warn("destination provision-policy",
                    "voice class dial-peer provision-policy " +
                        std::to_string(*peer.provision_policy) +
                        " has no rules: every call of this peer is disconnected (cause 1)");
    }
}

void check_numbers(const Config& config, const DialPeer& peer, const BlockFindings& at) {
    const auto profile = [&](const char* command, const std::string& name,
                             const char* consequence) {
        if (!name.empty() && !config.translation_profiles.contains(name))
            at.missing(command, "voice translation-profile " + name, consequence);
    };
    const std::string unchanged = "numbers stay as they are";
    profile("translation-profile incoming", peer.translation_incoming, unchanged.c_str());
    profile("translation-profile outgoing", peer.translation_outgoing, unchanged.c_str());
    profile("call-block translation-profile incoming", peer.call_block_profile,
            "nothing is blocked");
    at.reference("translate-outgoing called", peer.translate_outgoing_called,
                 config.translation_rules, "voice translation-rule", unchanged);
    at.reference("translate-outgoing calling", peer.translate_outgoing_calling,
                 config.translation_rules, "voice translation-rule", unchanged);
}

void check_target(const Config& config, const DialPeer& peer, const BlockFindings& at) {
    if (peer.server_group && peer.target.kind != SessionTarget::Kind::none)
        at.error("session server-group",
                 "session target and session server-group exclude each other: take one out");
    at.reference("session server-group", peer.server_group, config.server_groups,
                 "voice class server-group", "the peer has no target");
    if (!peer.server_group || !config.server_groups.contains(*peer.server_group)) return;
    const std::string group = "voice class server-group " + std::to_string(*peer.server_group);
    const auto& servers = config.server_groups.at(*peer.server_group);
    if (servers.shutdown)
        at.warn("session server-group", group + " is shut down: the peer is out of service");
    else if (servers.servers.empty())
        at.warn("session server-group", group + " has no servers: the peer has no target");
}

// Spec A.10 leaves open what becomes of them: KPML (RFC 4730) is for telephones behind their
// server, not for trunks; the others are of H.323. A peer that has nothing else sends no digits.
void check_digits(const DialPeer& peer, const BlockFindings& at) {
    for (const DtmfRelay relay : peer.dtmf_relay) {
        const char* word = relay == DtmfRelay::sip_kpml            ? "sip-kpml"
                           : relay == DtmfRelay::cisco_rtp         ? "cisco-rtp"
                           : relay == DtmfRelay::h245_alphanumeric ? "h245-alphanumeric"
                           : relay == DtmfRelay::h245_signal       ? "h245-signal"
                                                                   : nullptr;
        if (word != nullptr)
            at.warn("dtmf-relay", std::string(word) +
                                      " is not spoken: digits pass by rtp-nte, "
                                      "sip-info or sip-notify only");
    }
}

void check_media(const Config& config, const DialPeer& peer, const BlockFindings& at) {
    check_digits(peer, at);
    // Without any codec no call of the peer can work (spec A.10).
    if (peer.codec_class && !config.codec_classes.contains(*peer.codec_class))
        at.error("voice-class codec", "voice class codec " + std::to_string(*peer.codec_class) +
                                          " does not exist: calls of this peer would find no "
                                          "codec and be refused with 488");
    if (peer.codec_class && config.codec_classes.contains(*peer.codec_class) &&
        config.codec_classes.at(*peer.codec_class).preferences.empty())
        at.warn("voice-class codec",
                "voice class codec " + std::to_string(*peer.codec_class) +
                    " holds no codec: calls of this peer are refused with 488");
    at.reference("media-class", peer.media_class, config.media_classes, "media class",
                 "calls of this peer are not recorded");
    at.reference("voice-class media", peer.media_settings_class, config.media_settings_classes,
                 "voice class media", "media flow through as usual");
    if (peer.media_class && peer.media_flow == MediaFlow::flow_around)
        at.warn("media-class",
                "calls of this peer are not recorded: media flow-around takes their "
                "media past this node");
}

void check_settings(const Config& config, const DialPeer& peer, const BlockFindings& at) {
    const std::string prefix = "voice-class sip ";
    at.reference(prefix + "tenant", peer.tenant, config.tenants, "voice class tenant",
                 "the global settings count");
    at.reference(prefix + "options-keepalive profile", peer.keepalive.profile,
                 config.keepalive_profiles, "voice class sip-options-keepalive",
                 "the target is not asked whether it is alive");
    validate_sip(config, peer.sip, prefix, at);
    for (const auto& [what, name] :
         {std::pair{"control", &peer.sip.bind.control}, std::pair{"media", &peer.sip.bind.media}})
        if (!name->empty() && !config.interfaces.contains(*name))
            at.missing(prefix + "bind " + what, "interface " + *name,
                       "it gives this peer no address");
}

}  // namespace

void validate_peers(const Config& config, Findings& findings) {
    for (const auto& [tag, peer] : config.dial_peers) {
        const BlockFindings at(findings, peer_block(tag));
        check_uris(config, peer, at);
        check_matchers(config, peer, at);
        check_destination(config, peer, at);
        check_numbers(config, peer, at);
        check_target(config, peer, at);
        check_media(config, peer, at);
        check_settings(config, peer, at);
        // Spec A.2: without it the peer speaks H.323, which is not offered.
        if (peer.type == DialPeer::Type::voip && !peer.session_protocol_sip &&
            peer.has_inbound_matcher())
            at.warn("", "dial-peer " + std::to_string(tag.value()) +
                            " is never used: it lacks session protocol sipv2");
    }
}

}  // namespace weir::config
