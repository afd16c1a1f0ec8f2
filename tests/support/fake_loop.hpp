// SPDX-License-Identifier: Apache-2.0
// An event loop in virtual time: timers fire in order as the test advances the clock.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "signaling/api/event_loop.hpp"
#include "tests/support/fake_clock.hpp"

namespace weir::tests {

class FakeLoop final : public signaling::EventLoop {
public:
    FakeLoop();
    ~FakeLoop() override;
    FakeLoop(const FakeLoop&) = delete;
    FakeLoop& operator=(const FakeLoop&) = delete;

    [[nodiscard]] const Clock& clock() const override { return clock_; }
    FakeClock& fake_clock() { return clock_; }

    signaling::TimerId after(std::chrono::nanoseconds delay, std::function<void()> action) override;
    void cancel(signaling::TimerId timer) override;
    Result<signaling::WatchId> watch(int fd, std::function<void()> action) override;
    void unwatch(signaling::WatchId watch) override;
    bool post(std::function<void()> action) override;

    // Runs everything that is due within `by`, in time order, and posted work between.
    void advance(std::chrono::nanoseconds by);
    void run_posted();
    [[nodiscard]] std::size_t pending_timers() const { return timers_.size(); }

private:
    FakeClock clock_;
    std::uint64_t last_id_ = 0;
    std::map<std::pair<MonoTime, std::uint64_t>, std::function<void()>> timers_;
    std::map<int, std::function<void()>> watches_;
    std::vector<std::function<void()>> posted_;
};

}  // namespace weir::tests
