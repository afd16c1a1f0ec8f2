// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice summary` (spec H.2). Pure.
#pragma once

#include <map>
#include <string>

#include "config/model/config.hpp"

namespace weir::signaling {

// "active", "busyout" or "partial" of the peers with a keepalive (spec A.12).
using KeepaliveColumn = std::map<config::DialPeerTag, std::string>;

[[nodiscard]] std::string show_dial_peer_voice_summary(const config::Config& config,
                                                       const KeepaliveColumn& keepalive = {});

}  // namespace weir::signaling
