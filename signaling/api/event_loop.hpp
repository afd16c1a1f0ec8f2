// SPDX-License-Identifier: Apache-2.0
// EventLoop: timers, descriptors and posted work of one thread; sofia's su_root in programs,
// virtual time in tests (tests/support/fake_loop.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/base/strong.hpp"

namespace weir::signaling {

using TimerId = Strong<struct TimerIdName, std::uint64_t>;  // 0 = none
using WatchId = Strong<struct WatchIdName, std::uint64_t>;

class EventLoop {
public:
    virtual ~EventLoop() = default;
    [[nodiscard]] virtual const Clock& clock() const = 0;
    // One shot, monotonic. Thread: the loop's own.
    virtual TimerId after(std::chrono::nanoseconds delay, std::function<void()> action) = 0;
    virtual void cancel(TimerId timer) = 0;  // of a timer that fired or never was: nothing
    // Calls `action` whenever fd is readable (or has hung up). Thread: the loop's own.
    [[nodiscard]] virtual Result<WatchId> watch(int fd, std::function<void()> action) = 0;
    virtual void unwatch(WatchId watch) = 0;
    // Runs `action` on the loop's thread. Thread: any; never blocks. False when the bounded queue
    // is full.
    virtual bool post(std::function<void()> action) = 0;
};

}  // namespace weir::signaling
