// SPDX-License-Identifier: Apache-2.0
// The modes of dial-peer voice TAG voip and pots: which rows they have, in the order of printing
// (spec A.2, H.1); the rows stand in the dial_peer_*.cpp of this folder.
#include <iterator>
#include <utility>

#include "config/base/limits.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/dial_peer_rows.hpp"
#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {
namespace {

DialPeer& dial_peer(Config& config, const Scope& scope) {
    return config.dial_peers.at(DialPeerTag{scope.number});
}
SipOptions& sip_of_peer(Config& config, const Scope& scope) {
    return dial_peer(config, scope).sip;
}

// "" of what was typed: it has no line.
std::string line_of(const Place& place) {
    return place.line == 0 ? "" : " (line " + std::to_string(place.line) + ")";
}

Result<Scope> open_peer(const Words& words, Config& config, const Place& place) {
    const DialPeerTag tag{static_cast<std::uint32_t>(words.number("tag"))};
    const auto type = words.has("voip") ? DialPeer::Type::voip : DialPeer::Type::pots;
    const auto known = config.dial_peers.find(tag);
    if (known == config.dial_peers.end()) {
        if (config.dial_peers.size() >= kMaxDialPeers)
            return fail(ErrorCode::exhausted,
                        "there are " + std::to_string(kMaxDialPeers) + " dial-peers already");
        DialPeer& peer = config.dial_peers[tag];
        peer.tag = tag;
        peer.type = type;
        peer.place = place;
    } else if (known->second.type != type) {
        return fail(
            ErrorCode::exists,
            "dial-peer " + std::to_string(tag.value()) + " exists already as " +
                (type == DialPeer::Type::voip ? "pots" : "voip") + line_of(known->second.place) +
                ": delete it first with 'no dial-peer voice " + std::to_string(tag.value()) + "'");
    }
    const auto mode =
        type == DialPeer::Type::voip ? ModeId::dial_peer_voip : ModeId::dial_peer_pots;
    return Scope{mode, tag.value(), "", "dial-peer voice " + std::to_string(tag.value())};
}

void print_all(const Config& config, Printer& out) {
    for (const auto& [tag, peer] : config.dial_peers) {
        const bool voip = peer.type == DialPeer::Type::voip;
        const std::string title = "dial-peer voice " + std::to_string(tag.value());
        out.block(title + (voip ? " voip" : " pots"),
                  {voip ? ModeId::dial_peer_voip : ModeId::dial_peer_pots, tag.value(), "", title});
    }
}

void add(std::vector<CommandRow>& rows, const PeerRows& more) {
    auto made = make_rows(more, dial_peer);
    std::move(made.begin(), made.end(), std::back_inserter(rows));
}

Command<DialPeer> description() {
    return text_field("description <line>", "Text for people", &DialPeer::description);
}
Command<DialPeer> shutdown() {
    return flag("shutdown", "Take the peer out of service", &DialPeer::shutdown);
}

Mode dial_peer_voip_mode() {
    std::vector<CommandRow> rows;
    add(rows, {description()});
    for (auto* const part : {peer_translation_rows, peer_number_type_rows, peer_kept_rows,
                             peer_head_rows, peer_session_rows, peer_inbound_rows,
                             peer_destination_rows, peer_media_rows, peer_sip_rows})
        add(rows, part());
    auto sip = make_rows(sip_rows(SipPlace::peer), sip_of_peer);
    std::move(sip.begin(), sip.end(), std::back_inserter(rows));
    add(rows, peer_codec_rows());
    add(rows, peer_kept_voip_rows());
    add(rows, {shutdown()});
    return {ModeId::dial_peer_voip, ModeId::global, "dial-peer voice TAG voip", "config-dial-peer",
            std::move(rows)};
}

Mode dial_peer_pots_mode() {
    std::vector<CommandRow> rows;
    add(rows, {description()});
    for (auto* const part :
         {peer_translation_rows, peer_number_type_rows, peer_kept_rows, peer_head_rows,
          peer_inbound_rows, peer_destination_rows, peer_pots_rows, peer_kept_pots_rows})
        add(rows, part());
    add(rows, {shutdown()});
    return {ModeId::dial_peer_pots, ModeId::global, "dial-peer voice TAG pots", "config-dial-peer",
            std::move(rows)};
}

}  // namespace

Command<Config> dial_peer_opener() {
    Command<Config> command{
        "dial-peer voice <tag=1-1073741823> {voip | pots}", "A dial-peer", nullptr,
        [](const Words& words, Config& config) {
            config.dial_peers.erase(DialPeerTag{static_cast<std::uint32_t>(words.number("tag"))});
        },
        print_all};
    command.open = open_peer;
    command.key_words = 3;
    return command;
}

std::vector<Mode> dial_peer_modes() {
    return {dial_peer_voip_mode(), dial_peer_pots_mode()};
}

}  // namespace weir::config::language
