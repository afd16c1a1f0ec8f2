// SPDX-License-Identifier: Apache-2.0
// LoadMeter: how busy the SIP thread is and how much memory is in use, for the limits on calls.
#pragma once

#include <chrono>
#include <deque>
#include <functional>

#include "signaling/api/event_loop.hpp"
#include "signaling/edge/call_gate.hpp"

namespace weir::apps {

// What is measured; tests have their own.
struct LoadSources {
    struct Memory {
        std::uint64_t resident = 0;   // of this process, bytes
        std::uint64_t allowed = 0;    // that it may use: of its control group or the machine
        std::uint64_t total = 0;      // of the machine
        std::uint64_t available = 0;  // the same
    };
    std::function<std::chrono::nanoseconds()> busy;  // processor time of the thread so far
    std::function<Memory()> memory;
};
// Of the calling thread and this process.
[[nodiscard]] LoadSources own_load();

// Thread: sip, whose processor time it reads once a second; memory as often as `call threshold
// poll-interval memory` says.
class LoadMeter {
public:
    // Both outlive it.
    LoadMeter(signaling::EventLoop& loop, signaling::CallGate& gate,
              LoadSources sources = own_load());
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
    LoadSources sources_;
    signaling::TimerId timer_;
    std::deque<Sample> samples_;  // one a second, at most kCpuWindow of them
    signaling::LoadReading reading_;
    MonoTime memory_at_;
};

}  // namespace weir::apps
