// SPDX-License-Identifier: Apache-2.0
// WriterThread: writes to the disk, in gathered turns, what other threads queue, and ends only when
// nothing waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "config/base/gather.hpp"

namespace weir {

// Thread: any, with the lock held where it says so. Declared as the last member of whoever owns the
// queue: the thread runs from the constructor to the end of the destructor. It keeps no memory at
// hand (thread_memory.hpp), because what it frees is of others.
class WriterThread {
public:
    // Guards the queue; never held over a system call.
    using Lock = std::unique_lock<std::mutex>;
    struct Work {
        // Called with the lock held.
        std::function<bool()> is_empty;
        // Takes what waits and writes it. The lock is held when it is called and when it returns,
        // not while it writes. False: the disk refused, and what waits is for another turn.
        std::function<bool(Lock& lock)> turn;
    };
    // Each turn comes after a `period` of gathering; one after a failure `retry` later.
    WriterThread(std::chrono::milliseconds period, Work work,
                 std::chrono::milliseconds retry = std::chrono::milliseconds(0));
    ~WriterThread();  // what waits has been written, or was refused once more
    WriterThread(const WriterThread&) = delete;
    WriterThread& operator=(const WriterThread&) = delete;

    [[nodiscard]] Lock lock() const { return Lock(mutex_); }
    // Lock held: see Gather.
    void work_came() { gather_.work_came(); }
    void hurry() { gather_.hurry(); }

private:
    void run();

    const Work work_;
    const std::chrono::milliseconds retry_;
    mutable std::mutex mutex_;
    Gather gather_;                // guarded by mutex_
    std::condition_variable end_;  // ends the wait for another attempt
    bool stop_ = false;            // guarded by mutex_
    std::thread thread_;           // last: it uses all of them
};

}  // namespace weir
