// SPDX-License-Identifier: Apache-2.0
// The command tables, one function for each mode; the rows stand in the order of printing.
#pragma once

#include "config/language/command.hpp"

namespace weir::config::language {

[[nodiscard]] Mode global_mode();
[[nodiscard]] Mode voice_service_mode();
[[nodiscard]] Mode trusted_list_mode();
[[nodiscard]] Mode voice_service_sip_mode();
[[nodiscard]] Mode codec_class_mode();
[[nodiscard]] Mode uri_class_sip_mode();
[[nodiscard]] Mode uri_class_tel_mode();
[[nodiscard]] Mode recorder_profile_mode();
[[nodiscard]] Mode media_class_mode();
[[nodiscard]] Mode recorder_parameter_mode();
[[nodiscard]] Mode interface_mode();
[[nodiscard]] Mode dial_peer_voip_mode();
[[nodiscard]] Mode dial_peer_pots_mode();
[[nodiscard]] Mode sip_ua_mode();

// What stands in the global table of the objects that have a mode of their own.
[[nodiscard]] std::vector<Command<Config>> voice_class_openers();
[[nodiscard]] std::vector<Command<Config>> media_openers();
[[nodiscard]] Command<Config> interface_opener();
[[nodiscard]] Command<Config> dial_peer_opener();

// "{g711ulaw | g711alaw | ...}" (spec A.10), and the codec that a line named.
[[nodiscard]] std::string codec_syntax();
[[nodiscard]] Codec codec_of(const Words& words);
// "[bytes <bytes=10-240>]" behind a codec, read and printed.
[[nodiscard]] std::string codec_text(const CodecPreference& preference);
[[nodiscard]] CodecPreference codec_preference_of(const Words& words);

}  // namespace weir::config::language
