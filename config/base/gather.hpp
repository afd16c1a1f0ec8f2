// SPDX-License-Identifier: Apache-2.0
// Gather: when a thread that writes to the disk wakes up. Work is gathered for a while, and while
// work keeps coming nobody has to wake the writer: a system call for each line of a call costs its
// SIP thread more than what the line says.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace weir {

// Belongs to a queue and is guarded by its mutex: the lock is held in each call.
class Gather {
public:
    explicit Gather(std::chrono::milliseconds period) : period_(period) {}

    // The queue has something. Wakes the writer only when it found nothing for a whole period.
    void work_came() {
        if (!is_asleep_) return;
        is_asleep_ = false;
        wake_.notify_one();
    }
    // The next turn begins now, whether or not there is work.
    void hurry() {
        is_hurried_ = true;
        wake_.notify_one();
    }
    // Every turn from now on begins at once.
    void stop() {
        is_stopped_ = true;
        wake_.notify_one();
    }

    // The writer, before each turn: a period passes; without work at its end the writer sleeps
    // until there is some, and gathers again. `lock` is of that mutex.
    template <typename IsEmpty>
    void wait(std::unique_lock<std::mutex>& lock, IsEmpty is_empty) {
        gather(lock);
        if (!is_due() && is_empty()) {
            is_asleep_ = true;
            wake_.wait(lock, [this] { return !is_asleep_ || is_due(); });
            is_asleep_ = false;
            gather(lock);
        }
        is_hurried_ = false;
    }

private:
    [[nodiscard]] bool is_due() const { return is_hurried_ || is_stopped_; }
    void gather(std::unique_lock<std::mutex>& lock) {
        wake_.wait_for(lock, period_, [this] { return is_due(); });
    }

    const std::chrono::milliseconds period_;
    std::condition_variable wake_;
    bool is_asleep_ = false;
    bool is_hurried_ = false;
    bool is_stopped_ = false;
};

}  // namespace weir
