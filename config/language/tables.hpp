// SPDX-License-Identifier: Apache-2.0
// The command tables, one function for each group of modes; the rows stand in the order of printing.
#pragma once

#include "config/language/command.hpp"

namespace weir::config::language {

// The modes of one file (or a few) of tables/; modes.cpp puts them together by their id.
[[nodiscard]] std::vector<Mode> global_modes();
[[nodiscard]] std::vector<Mode> voice_service_modes();
[[nodiscard]] std::vector<Mode> voice_class_modes();
[[nodiscard]] std::vector<Mode> media_modes();
[[nodiscard]] std::vector<Mode> interface_modes();
[[nodiscard]] std::vector<Mode> dial_peer_modes();
[[nodiscard]] std::vector<Mode> sip_ua_modes();
[[nodiscard]] std::vector<Mode> tenant_modes();

// What stands in the global table of the objects that have a mode of their own.
[[nodiscard]] std::vector<Command<Config>> voice_class_openers();
[[nodiscard]] std::vector<Command<Config>> media_openers();
[[nodiscard]] Command<Config> interface_opener();
[[nodiscard]] Command<Config> dial_peer_opener();
[[nodiscard]] Command<Config> tenant_opener();

// The SIP settings of three levels (tables/sip_setting.hpp) as rows of the global level: those of
// `sip` in voice service voip, `bind` among them, and those of sip-ua.
[[nodiscard]] std::vector<CommandRow> sip_option_rows();
[[nodiscard]] std::vector<CommandRow> sip_ua_option_rows();

// "{g711ulaw | g711alaw | ...}" (spec A.10), and the codec that a line named.
[[nodiscard]] std::string codec_syntax();
[[nodiscard]] Codec codec_of(const Words& words);
// "[bytes <bytes=10-240>]" behind a codec, read and printed.
[[nodiscard]] std::string codec_text(const CodecPreference& preference);
[[nodiscard]] CodecPreference codec_preference_of(const Words& words);

}  // namespace weir::config::language
