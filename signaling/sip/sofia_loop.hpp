// SPDX-License-Identifier: Apache-2.0
// SofiaLoop: the event loop of weir-sip on sofia's su_root.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "config/base/log.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/sip/timer_queue.hpp"

struct su_root_s;

namespace weir::signaling {

class SocketHooks;
struct LoopWatch;

// Thread: sip (the one that creates it); post() and stop(): any.
// Timers are ours, not sofia's: they have nanoseconds, sofia's milliseconds. Bound: kSipPostQueue.
class SofiaLoop final : public EventLoop {
public:
    // Sets sofia's clock hook to CLOCK_MONOTONIC and sends its log to `log` (which must outlive
    // every loop of the process). Errors: io, when no eventfd or epoll can be had.
    [[nodiscard]] static Result<std::unique_ptr<SofiaLoop>> create(Logger& log);
    class Key {  // only create() makes loops
        Key() = default;
        friend class SofiaLoop;
    };
    explicit SofiaLoop(Key) {}
    ~SofiaLoop() override;
    SofiaLoop(const SofiaLoop&) = delete;
    SofiaLoop& operator=(const SofiaLoop&) = delete;

    [[nodiscard]] const Clock& clock() const override { return clock_; }
    TimerId after(std::chrono::nanoseconds delay, std::function<void()> action) override;
    void cancel(TimerId timer) override;
    [[nodiscard]] Result<WatchId> watch(int fd, std::function<void()> action) override;
    void unwatch(WatchId watch) override;
    bool post(std::function<void()> action) override;

    void run();                                   // until stop()
    void run_for(std::chrono::nanoseconds time);  // or until stop(); for tests
    void stop();                                  // thread: any

    // The longest turn so far, as a measure of how late this thread may be [ns].
    [[nodiscard]] std::chrono::nanoseconds longest_turn() const { return longest_turn_; }

    // For SofiaStack.
    [[nodiscard]] su_root_s* root() const { return root_; }
    void set_hooks(SocketHooks* hooks) { hooks_ = hooks; }

private:
    [[nodiscard]] Result<void> open();
    void turn(std::chrono::nanoseconds longest_wait);
    void run_posted();
    void run_timers();

    SystemClock clock_;
    su_root_s* root_ = nullptr;
    SocketHooks* hooks_ = nullptr;
    int wake_fd_ = -1;
    std::uint64_t last_watch_ = 0;
    TimerQueue timers_;
    std::map<std::uint64_t, std::shared_ptr<LoopWatch>> watches_;
    std::chrono::nanoseconds longest_turn_{0};
    bool stopped_ = false;

    std::mutex mutex_;  // guards posted_: the only state that other threads touch
    std::vector<std::function<void()>> posted_;
};

}  // namespace weir::signaling
