// SPDX-License-Identifier: Apache-2.0
// The peer that a command names, shown by config/model/show_peer.
#include "deploy/apps/peer_commands.hpp"

#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "config/base/text.hpp"
#include "config/model/show_peer.hpp"

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

std::string peer_json(const Config& config, const DialPeer& peer) {
    boost::json::object object{
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

config::CommandHandler handler_of(const WithPlan& with_plan, Show show) {
    return [with_plan, show](const Arguments& arguments, const config::Respond& respond) {
        with_plan([show, typed = arguments.front(),
                   respond](const auto& plan) { respond(show_peer(*plan->config(), typed, show)); },
                  respond);
    };
}

}  // namespace

void add_peer_commands(config::CommandTable& table, const WithPlan& with_plan) {
    config::OperatorCommand command;
    command.words = "show dial-peer voice <tag>";
    command.help = "One dial-peer, and from which level each of its settings comes";
    command.handler = handler_of(with_plan, config::show_dial_peer_voice);
    command.json = handler_of(with_plan, peer_json);
    table.add(std::move(command));
}

}  // namespace weir::apps
