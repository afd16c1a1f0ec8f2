// SPDX-License-Identifier: Apache-2.0
// Checks of a configuration across commands: references, recorders, interfaces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/model/config.hpp"

namespace weir::config {

struct Finding {
    enum class Severity : std::uint8_t { error, warning };
    Severity severity = Severity::error;
    std::string block;    // head of the block: "dial-peer voice 10", "sip", "" = global
    std::string command;  // the command that is wrong, as far as needed: "voice-class codec"
    std::string text;     // one sentence
};

// All findings, in the order of the running configuration. Thread: any.
[[nodiscard]] std::vector<Finding> validate(const Config& config);

}  // namespace weir::config
