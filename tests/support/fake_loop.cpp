// SPDX-License-Identifier: Apache-2.0
// Timers in the order of their time.
#include "tests/support/fake_loop.hpp"

namespace weir::tests {

FakeLoop::FakeLoop() = default;
FakeLoop::~FakeLoop() = default;

signaling::TimerId FakeLoop::after(std::chrono::nanoseconds delay, std::function<void()> action) {
    const auto id = ++last_id_;
    timers_.emplace(std::pair{clock_.now() + delay, id}, std::move(action));
    return signaling::TimerId{id};
}

void FakeLoop::cancel(signaling::TimerId timer) {
    for (auto it = timers_.begin(); it != timers_.end(); ++it) {
        if (it->first.second != timer.value()) continue;
        timers_.erase(it);
        return;
    }
}

Result<signaling::WatchId> FakeLoop::watch(int fd, std::function<void()> action) {
    watches_[fd] = std::move(action);
    return signaling::WatchId{static_cast<std::uint64_t>(fd)};
}

void FakeLoop::unwatch(signaling::WatchId watch) {
    watches_.erase(static_cast<int>(watch.value()));
}

bool FakeLoop::post(std::function<void()> action) {
    posted_.push_back(std::move(action));
    return true;
}

void FakeLoop::advance(std::chrono::nanoseconds by) {
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

void FakeLoop::run_posted() {
    while (!posted_.empty()) {
        auto work = std::exchange(posted_, {});
        for (auto& action : work)
            action();
    }
}

}  // namespace weir::tests
