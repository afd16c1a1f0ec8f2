// SPDX-License-Identifier: Apache-2.0
// SpikeWindow: new calls in a sliding window of slots (`call spike`, spec J.2).
#pragma once

#include <array>
#include <cstdint>

#include "config/base/clock.hpp"
#include "config/model/call_limits.hpp"

namespace weir::signaling {

// The window is the slot of now and the steps - 1 before it. A refused call is not counted, so
// that a caller who tries again all the time does not keep the door shut.
class SpikeWindow {
public:
    explicit SpikeWindow(const config::SpikeLimit& limit) : limit_(limit) {}

    // Takes one new call; false when the window is full. The clock never goes back.
    [[nodiscard]] bool try_take(MonoTime now);
    // Calls in the window at `now`.
    [[nodiscard]] std::uint64_t count(MonoTime now);
    [[nodiscard]] const config::SpikeLimit& limit() const { return limit_; }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    void slide(MonoTime now);

    static constexpr std::size_t kMaxSteps = 10;
    config::SpikeLimit limit_;
    std::array<std::uint64_t, kMaxSteps> slots_{};  // by slot number modulo the steps
    std::int64_t slot_ = 0;                         // number of the newest slot
    std::uint64_t total_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace weir::signaling
