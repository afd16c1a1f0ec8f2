// SPDX-License-Identifier: Apache-2.0
// CoreShare: whether a worker that sleeps when idle leaves others enough of its core to be
// preferred to all of them.
//
// Thread: one worker. No clock of its own, no system call.
#pragma once

#include <cstdint>

#include "config/base/clock.hpp"
#include "dataplane/engine/engine_limits.hpp"

namespace weir::dataplane {

class CoreShare {
public:
    // The worker has slept for so long. What is shorter than kShortestRest gave nobody anything.
    void slept(std::int64_t ns) noexcept {
        if (ns >= std::chrono::nanoseconds(kShortestRest).count()) rested_ns_ += ns;
    }
    // Once a turn. False while the worker would starve others: at once after a window with too
    // little rest, and until kCalmWindows in a row had more than enough.
    bool leaves_enough(MonoTime now) noexcept {
        if (now.ns >= window_ends_ns_) [[unlikely]]
            end_window(now);
        return leaves_enough_;
    }

private:
    void end_window(MonoTime now) noexcept {
        constexpr auto kWindow = std::chrono::nanoseconds(kRestWindow).count();
        const bool is_first = window_ends_ns_ == 0;
        // A window that ends late (the machine stood still) is no shorter for that.
        const std::int64_t length = kWindow + (is_first ? 0 : now.ns - window_ends_ns_);
        window_ends_ns_ = now.ns + kWindow;
        const std::int64_t rested = rested_ns_;
        rested_ns_ = 0;
        if (is_first) return;
        if (leaves_enough_) {
            leaves_enough_ = rested * 100 >= length * kLeastRestPercent;
            calm_windows_ = 0;
        } else {
            calm_windows_ = rested * 100 >= length * kCalmRestPercent ? calm_windows_ + 1 : 0;
            leaves_enough_ = calm_windows_ >= kCalmWindows;
        }
    }

    std::int64_t window_ends_ns_ = 0;
    std::int64_t rested_ns_ = 0;
    unsigned calm_windows_ = 0;
    bool leaves_enough_ = true;
};

}  // namespace weir::dataplane
