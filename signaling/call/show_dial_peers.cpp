// SPDX-License-Identifier: Apache-2.0
// The table of dial-peers.
#include "signaling/call/show_dial_peers.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir::signaling {
namespace {

// The target, or the tag of the server-group in its place (spec H.2).
std::string target_text(const config::DialPeer& peer) {
    return peer.server_group ? std::to_string(*peer.server_group) : to_words(peer.target);
}

// Tags of more than six digits go on in the next line, as on the router.
std::string row(const config::DialPeer& peer, const KeepaliveColumn& keepalive) {
    constexpr std::size_t kTagWidth = 6;
    const std::string tag = std::to_string(peer.tag.value());
    const bool voip = peer.type == config::DialPeer::Type::voip;
    const bool wrapped = tag.size() > kTagWidth;
    std::string line = fmt::format(
        "{:<7}{:<6}{:<5}{:<5}{:<10}{:<18}{:>3} {:<5}{:<15}",
        wrapped ? tag.substr(0, kTagWidth - 1) + "-" : tag, voip ? "voip" : "pots",
        peer.shutdown ? "down" : "up", peer.oper_up() ? "up" : "down", peer.prefix,
        peer.destination_pattern, peer.preference, voip ? "syst" : "", target_text(peer));
    if (!voip) line += fmt::format("{:<5}{}", peer.oper_up() ? "up" : "down", peer.port);
    if (const auto found = keepalive.find(peer.tag); found != keepalive.end())
        line += fmt::format("{:<13}{:<11}NA", "", found->second);
    line.erase(line.find_last_not_of(' ') + 1);
    return wrapped ? fmt::format("{}\n{}\n", line, tag.substr(kTagWidth - 1)) : line + "\n";
}

}  // namespace

std::string show_dial_peer_voice_summary(const config::Config& config,
                                         const KeepaliveColumn& keepalive) {
    std::string text = fmt::format("dial-peer hunt {}\n", config.dial_peer_hunt);
    text +=
        "             AD                                    PRE PASS SESS-SER-GRP\\             "
        "OUT\n";
    text +=
        "TAG    TYPE  MIN  OPER PREFIX    DEST-PATTERN      FER THRU SESS-TARGET    STAT PORT    "
        "KEEPALIVE  VRF\n";
    for (const auto& [tag, peer] : config.dial_peers)
        text += row(peer, keepalive);
    return text;
}

}  // namespace weir::signaling
