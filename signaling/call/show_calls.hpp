// SPDX-License-Identifier: Apache-2.0
// `show call active voice compact`: one line per call leg (spec H.5). Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/base/address.hpp"

namespace weir::signaling {

struct ActiveLeg {
    std::uint64_t id = 0;         // of the leg, as in every other `show`
    bool answered_by_us = true;   // ANS: the party called us; ORG: we called, also a recorder
    std::chrono::seconds age{0};  // since the leg was connected, or since it began
    std::string codec;            // keyword of the language; "" = not negotiated yet
    bool video = false;
    std::string peer;  // number of the party; of a forked leg the recorder's pattern
    Endpoint remote;   // where its media are; unset before its SDP
};

[[nodiscard]] std::string show_call_active_voice_compact(const std::vector<ActiveLeg>& legs);

}  // namespace weir::signaling
