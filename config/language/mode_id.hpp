// SPDX-License-Identifier: Apache-2.0
// The modes of the language.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::config::language {

enum class ModeId : std::uint8_t {
    global,              // host(config)#
    voice_service,       // voice service voip
    trusted_list,        // voice service voip / ip address trusted list
    voice_service_sip,   // voice service voip / sip
    codec_class,         // voice class codec N
    uri_class_sip,       // voice class uri TAG sip
    uri_class_tel,       // voice class uri TAG tel
    recorder_profile,    // media profile recorder N
    media_class,         // media class N
    recorder_parameter,  // media class N / recorder parameter
    interface,           // interface NAME
    dial_peer_voip,      // dial-peer voice TAG voip
    dial_peer_pots,      // dial-peer voice TAG pots
    sip_ua,              // sip-ua
    mode_count,          // last: how many there are
};
inline constexpr std::size_t kModeCount = static_cast<std::size_t>(ModeId::mode_count);

// IOS's prompt of the mode: "config-dial-peer" in host(config-dial-peer)#.
[[nodiscard]] std::string_view prompt_of(ModeId mode);

}  // namespace weir::config::language
