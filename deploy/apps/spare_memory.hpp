// SPDX-License-Identifier: Apache-2.0
// SpareMemory: what the SIP thread has freed and its allocator keeps at hand for it goes back,
// again and again.
#pragma once

#include <functional>

#include "config/base/thread_memory.hpp"
#include "signaling/api/event_loop.hpp"

namespace weir::apps {

// Thread: sip, whose memory it is.
class SpareMemory {
public:
    // The loop outlives it.
    explicit SpareMemory(signaling::EventLoop& loop,
                         std::function<void()> give_back = give_back_thread_memory);
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
