// SPDX-License-Identifier: Apache-2.0
// weir-core-state CORE CORE: what a virtual machine's host does to its cores now. Prints the
// nanoseconds in which a cache line goes from one core to the other and back, and how many
// additions each of them does in a cycle.
//
// The host moves cores about: now they share a cache (about 100 ns), now they do not (about 450
// ns), and what two processes hand each other costs accordingly. And it gives the other hyperthread
// of a core to others: a core that does 4.5 additions a cycle alone does 2.7 to 3.9 then.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <sched.h>

namespace {

constexpr unsigned kRoundTrips = 20'000;  // of a sample: 2 to 10 ms
constexpr std::size_t kSamples = 9;
constexpr unsigned kAdditions = 4'000;  // rounds of a sample: 3 to 5 us
constexpr std::size_t kAdditionSamples = 41;

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

template <std::size_t kCount>
double median(std::array<double, kCount>& samples) {
    std::nth_element(samples.begin(), samples.begin() + kCount / 2, samples.end());
    return samples[kCount / 2];
}

template <typename Work>
double nanoseconds_of(Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    return spent.count();
}

double round_trip_ns(Ball& ball) {
    return nanoseconds_of([&ball] {
               for (unsigned i = 0; i < kRoundTrips; ++i) {
                   ball.is_there.store(1, std::memory_order_release);
                   while (ball.is_there.load(std::memory_order_acquire) != 0) {
                   }
               }
           }) /
           kRoundTrips;
}

// The compiler may not add up beforehand what is behind it.
inline void add_one(std::uint64_t& place) {
    ++place;
    asm volatile("" : "+r"(place));
}

// Six at a time that do not wait for each other, to those that do: a cycle each. The clock's speed
// is in both.
double additions_a_cycle() {
    const double apart = nanoseconds_of([] {
        std::uint64_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0;
        for (unsigned i = 0; i < kAdditions; ++i) {
            add_one(a), add_one(b), add_one(c), add_one(d), add_one(e), add_one(f);
            add_one(a), add_one(b), add_one(c), add_one(d), add_one(e), add_one(f);
        }
    });
    const double in_turn = nanoseconds_of([] {
        std::uint64_t a = 0;
        for (unsigned i = 0; i < kAdditions; ++i)
            add_one(a), add_one(a), add_one(a), add_one(a);
    });
    return (in_turn / 4) / (apart / 12);
}

// 0: not a core of ours.
double additions_of(int core) {
    if (!pin(core)) return 0;
    std::array<double, kAdditionSamples> samples{};
    std::generate(samples.begin(), samples.end(), additions_a_cycle);
    return median(samples);
}

// 0: not two cores of ours.
double distance_ns(int core, int other) {
    Ball ball;
    std::atomic<int> placed{0};  // 1: the partner is on its core; -1: it is not
    std::thread partner([&] {
        const bool is_placed = pin(other);
        placed.store(is_placed ? 1 : -1, std::memory_order_release);
        if (is_placed) throw_back(ball, kRoundTrips * kSamples);
    });
    while (placed.load(std::memory_order_acquire) == 0)
        std::this_thread::yield();
    const bool is_partner_placed = placed.load(std::memory_order_acquire) == 1;
    const bool is_placed = pin(core);
    std::array<double, kSamples> samples{};
    if (is_partner_placed)
        std::generate(samples.begin(), samples.end(), [&] { return round_trip_ns(ball); });
    partner.join();
    return is_placed && is_partner_placed ? median(samples) : 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: weir-core-state CORE CORE\n", stderr);
        return 2;
    }
    const int cores[] = {std::atoi(argv[1]), std::atoi(argv[2])};
    if (cores[0] == cores[1]) {
        std::fputs("weir-core-state: two different cores, please\n", stderr);
        return 2;
    }
    const double distance = distance_ns(cores[0], cores[1]);
    if (distance == 0) {
        std::fprintf(stderr, "weir-core-state: %s and %s are not two cores of ours\n", argv[1],
                     argv[2]);
        return 1;
    }
    std::printf("%.0f %.2f %.2f\n", distance, additions_of(cores[0]), additions_of(cores[1]));
    return 0;
}
