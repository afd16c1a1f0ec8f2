// SPDX-License-Identifier: Apache-2.0
// IdleSoak: takes all time of a core that nobody else wants, counts it, and so tells the busy time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "config/base/result.hpp"

namespace weir::bench {

struct CoreSample {
    std::uint64_t tsc = 0;
    std::uint64_t soaked = 0;       // cycles that the soak got; 0 without one
    std::uint64_t idle_ticks = 0;   // /proc/stat: idle and iowait
    std::uint64_t steal_ticks = 0;  // taken by the hypervisor
};
// The kernel's part of it. Thread: any.
[[nodiscard]] CoreSample sample_core(unsigned core);

// A thread of SCHED_IDLE, pinned, that reads the time stamp counter without end: what lies between
// two readings is its own when it is short, and somebody's work when it is long.
class IdleSoak {
public:
    [[nodiscard]] static Result<std::unique_ptr<IdleSoak>> start(unsigned core);
    ~IdleSoak();
    IdleSoak(const IdleSoak&) = delete;
    IdleSoak& operator=(const IdleSoak&) = delete;

    // Thread: any.
    [[nodiscard]] CoreSample sample() const;

private:
    explicit IdleSoak(unsigned core) : core_(core) {}
    void soak();

    unsigned core_;
    std::atomic<bool> stop_{false};         // writer: the owner; reader: the soak
    std::atomic<std::uint64_t> soaked_{0};  // writer: the soak
    std::atomic<int> state_{0};             // 0 starting, 1 running, 2 refused
    std::thread thread_;
};

struct CoreUse {
    double seconds = 0;
    double busy_share = 0;   // neither idle nor soaked nor stolen
    double steal_share = 0;  // of the whole time
    std::uint64_t busy_cycles = 0;
};
[[nodiscard]] CoreUse use_between(const CoreSample& from, const CoreSample& to,
                                  std::uint64_t tsc_hz);

}  // namespace weir::bench
