// SPDX-License-Identifier: Apache-2.0
// The global table: its own commands and, in the order of spec H.1, the objects with a mode of
// their own.
#include <iterator>
#include <utility>
#include <vector>

#include "config/language/fields.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/class_tables.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

Config& whole(Config& config, const Scope&) {
    return config;
}

// Rows in the order of printing, from commands and from rows.
class Rows {
public:
    void add(const std::vector<Command<Config>>& commands) { add(make_rows(commands, whole)); }
    void add(std::vector<CommandRow> rows) {
        std::move(rows.begin(), rows.end(), std::back_inserter(rows_));
    }
    std::vector<CommandRow> take() { return std::move(rows_); }

private:
    std::vector<CommandRow> rows_;
};

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

// The order is that of the running configuration: what the node is, what is common to all calls,
// classes, media, numbers, interfaces, dial-peers, gateway, sip-ua, terminals.
static Mode global_mode() {
    Rows rows;
    rows.add({text_field("version <line>", "Release that wrote the configuration; without effect",
                         &Config::version)});
    rows.add(kept_service_commands());
    rows.add({text_field("hostname <host>", "Name of this node", &Config::hostname)});
    rows.add(kept_boot_commands());
    rows.add(kept_aaa_openers());
    rows.add(kept_licence_commands());
    rows.add(kept_network_openers());
    rows.add(kept_card_openers());
    rows.add(kept_pots_openers());
    rows.add({voice_service_opener()});
    rows.add(voice_class_openers());
    rows.add(kept_class_openers());
    rows.add({tenant_opener()});
    rows.add(kept_media_openers());
    rows.add(media_openers());
    rows.add({interface_opener()});
    rows.add(kept_address_commands());
    rows.add(kept_admission_commands());
    rows.add(kept_port_openers());
    rows.add(kept_voice_commands());
    rows.add(hunt_commands());
    rows.add({dial_peer_opener()});
    rows.add(gateway_openers());
    rows.add({sip_ua_opener()});
    rows.add(kept_accounting_openers());
    rows.add(kept_application_openers());
    rows.add(kept_last_commands());
    return {ModeId::global, ModeId::global, "global configuration", "config", rows.take()};
}

std::vector<Mode> global_modes() {
    return {global_mode()};
}

}  // namespace weir::config::language
