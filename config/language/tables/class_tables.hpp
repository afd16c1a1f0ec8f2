// SPDX-License-Identifier: Apache-2.0
// The tables of classes, translations and profiles: what voice_class.cpp and media.cpp put
// together.
#pragma once

#include <vector>

#include "config/language/command.hpp"

namespace weir::config::language {

// What opens the objects in the global table, in the order of printing.
[[nodiscard]] std::vector<Command<Config>> routing_class_openers();
[[nodiscard]] std::vector<Command<Config>> server_class_openers();
[[nodiscard]] std::vector<Command<Config>> sip_class_openers();
[[nodiscard]] std::vector<Command<Config>> sip_profile_openers();
[[nodiscard]] std::vector<Command<Config>> translation_openers();
[[nodiscard]] std::vector<Command<Config>> number_expansion_rows();
[[nodiscard]] std::vector<Command<Config>> cor_openers();
[[nodiscard]] std::vector<Command<Config>> number_table_openers();

// The same for blocks that are kept without effect.
[[nodiscard]] std::vector<CommandRow> kept_class_openers();   // voice class dscp-profile
[[nodiscard]] std::vector<CommandRow> kept_media_openers();   // media profile video, police

[[nodiscard]] std::vector<Mode> routing_class_modes();
[[nodiscard]] std::vector<Mode> server_class_modes();
[[nodiscard]] std::vector<Mode> sip_class_modes();
[[nodiscard]] std::vector<Mode> sip_profile_modes();
[[nodiscard]] std::vector<Mode> translation_modes();
[[nodiscard]] std::vector<Mode> cor_modes();
[[nodiscard]] std::vector<Mode> number_table_modes();

}  // namespace weir::config::language
