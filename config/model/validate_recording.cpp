// SPDX-License-Identifier: Apache-2.0
// Recorders and what names them (spec F.1, F.7).
#include <algorithm>

#include "config/model/number_pattern.hpp"
#include "config/model/validate_parts.hpp"

namespace weir::config {
namespace {

constexpr const char* kMissing = "is not a dial-peer of this configuration";

// The destination-pattern is the number that is dialled (spec F.1), so it has to be a plain one.
void check_number(const DialPeer& peer, const std::string& block, const std::string& command,
                  Findings& findings) {
    const std::string name = "recorder " + std::to_string(peer.tag.value());
    const std::string what =
        ": it must be the plain number to call (digits, A-F, *, #, a leading +)";
    if (peer.destination_pattern.empty())
        BlockFindings(findings, block).error(command, name + " has no destination-pattern" + what);
    else
        BlockFindings(findings, peer_block(peer.tag))
            .error("destination-pattern",
                   name + " has wildcards in its destination-pattern" + what);
}

void check_recorder(const Config& config, DialPeerTag tag, const std::string& block,
                    const std::string& command, Findings& findings) {
    const BlockFindings at(findings, block);
    const std::string name = "recorder " + std::to_string(tag.value()) + " ";
    const DialPeer* peer = config.find_peer(tag);
    // Tag 0 is the default peer, which no configuration names.
    if (!peer || tag == DialPeerTag{0}) return at.error(command, name + kMissing);
    if (peer->type != DialPeer::Type::voip)
        return at.error(command, name + "is a pots dial-peer: a recorder needs a voip one");
    if (!is_plain_number(peer->destination_pattern))
        return check_number(*peer, block, command, findings);
    if (peer->server_group)
        return BlockFindings(findings, peer_block(tag))
            .error("session server-group",
                   name +
                       "has a server-group, which recorders cannot use: name each of the "
                       "servers in a dial-peer of its own");
    if (!peer->usable_outbound())
        at.warn(command, name +
                             "cannot be called: it needs session protocol sipv2 and a session "
                             "target, and must not be shut down");
}

void check_proxy(const Config& config, const ProxyRecorders& proxy, const std::string& block,
                 Findings& findings) {
    const std::string command = "media-recording proxy";
    for (const auto recorder : proxy.optional)
        check_recorder(config, recorder, block, command, findings);
    for (const auto recorder : proxy.secure) {
        check_recorder(config, recorder, block, command + " secure", findings);
        const DialPeer* peer = config.find_peer(recorder);
        if (peer && (!peer->srtp || *peer->srtp == SrtpMode::off))
            BlockFindings(findings, block)
                .warn(command + " secure", "recorder " + std::to_string(recorder.value()) +
                                               " has no srtp: its copy would not be secure");
    }
    const auto& list = proxy.optional;
    if (proxy.mandatory && std::find(list.begin(), list.end(), *proxy.mandatory) == list.end())
        BlockFindings(findings, block)
            .error("proxy policy mandatory",
                   "the mandatory recorder " + std::to_string(proxy.mandatory->value()) +
                       " is not one of the recorders of media-recording proxy");
}

void check_profile(const Config& config, const RecorderProfile& profile, const std::string& block,
                   Findings& findings) {
    const auto is_there = [&](DialPeerTag tag) { return config.dial_peers.contains(tag); };
    const bool some = std::any_of(profile.recorders.begin(), profile.recorders.end(), is_there);
    for (const auto recorder : profile.recorders) {
        // One recorder that is missing must not cost the call those that are there.
        if (some && !is_there(recorder))
            BlockFindings(findings, block)
                .warn("media-recording", "recorder " + std::to_string(recorder.value()) + " " +
                                             kMissing + ": the others are tried without it");
        else
            check_recorder(config, recorder, block, "media-recording", findings);
    }
    check_proxy(config, profile.proxy, block, findings);
}

}  // namespace

void validate_recording(const Config& config, Findings& findings) {
    for (const auto& [tag, profile] : config.recorder_profiles)
        check_profile(config, profile, "media profile recorder " + std::to_string(tag), findings);
    for (const auto& [tag, media] : config.media_classes) {
        const std::string block = "media class " + std::to_string(tag);
        // Spec F.1: the order of editing does not matter; a missing profile means no recording.
        BlockFindings(findings, block)
            .reference("recorder profile", media.recorder_profile, config.recorder_profiles,
                       "media profile recorder", "calls of this class are not recorded");
        if (media.recorder_parameter)
            check_profile(config, *media.recorder_parameter, block + " recorder parameter",
                          findings);
    }
}

}  // namespace weir::config
