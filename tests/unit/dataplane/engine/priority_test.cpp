// SPDX-License-Identifier: Apache-2.0
// Real-time workers on real threads: preferred while they rest, and never a danger to the host.
#include <atomic>
#include <thread>

#include <sched.h>

#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

// One port whose packets are always there, or never; wait() sleeps or comes back at once.
class IdleIo final : public PacketIo {
public:
    Framing framing() const noexcept override { return Framing::payload; }
    std::uint16_t receive(Burst&, MonoTime) noexcept override {
        policy = sched_getscheduler(0);
        return 0;
    }
    void transmit(TxBurst&) noexcept override {}
    void wait(std::chrono::nanoseconds) noexcept override {
        if (rests) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    bool add_port(LocalPort, int) noexcept override { return true; }
    void remove_port(LocalPort) noexcept override {}
    std::uint16_t drain(LocalPort, Burst&, MonoTime) noexcept override { return 0; }
    std::uint32_t overflow(LocalPort) noexcept override { return 0; }
    bool hand_over(std::uint8_t, rte_mbuf*) noexcept override { return false; }
    bool punt(rte_mbuf*) noexcept override { return false; }

    std::atomic<bool> rests{true};
    std::atomic<int> policy{-1};  // of the worker's thread
};

class Priority : public Engine {
protected:
    void SetUp() override {
        if (!try_real_time()) GTEST_SKIP() << "this user may not set real-time priority";
    }
    void TearDown() override {
        if (!thread.joinable()) return;
        ASSERT_TRUE(link->send(to_worker::Quit{}));
        thread.join();
    }
    // The worker and an ordinary thread that counts, both on the same core.
    void run(RealTime wish) {
        options.real_time = wish;
        idle = std::make_unique<IdleIo>();
        worker = std::make_unique<Worker>(options, *shared, *link, *idle, *pool);
        thread = std::thread([this] {
            pin();
            worker->run(clock);
            (void)set_real_time(false);
        });
    }
    static void pin() {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(usable_cores().back(), &set);
        ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
    }
    bool becomes(int policy) {
        const MonoTime limit = clock.now() + kPatience;
        while (idle->policy != policy && clock.now() < limit)
            std::this_thread::yield();
        return idle->policy == policy;
    }
    SystemClock clock;
    std::unique_ptr<IdleIo> idle;
    std::thread thread;
};

TEST_F(Priority, AWorkerThatRestsIsPreferred) {
    run(RealTime::while_resting);
    EXPECT_TRUE(becomes(SCHED_FIFO));
}

TEST_F(Priority, AWorkerThatNeverRestsBecomesOrdinaryAndLetsOthersRun) {
    idle = nullptr;
    run(RealTime::while_resting);
    ASSERT_TRUE(becomes(SCHED_FIFO));
    idle->rests = false;
    // On the same core: without the worker's step back only the kernel's rescue would be left.
    std::atomic<std::uint64_t> counted{0};
    std::atomic<bool> done{false};
    std::thread other([&] {
        pin();
        while (!done)
            ++counted;
    });
    EXPECT_TRUE(becomes(SCHED_OTHER));
    const std::uint64_t before = counted;
    const MonoTime limit = clock.now() + kPatience;
    while (counted < before + 1000 && clock.now() < limit)
        std::this_thread::yield();
    EXPECT_GE(counted, before + 1000);
    done = true;
    other.join();
    EXPECT_EQ(idle->policy, SCHED_OTHER);
}

TEST_F(Priority, ItIsPreferredAgainWhenItRestsAgain) {
    run(RealTime::while_resting);
    ASSERT_TRUE(becomes(SCHED_FIFO));
    idle->rests = false;
    ASSERT_TRUE(becomes(SCHED_OTHER));
    idle->rests = true;
    EXPECT_TRUE(becomes(SCHED_FIFO));
}

TEST_F(Priority, NobodyIsPreferredUnasked) {
    run(RealTime::never);
    EXPECT_TRUE(becomes(SCHED_OTHER));
    // A worker that chose its class would have done so before its second turn.
    const auto turns = shared->counters(0).turns.load();
    while (shared->counters(0).turns.load() < turns + 3)
        std::this_thread::yield();
    EXPECT_EQ(idle->policy, SCHED_OTHER);
}

}  // namespace
}  // namespace weir::dataplane::tests
