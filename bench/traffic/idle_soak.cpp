// SPDX-License-Identifier: Apache-2.0
// The soak's loop, and what /proc/stat says of the same core.
#include "bench/traffic/idle_soak.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#include <x86intrin.h>

namespace weir::bench {
namespace {

// Two readings and the store between them take 20 to 60 cycles; the shortest interrupt takes 1,000.
constexpr std::uint64_t kOwnCycles = 400;

}  // namespace

Result<std::unique_ptr<IdleSoak>> IdleSoak::start(unsigned core) {
    std::unique_ptr<IdleSoak> soak(new IdleSoak(core));
    soak->thread_ = std::thread([raw = soak.get()] { raw->soak(); });
    while (soak->state_.load(std::memory_order_acquire) == 0)
        std::this_thread::yield();
    if (soak->state_.load(std::memory_order_acquire) == 2)
        return fail(ErrorCode::denied, fmt::format("no idle-priority thread on core {}", core));
    return soak;
}

IdleSoak::~IdleSoak() {
    stop_.store(true, std::memory_order_relaxed);
    if (thread_.joinable()) thread_.join();
}

void IdleSoak::soak() {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core_, &set);
    const sched_param none{};
    const bool is_good = pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0 &&
                         sched_setscheduler(0, SCHED_IDLE, &none) == 0;
    state_.store(is_good ? 1 : 2, std::memory_order_release);
    if (!is_good) return;
    std::uint64_t soaked = 0;
    std::uint64_t last = __rdtsc();
    while (!stop_.load(std::memory_order_relaxed)) {
        const std::uint64_t now = __rdtsc();
        if (now - last < kOwnCycles) soaked += now - last;
        last = now;
        soaked_.store(soaked, std::memory_order_relaxed);  // a count, nothing hangs on its order
    }
}

CoreSample IdleSoak::sample() const {
    CoreSample sample = sample_core(core_);
    sample.soaked = soaked_.load(std::memory_order_relaxed);
    return sample;
}

CoreSample sample_core(unsigned core) {
    CoreSample sample;
    std::ifstream file("/proc/stat");
    const std::string wanted = fmt::format("cpu{} ", core);
    std::string line;
    while (std::getline(file, line) && !line.starts_with(wanted))
        ;
    std::istringstream words(line.substr(std::min(line.size(), wanted.size())));
    std::array<std::uint64_t, 8> ticks{};  // user nice system idle iowait irq softirq steal
    for (auto& value : ticks)
        words >> value;
    sample.idle_ticks = ticks[3] + ticks[4];
    sample.steal_ticks = ticks[7];
    sample.tsc = __rdtsc();
    return sample;
}

CoreUse use_between(const CoreSample& from, const CoreSample& to, std::uint64_t tsc_hz) {
    CoreUse use;
    const auto hz = static_cast<double>(tsc_hz);
    const double cycles_per_tick = hz / static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto cycles = static_cast<double>(to.tsc - from.tsc);
    const auto soaked = static_cast<double>(to.soaked - from.soaked);
    const double steal = static_cast<double>(to.steal_ticks - from.steal_ticks) * cycles_per_tick;
    const double idle = static_cast<double>(to.idle_ticks - from.idle_ticks) * cycles_per_tick;
    const double busy = std::max(0.0, cycles - soaked - steal - idle);
    use.seconds = cycles / hz;
    use.steal_share = steal / cycles;
    use.busy_cycles = static_cast<std::uint64_t>(busy);
    use.busy_share = busy / cycles;
    return use;
}

}  // namespace weir::bench
