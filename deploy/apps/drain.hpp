// SPDX-License-Identifier: Apache-2.0
// Drain: the orderly end of weir-sip: calls are released, their recordings settled, then the loop
// stops.
#pragma once

#include <functional>
#include <utility>

#include "config/base/limits.hpp"
#include "signaling/api/event_loop.hpp"

namespace weir::apps {

// Thread: sip. Shorter than the supervisor's patience (kStopGrace), or there would be no order.
class Drain {
public:
    struct Steps {
        std::function<void()> release;         // ends what there is
        std::function<bool()> is_done;         // nothing is left
        std::function<void()> hurry;           // ends what waits for peers that do not answer
        std::function<void(bool clean)> stop;  // ends the loop
    };
    Drain(signaling::EventLoop& loop, Steps steps) : loop_(loop), steps_(std::move(steps)) {}

    void begin() {
        if (std::exchange(begun_, true)) return;
        until_ = loop_.clock().now() + kDrainLimit;
        hurry_at_ = loop_.clock().now() + kDrainPatience;
        steps_.release();
        look();
    }

private:
    void look() {
        bool done = steps_.is_done();
        if (!done && !hurried_ && loop_.clock().now() >= hurry_at_) {
            hurried_ = true;
            steps_.hurry();
            done = steps_.is_done();
        }
        if (done || loop_.clock().now() >= until_) return steps_.stop(done);
        loop_.after(kDrainLook, [this] { look(); });
    }

    signaling::EventLoop& loop_;
    Steps steps_;
    MonoTime until_;
    MonoTime hurry_at_;
    bool begun_ = false;
    bool hurried_ = false;
};

}  // namespace weir::apps
