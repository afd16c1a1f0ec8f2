// SPDX-License-Identifier: Apache-2.0
// The global table: its own commands and, in the order of spec H.1, the objects with a mode of
// their own.
#include <utility>

#include "config/language/fields.hpp"
#include "config/language/tables.hpp"

namespace weir::config::language {
namespace {

Config& whole(Config& config, const Scope&) {
    return config;
}

void append(std::vector<Command<Config>>& to, std::vector<Command<Config>> more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

Command<Config> voice_service_opener() {
    const Scope scope{ModeId::voice_service, 0, "", "voice service voip"};
    Command<Config> command{
        "voice service voip", "Behaviour common to all calls", nullptr,
        [](const Words&, Config& config) { config.voice = {}; },
        [scope](const Config&, Printer& out) { out.block_if_any(scope.title, scope); }};
    command.open = [scope](const Words&, Config&, const Place&) -> Result<Scope> { return scope; };
    return command;
}

Command<Config> sip_ua_opener() {
    const Scope scope{ModeId::sip_ua, 0, "", "sip-ua"};
    Command<Config> command{
        "sip-ua", "Timers and retries of SIP", nullptr,
        [](const Words&, Config& config) { config.sip_ua = {}; },
        [scope](const Config&, Printer& out) { out.block_if_any(scope.title, scope); }};
    command.open = [scope](const Words&, Config&, const Place&) -> Result<Scope> { return scope; };
    return command;
}

}  // namespace

static Mode global_mode() {
    std::vector<Command<Config>> commands{
        text_field("version <line>", "Release that wrote the configuration; without effect",
                   &Config::version),
        text_field("hostname <host>", "Name of this node", &Config::hostname),
        voice_service_opener(),
    };
    append(commands, voice_class_openers());
    append(commands, media_openers());
    commands.push_back(interface_opener());
    commands.push_back(
        number("dial-peer hunt <0-7>", "Order of peers that match", &Config::dial_peer_hunt));
    commands.push_back(dial_peer_opener());
    commands.push_back(sip_ua_opener());
    return {ModeId::global, ModeId::global, "global configuration", "config",
            make_rows(commands, whole)};
}

std::vector<Mode> global_modes() {
    return {global_mode()};
}

}  // namespace weir::config::language
