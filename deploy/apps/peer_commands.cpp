// SPDX-License-Identifier: Apache-2.0
// The peer that a command names, shown by config/model/show_peer.
#include "deploy/apps/peer_commands.hpp"

#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "config/base/text.hpp"
#include "config/model/show_peer.hpp"
#include "signaling/call/show_dial_peers.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using config::Config;
using config::DialPeer;
using config::DialPeerTag;
using Arguments = std::vector<std::string>;
using Show = std::string (*)(const Config&, const DialPeer&);

Answer show_peer(const Config& config, const std::string& typed, Show show) {
    const auto tag = text::number(typed);
    const DialPeer* peer = tag && *tag <= UINT32_MAX
                               ? config.find_peer(DialPeerTag{static_cast<std::uint32_t>(*tag)})
                               : nullptr;
    if (peer == nullptr)
        return {false, "% There is no dial-peer " + text::printable(typed, 20) + "\n"};
    return {true, show(config, *peer)};
}

boost::json::object settings_json(const Config& config, const DialPeer& peer) {
    boost::json::object settings;
    for (const config::PeerSetting& setting : config::sip_settings_of(config, peer))
        settings[setting.name] =
            boost::json::object{{"value", setting.value}, {"level", to_text(setting.level)}};
    return settings;
}

// What a line of the summary says.
boost::json::object summary_json(const DialPeer& peer) {
    return boost::json::object{
        {"tag", peer.tag.value()},
        {"type", peer.type == DialPeer::Type::voip ? "voip" : "pots"},
        {"description", peer.description},
        {"admin", peer.shutdown ? "down" : "up"},
        {"operation", peer.oper_up() ? "up" : "down"},
        {"why_down", config::why_down(peer)},
        {"destination_pattern", peer.destination_pattern},
        {"incoming_called_number", peer.incoming_called_number},
        {"answer_address", peer.answer_address},
        {"preference", peer.preference},
        {"huntstop", peer.huntstop},
        {"session_target", to_words(peer.target)},
        {"port", peer.port},
    };
}

std::string peer_json(const Config& config, const DialPeer& peer) {
    boost::json::object object = summary_json(peer);
    const auto number = [&object](const char* key, const std::optional<std::uint32_t>& value) {
        object[key] = value ? boost::json::value(*value) : boost::json::value(nullptr);
    };
    number("session_server_group", peer.server_group);
    number("max_conn", peer.max_conn);
    number("voice_class_codec", peer.codec_class);
    number("media_class", peer.media_class);
    number("destination_dpg", peer.dpg);
    number("tenant", peer.tenant);
    if (peer.type == DialPeer::Type::voip) object["sip"] = settings_json(config, peer);
    return boost::json::serialize(object) + "\n";
}

}  // namespace

void add_peer_commands(config::CommandTable& table, const PlanSources& plans,
                       const KeepaliveSource& keepalive) {
    add_plan_command(
        table, plans,
        {"show dial-peer voice summary", "One line per dial-peer",
         [keepalive](const dialplan::DialPlan& plan, const Arguments&) {
             return Answer{
                 true, signaling::show_dial_peer_voice_summary(
                           *plan.config(), keepalive ? keepalive() : signaling::KeepaliveColumn{})};
         },
         [](const dialplan::DialPlan& plan, const Arguments&) {
             boost::json::array peers;
             for (const auto& [tag, peer] : plan.config()->dial_peers)
                 peers.push_back(summary_json(peer));
             return Answer{true, boost::json::serialize(peers) + "\n"};
         }});
}

config::Answer show_peer_of(const dialplan::DialPlan& plan, const std::vector<std::string>& typed,
                            bool as_json) {
    return show_peer(*plan.config(), typed.front(),
                     as_json ? peer_json : config::show_dial_peer_voice);
}

}  // namespace weir::apps
