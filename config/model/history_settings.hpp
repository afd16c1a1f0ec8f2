// SPDX-License-Identifier: Apache-2.0
// dial-control-mib and call history-mib (spec H.5): how many ended calls are shown, and how long.
#pragma once

#include <chrono>
#include <cstddef>

#include "config/model/config.hpp"

namespace weir::config {

struct HistorySettings {
    std::size_t calls = 50;         // max-size 0..500; 0 keeps none
    std::chrono::minutes time{15};  // retain-timer
};

// Of both commands the line that stands last counts. Thread: any.
[[nodiscard]] HistorySettings history_settings(const Config& config);

}  // namespace weir::config
