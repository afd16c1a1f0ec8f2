// SPDX-License-Identifier: Apache-2.0
// A clock that moves only when the test says so.
#pragma once

#include "config/base/clock.hpp"

namespace weir::tests {

class FakeClock final : public Clock {
public:
    [[nodiscard]] MonoTime now() const override { return now_; }
    [[nodiscard]] WallTime wall() const override { return {now_.ns + kEpoch}; }
    void advance(std::chrono::nanoseconds by) { now_ = now_ + by; }
    void set(MonoTime time) { now_ = time; }

private:
    static constexpr std::int64_t kEpoch = 1'790'000'000'000'000'000;  // some day of 2026
    MonoTime now_{1'000'000'000};
};

}  // namespace weir::tests
