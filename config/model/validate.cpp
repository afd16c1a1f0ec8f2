// SPDX-License-Identifier: Apache-2.0
// The checks, one function for each kind of object.
#include "config/model/validate.hpp"

#include <utility>

#include "config/model/number_pattern.hpp"

namespace weir::config {
namespace {

using Findings = std::vector<Finding>;
constexpr auto kError = Finding::Severity::error;
constexpr auto kWarning = Finding::Severity::warning;

std::string peer_block(DialPeerTag tag) {
    return "dial-peer voice " + std::to_string(tag.value());
}

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

// ---- bind (spec A.13)
// ------------------------------------------------------------------------------

void check_bind(const Config& config, const std::string& name, const std::string& what,
                Findings& findings) {
    if (name.empty()) return;
    const auto found = config.interfaces.find(name);
    const auto add = [&](std::string text) {
        findings.push_back({kError, "sip", "bind " + what, std::move(text)});
    };
    if (found == config.interfaces.end())
        add("bind " + what + " names the interface " + name + ", which does not exist");
    else if (found->second.addresses.empty())
        add("bind " + what + " names the interface " + name + ", which has no address");
    else if (found->second.shutdown)
        add("bind " + what + " names the interface " + name + ", which is shut down");
}

// ---- interfaces
// ------------------------------------------------------------------------------------

void check_interfaces(const Config& config, Findings& findings) {
    std::map<IpAddress, std::string> owners;
    for (const auto& [name, port] : config.interfaces) {
        for (const auto& prefix : port.addresses) {
            const auto [owner, fresh] = owners.emplace(prefix.address, name);
            if (fresh) continue;
            const std::string command =
                prefix.address.family == Family::v4 ? "ip address " : "ipv6 address";
            findings.push_back({kError, "interface " + name,
                                prefix.address.family == Family::v4
                                    ? command + prefix.address.to_string()
                                    : command,
                                "the address " + prefix.address.to_string() +
                                    " belongs to interface " + owner->second + " already"});
        }
    }
}

// ---- recording (spec F.1)
// --------------------------------------------------------------------------

void check_recorder(const Config& config, DialPeerTag tag, const std::string& block,
                    Findings& findings) {
    const auto add = [&](Finding::Severity severity, const std::string& text) {
        findings.push_back({severity, block, "media-recording",
                            "recorder " + std::to_string(tag.value()) + " " + text});
    };
    const DialPeer* peer = config.find_peer(tag);
    // Tag 0 is the default peer, which no configuration names.
    if (!peer || tag == DialPeerTag{0})
        return add(kError, "is not a dial-peer of this configuration");
    if (peer->type != DialPeer::Type::voip)
        return add(kError, "is a pots dial-peer: a recorder needs a voip one");
    if (!is_plain_number(peer->destination_pattern)) {
        const std::string pattern = peer->destination_pattern;
        findings.push_back(
            {kError, pattern.empty() ? block : peer_block(tag),
             pattern.empty() ? "media-recording" : "destination-pattern",
             "recorder " + std::to_string(tag.value()) +
                 (pattern.empty() ? " has no destination-pattern"
                                  : " has wildcards in its destination-pattern") +
                 ": it must be the plain number to call (digits, A-F, *, #, a leading +)"});
        return;
    }
    if (!peer->usable_outbound())
        add(kWarning,
            "cannot be called: it needs session protocol sipv2 and a session target, and must not "
            "be shut down");
}

void check_recording(const Config& config, Findings& findings) {
    for (const auto& [tag, profile] : config.recorder_profiles)
        for (const auto recorder : profile.recorders)
            check_recorder(config, recorder, "media profile recorder " + std::to_string(tag),
                           findings);
    for (const auto& [tag, media] : config.media_classes) {
        const std::string block = "media class " + std::to_string(tag);
        // Spec F.1: the order of editing does not matter; a missing profile means no recording.
        if (media.recorder_profile && !config.recorder_profiles.contains(*media.recorder_profile))
            findings.push_back({kWarning, block, "recorder profile",
                                "media profile recorder " +
                                    std::to_string(*media.recorder_profile) +
                                    " does not exist: calls of this class are not recorded"});
        if (!media.recorder_parameter) continue;
        for (const auto recorder : media.recorder_parameter->recorders)
            check_recorder(config, recorder, block + " recorder parameter", findings);
    }
}

// ---- dial-peers
// --------------------------------------------------------------------------------------

void check_uris(const Config& config, const DialPeer& peer, Findings& findings) {
    for (const auto& [header, tag] : peer.incoming_uri) {
        const std::string command = std::string("incoming uri ") + header_word(header);
        const auto found = config.uri_classes.find(tag);
        if (found == config.uri_classes.end()) {
            findings.push_back({kError, peer_block(peer.tag), command,
                                "voice class uri " + tag + " does not exist"});
            continue;
        }
        const UriClass& uris = found->second;
        const bool has_host =
            !uris.host_pattern.empty() || !uris.host_addresses.empty() || !uris.host_names.empty();
        // Spec A.4: a Via has a host and nothing else to compare.
        if (header == UriHeader::via &&
            (!has_host || !uris.user_id.empty() || !uris.phone_context.empty()))
            findings.push_back(
                {kWarning, peer_block(peer.tag), command,
                 "voice class uri " + tag + " never matches a Via: that has only a host"});
    }
}

void check_peer(const Config& config, const DialPeer& peer, Findings& findings) {
    const std::string block = peer_block(peer.tag);
    const auto missing = [&](const std::string& command, const std::string& what) {
        findings.push_back({kError, block, command, what + " does not exist"});
    };
    check_uris(config, peer, findings);
    if (peer.codec_class && !config.codec_classes.contains(*peer.codec_class))
        missing("voice-class codec", "voice class codec " + std::to_string(*peer.codec_class));
    if (peer.media_class && !config.media_classes.contains(*peer.media_class))
        missing("media-class", "media class " + std::to_string(*peer.media_class));
    // Spec A.2: without it the peer speaks H.323, which is not offered.
    if (peer.type == DialPeer::Type::voip && !peer.session_protocol_sip &&
        peer.has_inbound_matcher())
        findings.push_back({kWarning, block, "",
                            "dial-peer " + std::to_string(peer.tag.value()) +
                                " is never used: it lacks session protocol sipv2"});
}

}  // namespace

std::vector<Finding> validate(const Config& config) {
    Findings findings;
    check_bind(config, config.voice.sip.bind.control, "control", findings);
    check_bind(config, config.voice.sip.bind.media, "media", findings);
    check_recording(config, findings);
    check_interfaces(config, findings);
    for (const auto& [tag, peer] : config.dial_peers)
        check_peer(config, peer, findings);
    return findings;
}

}  // namespace weir::config
