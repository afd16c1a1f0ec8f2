// SPDX-License-Identifier: Apache-2.0
// SpareMemory: what the SIP thread has freed and its allocator keeps at hand for it goes back.
#pragma once

#include <functional>

#include "signaling/api/event_loop.hpp"

namespace weir::apps {

// jemalloc keeps some hundred blocks of each size for the thread that freed them, and looks through
// them only while the thread allocates. When calls end, those blocks lie all over the memory that
// was theirs and hold its pages: a twentieth of a node's memory, until the next busy hour.
void give_back_thread_cache();

// Thread: sip, whose cache it is.
class SpareMemory {
public:
    // The loop outlives it.
    explicit SpareMemory(signaling::EventLoop& loop,
                         std::function<void()> give_back = give_back_thread_cache);
    ~SpareMemory();
    SpareMemory(const SpareMemory&) = delete;
    SpareMemory& operator=(const SpareMemory&) = delete;

private:
    void set_timer();

    signaling::EventLoop& loop_;
    std::function<void()> give_back_;
    signaling::TimerId timer_;
};

}  // namespace weir::apps
