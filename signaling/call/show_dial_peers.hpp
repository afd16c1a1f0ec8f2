// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice summary` (spec H.2). Pure.
#pragma once

#include <string>

#include "config/model/config.hpp"

namespace weir::signaling {

[[nodiscard]] std::string show_dial_peer_voice_summary(const config::Config& config);

}  // namespace weir::signaling
