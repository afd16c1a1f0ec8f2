// SPDX-License-Identifier: Apache-2.0
// LoadMeter: how busy the SIP thread is and how much memory is in use, for the limits on calls.
#pragma once

#include <chrono>
#include <deque>

#include "signaling/api/event_loop.hpp"
#include "signaling/edge/call_gate.hpp"

namespace weir::apps {

// Thread: sip, whose processor time it reads once a second; memory as often as `call threshold
// poll-interval memory` says.
class LoadMeter {
public:
    // Both outlive it.
    LoadMeter(signaling::EventLoop& loop, signaling::CallGate& gate);
    ~LoadMeter();
    LoadMeter(const LoadMeter&) = delete;
    LoadMeter& operator=(const LoadMeter&) = delete;

    [[nodiscard]] const signaling::LoadReading& reading() const { return reading_; }

private:
    struct Sample {
        MonoTime at;
        std::chrono::nanoseconds busy{0};  // processor time of the thread so far
    };
    void look();
    [[nodiscard]] std::uint32_t percent_over(std::chrono::seconds window) const;

    signaling::EventLoop& loop_;
    signaling::CallGate& gate_;
    signaling::TimerId timer_;
    std::deque<Sample> samples_;  // one a second, at most kCpuWindow of them
    signaling::LoadReading reading_;
    MonoTime memory_at_;
};

}  // namespace weir::apps
