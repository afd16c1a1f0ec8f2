// SPDX-License-Identifier: Apache-2.0
// The slots of `call spike`.
#include "signaling/edge/spike_window.hpp"

#include <algorithm>
#include <chrono>

namespace weir::signaling {

void SpikeWindow::slide(MonoTime now) {
    const auto steps = static_cast<std::int64_t>(limit_.steps);
    const std::int64_t newest = now.ns / std::chrono::nanoseconds(limit_.size).count();
    // Slots that have passed out of the window; all of them after a long silence.
    for (std::int64_t slot = slot_ + 1; slot <= std::min(newest, slot_ + steps); ++slot) {
        auto& count = slots_[static_cast<std::size_t>(slot % steps)];
        total_ -= count;
        count = 0;
    }
    if (newest > slot_ + steps) {
        slots_.fill(0);
        total_ = 0;
    }
    slot_ = std::max(slot_, newest);
}

bool SpikeWindow::try_take(MonoTime now) {
    slide(now);
    if (total_ >= limit_.calls) {
        ++refused_;
        return false;
    }
    ++total_;
    ++slots_[static_cast<std::size_t>(slot_ % static_cast<std::int64_t>(limit_.steps))];
    return true;
}

std::uint64_t SpikeWindow::count(MonoTime now) {
    slide(now);
    return total_;
}

}  // namespace weir::signaling
