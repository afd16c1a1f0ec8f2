// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice N` (spec H.3): the whole peer, and from which level each value came.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/model/resolve.hpp"

namespace weir::config {

// One SIP setting of a peer as it holds: {"rel1xx", "require 100rel", tenant}.
struct PeerSetting {
    std::string_view name;  // "rel1xx", "profiles inbound", "block 183"
    std::string value;      // the words of the command; "enabled", "disabled"; "none"
    Level level = Level::built_in;
};
// All of them, in the order of the block. Thread: any.
[[nodiscard]] std::vector<PeerSetting> sip_settings_of(const Config& config, const DialPeer& peer);

// The block, without counters: those are of the process, not of the configuration. Thread: any.
[[nodiscard]] std::string show_dial_peer_voice(const Config& config, const DialPeer& peer);

// "dial-peer", "tenant", "global", "default": for JSON.
[[nodiscard]] std::string_view to_text(Level level);

// What the operation state is, and why it is down: "shutdown", "no session protocol sipv2", "no
// session target or server-group", "no way to match it"; "" when up.
[[nodiscard]] std::string why_down(const DialPeer& peer);

}  // namespace weir::config
