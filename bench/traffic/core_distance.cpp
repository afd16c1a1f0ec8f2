// SPDX-License-Identifier: Apache-2.0
// weir-core-distance CORE CORE: nanoseconds in which a cache line goes from one core to the other
// and back.
//
// A virtual machine's cores are moved about by its host: now they share a cache (about 100 ns), now
// they do not (about 450 ns), and what two processes hand each other costs accordingly.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <sched.h>

namespace {

constexpr unsigned kRoundTrips = 20'000;  // of a sample: 2 to 10 ms
constexpr std::size_t kSamples = 9;

// Two lines: processors fetch them in pairs.
struct alignas(128) Ball {
    std::atomic<unsigned> is_there{0};
};

bool pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(core), &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

void throw_back(Ball& ball, unsigned throws) {
    for (unsigned i = 0; i < throws; ++i) {
        while (ball.is_there.load(std::memory_order_acquire) == 0) {
        }
        ball.is_there.store(0, std::memory_order_release);
    }
}

double sample(Ball& ball) {
    const auto begin = std::chrono::steady_clock::now();
    for (unsigned i = 0; i < kRoundTrips; ++i) {
        ball.is_there.store(1, std::memory_order_release);
        while (ball.is_there.load(std::memory_order_acquire) != 0) {
        }
    }
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    return spent.count() / kRoundTrips;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: weir-core-distance CORE CORE\n", stderr);
        return 2;
    }
    const int cores[] = {std::atoi(argv[1]), std::atoi(argv[2])};
    if (cores[0] == cores[1]) {
        std::fputs("weir-core-distance: two different cores, please\n", stderr);
        return 2;
    }
    Ball ball;
    std::atomic<int> placed{0};  // 1: the partner is on its core; -1: it is not
    std::thread partner([&] {
        const bool is_placed = pin(cores[1]);
        placed.store(is_placed ? 1 : -1, std::memory_order_release);
        if (is_placed) throw_back(ball, kRoundTrips * kSamples);
    });
    while (placed.load(std::memory_order_acquire) == 0)
        std::this_thread::yield();
    const bool is_partner_placed = placed.load(std::memory_order_acquire) == 1;
    const bool is_placed = pin(cores[0]);
    std::array<double, kSamples> samples{};
    if (is_partner_placed)
        std::generate(samples.begin(), samples.end(), [&] { return sample(ball); });
    partner.join();
    if (!is_partner_placed || !is_placed) {
        std::fprintf(stderr, "weir-core-distance: %s and %s are not two cores of ours\n", argv[1],
                     argv[2]);
        return 1;
    }
    std::nth_element(samples.begin(), samples.begin() + kSamples / 2, samples.end());
    std::printf("%.0f\n", samples[kSamples / 2]);
    return 0;
}
