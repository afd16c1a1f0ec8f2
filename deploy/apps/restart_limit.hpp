// SPDX-License-Identifier: Apache-2.0
// RestartLimit: how often a child may die before the node gives up.
#pragma once

#include <deque>

#include "config/base/clock.hpp"
#include "config/base/limits.hpp"

namespace weir::apps {

class RestartLimit {
public:
    // Counts a death at `now`. False: more than kRestartIntensity within kRestartWindow.
    [[nodiscard]] bool allows(MonoTime now) {
        while (!deaths_.empty() && now - deaths_.front() > kRestartWindow)
            deaths_.pop_front();
        deaths_.push_back(now);
        return deaths_.size() <= kRestartIntensity;
    }
    // The first restart within the window comes at once: calls wait for it.
    [[nodiscard]] std::chrono::nanoseconds pause() const {
        return deaths_.size() <= 1 ? std::chrono::nanoseconds::zero()
                                   : std::chrono::nanoseconds(kRestartPause);
    }

private:
    std::deque<MonoTime> deaths_;  // at most kRestartIntensity + 1
};

}  // namespace weir::apps
