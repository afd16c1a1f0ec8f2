// SPDX-License-Identifier: Apache-2.0
// An event loop for tests with real threads: posted work is awaited, timers run in virtual time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/support/fake_loop.hpp"

namespace weir::tests {

class WaitingLoop final : public signaling::EventLoop {
public:
    [[nodiscard]] const Clock& clock() const override { return clock_; }
    signaling::TimerId after(std::chrono::nanoseconds delay,
                             std::function<void()> action) override {
        return timers_.after(delay, std::move(action));
    }
    void cancel(signaling::TimerId timer) override { timers_.cancel(timer); }
    Result<signaling::WatchId> watch(int fd, std::function<void()> action) override {
        return timers_.watch(fd, std::move(action));
    }
    void unwatch(signaling::WatchId watch) override { timers_.unwatch(watch); }
    bool post(std::function<void()> action) override {
        {
            const std::lock_guard lock(mutex_);
            posted_.push_back(std::move(action));
        }
        came_.notify_one();
        return true;
    }

    // Runs posted work until `condition` holds; false when nothing came for ten seconds, which is
    // far more than any machine needs.
    bool run_until(const std::function<bool()>& condition) {
        while (!condition()) {
            std::vector<std::function<void()>> work;
            {
                std::unique_lock lock(mutex_);
                if (!came_.wait_for(lock, std::chrono::seconds(10),
                                    [this] { return !posted_.empty(); }))
                    return false;
                work = std::exchange(posted_, {});
            }
            for (auto& action : work)
                action();
        }
        return true;
    }
    // Lets virtual time pass for the timers. Other threads live in real time.
    void advance(std::chrono::nanoseconds by) { timers_.advance(by); }

private:
    SystemClock clock_;
    FakeLoop timers_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<std::function<void()>> posted_;
};

}  // namespace weir::tests
