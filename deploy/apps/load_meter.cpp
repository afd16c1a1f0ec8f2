// SPDX-License-Identifier: Apache-2.0
// Reads the clock of the thread, /proc/self/statm, /proc/meminfo and the memory limit of the group.
#include "deploy/apps/load_meter.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

#include <unistd.h>

namespace weir::apps {
namespace {

constexpr auto kLook = std::chrono::seconds(1);
constexpr auto kShort = std::chrono::seconds(5);  // cpu-5sec
constexpr std::size_t kCpuWindow = 302;           // poll-interval cpu-average is 300 at most

std::chrono::nanoseconds thread_time() {
    timespec time{};
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return {};
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Bytes behind a name of /proc/meminfo; 0 = it cannot be read.
std::uint64_t meminfo(const std::string& name) {
    std::ifstream file("/proc/meminfo");
    std::string word;
    std::uint64_t kilobytes = 0;
    std::string unit;
    while (file >> word >> kilobytes) {
        if (word == name + ":") return kilobytes * 1024;
        std::getline(file, unit);
    }
    return 0;
}

std::uint64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    if (!(file >> size >> resident)) return 0;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// What this process may use: the machine's memory or the limit of its control group.
std::uint64_t allowed_bytes(std::uint64_t total) {
    std::ifstream file("/sys/fs/cgroup/memory.max");
    std::uint64_t limit = 0;
    if (file >> limit && limit != 0) return std::min(total, limit);
    return total;
}

std::uint32_t percent(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return 0;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(100, part * 100 / whole));
}

}  // namespace

LoadSources own_load() {
    return {thread_time, [] {
                LoadSources::Memory memory;
                memory.total = meminfo("MemTotal");
                memory.available = meminfo("MemAvailable");
                memory.resident = resident_bytes();
                memory.allowed = allowed_bytes(memory.total);
                return memory;
            }};
}

LoadMeter::LoadMeter(signaling::EventLoop& loop, signaling::CallGate& gate, LoadSources sources)
    : loop_(loop),
      gate_(gate),
      sources_(std::move(sources)),
      memory_at_{std::numeric_limits<std::int64_t>::min() / 2} {
    timer_ = loop_.after(kLook, [this] { look(); });
}

LoadMeter::~LoadMeter() {
    loop_.cancel(timer_);
}

void LoadMeter::look() {
    const MonoTime now = loop_.clock().now();
    samples_.push_back({now, sources_.busy()});
    if (samples_.size() > kCpuWindow) samples_.pop_front();
    reading_.cpu_5sec = percent_over(kShort);
    reading_.cpu_avg = percent_over(gate_.limits().cpu_poll);
    if (now - memory_at_ >= gate_.limits().memory_poll) {
        memory_at_ = now;
        const LoadSources::Memory memory = sources_.memory();
        reading_.proc_mem = percent(memory.resident, memory.allowed);
        reading_.total_mem =
            percent(memory.total - std::min(memory.total, memory.available), memory.total);
    }
    gate_.set_load(reading_);
    timer_ = loop_.after(kLook, [this] { look(); });
}

// Of the window, once there are samples for the whole of it: a start is no load.
std::uint32_t LoadMeter::percent_over(std::chrono::seconds window) const {
    const Sample& last = samples_.back();
    const auto first = std::find_if(samples_.rbegin(), samples_.rend(), [&](const Sample& sample) {
        return last.at - sample.at >= window;
    });
    if (first == samples_.rend()) return 0;
    const auto elapsed = (last.at - first->at).count();
    const auto busy = (last.busy - first->busy).count();
    return percent(static_cast<std::uint64_t>(std::max<std::int64_t>(0, busy)),
                   static_cast<std::uint64_t>(std::max<std::int64_t>(1, elapsed)));
}

}  // namespace weir::apps
