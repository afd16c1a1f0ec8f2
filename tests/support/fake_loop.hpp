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
    [[nodiscard]] const Clock& clock() const override { return clock_; }
    FakeClock& fake_clock() { return clock_; }

    signaling::TimerId after(std::chrono::nanoseconds delay,
                             std::function<void()> action) override {
        const auto id = ++last_id_;
        timers_.emplace(std::pair{clock_.now() + delay, id}, std::move(action));
        return signaling::TimerId{id};
    }
    void cancel(signaling::TimerId timer) override {
        for (auto it = timers_.begin(); it != timers_.end(); ++it) {
            if (it->first.second != timer.value()) continue;
            timers_.erase(it);
            return;
        }
    }
    Result<signaling::WatchId> watch(int fd, std::function<void()> action) override {
        watches_[fd] = std::move(action);
        return signaling::WatchId{static_cast<std::uint64_t>(fd)};
    }
    void unwatch(signaling::WatchId watch) override {
        watches_.erase(static_cast<int>(watch.value()));
    }
    bool post(std::function<void()> action) override {
        posted_.push_back(std::move(action));
        return true;
    }

    // Runs everything that is due within `by`, in time order, and posted work between.
    void advance(std::chrono::nanoseconds by) {
        const MonoTime until = clock_.now() + by;
        run_posted();
        while (!timers_.empty() && timers_.begin()->first.first <= until) {
            auto node = timers_.extract(timers_.begin());
            clock_.set(node.key().first);
            node.mapped()();
            run_posted();
        }
        clock_.set(until);
    }
    void run_posted() {
        while (!posted_.empty()) {
            auto work = std::exchange(posted_, {});
            for (auto& action : work)
                action();
        }
    }
    [[nodiscard]] std::size_t pending_timers() const { return timers_.size(); }

private:
    FakeClock clock_;
    std::uint64_t last_id_ = 0;
    std::map<std::pair<MonoTime, std::uint64_t>, std::function<void()>> timers_;
    std::map<int, std::function<void()>> watches_;
    std::vector<std::function<void()>> posted_;
};

}  // namespace weir::tests
