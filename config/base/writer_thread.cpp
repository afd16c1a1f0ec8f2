// SPDX-License-Identifier: Apache-2.0
// WriterThread: its turns and its end.
#include "config/base/writer_thread.hpp"

#include <utility>

#include "config/base/thread_memory.hpp"

namespace weir {

WriterThread::WriterThread(std::chrono::milliseconds period, Work work,
                           std::chrono::milliseconds retry)
    : work_(std::move(work)), retry_(retry), gather_(period), thread_([this] { run(); }) {}

WriterThread::~WriterThread() {
    {
        const Lock held = lock();
        stop_ = true;
        gather_.stop();
    }
    end_.notify_one();
    thread_.join();
}

void WriterThread::run() {
    keep_no_thread_memory();
    Lock held = lock();
    while (true) {
        gather_.wait(held, [this] { return work_.is_empty(); });
        if (work_.is_empty()) {
            if (stop_) return;
            continue;
        }
        if (work_.turn(held)) continue;
        if (stop_) return;
        end_.wait_for(held, retry_, [this] { return stop_; });
    }
}

}  // namespace weir
