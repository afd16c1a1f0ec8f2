// SPDX-License-Identifier: Apache-2.0
// What the global tables and those of voice service voip take from the tables of what is kept.
#pragma once

#include <vector>

#include "config/language/command.hpp"

namespace weir::config::language {

// Global commands by their place in the running configuration.
[[nodiscard]] std::vector<Command<Config>> kept_service_commands();
[[nodiscard]] std::vector<Command<Config>> kept_boot_commands();
[[nodiscard]] std::vector<Command<Config>> kept_licence_commands();
[[nodiscard]] std::vector<Command<Config>> kept_address_commands();
[[nodiscard]] std::vector<Command<Config>> kept_voice_commands();
[[nodiscard]] std::vector<Command<Config>> kept_admission_commands();
[[nodiscard]] std::vector<Command<Config>> kept_last_commands();

// Global commands that open a block.
[[nodiscard]] std::vector<CommandRow> kept_network_openers();
[[nodiscard]] std::vector<CommandRow> kept_aaa_openers();
[[nodiscard]] std::vector<CommandRow> kept_card_openers();
[[nodiscard]] std::vector<CommandRow> kept_pots_openers();
[[nodiscard]] std::vector<CommandRow> kept_port_openers();
[[nodiscard]] std::vector<CommandRow> gateway_openers();
[[nodiscard]] std::vector<CommandRow> kept_accounting_openers();
[[nodiscard]] std::vector<CommandRow> kept_application_openers();

// Rows within typed modes.
[[nodiscard]] std::vector<Command<VoiceService>> kept_voice_service_commands();
[[nodiscard]] std::vector<CommandRow> kept_voice_service_openers();
[[nodiscard]] std::vector<Command<KeptLines>> kept_sip_commands();
[[nodiscard]] std::vector<Command<SipUa>> kept_sip_ua_commands();
[[nodiscard]] std::vector<Command<SipUa>> sip_ua_security_commands();
[[nodiscard]] std::vector<Command<SipUa>> cause_map_commands();
[[nodiscard]] std::vector<Command<Interface>> kept_interface_commands();
[[nodiscard]] std::vector<Command<Config>> hunt_commands();
[[nodiscard]] std::vector<Command<VoiceService>> trusted_commands();
[[nodiscard]] Mode trusted_list_mode();

// The blocks themselves.
[[nodiscard]] std::vector<Mode> kept_network_modes();
[[nodiscard]] std::vector<Mode> kept_security_modes();
[[nodiscard]] std::vector<Mode> kept_hardware_modes();
[[nodiscard]] std::vector<Mode> kept_voice_modes();

}  // namespace weir::config::language
