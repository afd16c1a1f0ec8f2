// SPDX-License-Identifier: Apache-2.0
// SofiaLoop: timers, descriptors and work from other threads.
#include "signaling/sip/sofia_loop.hpp"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;

class SofiaLoopTest : public testing::Test {
protected:
    NullLogger log;
    std::unique_ptr<SofiaLoop> loop = std::move(*SofiaLoop::create(log));
};

TEST_F(SofiaLoopTest, TimersFireInOrderAndNotTooEarly) {
    std::vector<int> order;
    const MonoTime start = loop->clock().now();
    loop->after(milliseconds(20), [&] {
        order.push_back(2);
        EXPECT_GE(loop->clock().now() - start, milliseconds(20));
        loop->stop();
    });
    loop->after(milliseconds(5), [&] { order.push_back(1); });
    const TimerId cancelled = loop->after(milliseconds(10), [&] { order.push_back(9); });
    loop->cancel(cancelled);
    loop->cancel(TimerId{});
    loop->run();
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST_F(SofiaLoopTest, ATimerThatSetsItselfDoesNotStarveTheOthers) {
    int turns = 0;
    std::function<void()> again = [&] {
        ++turns;
        loop->after(std::chrono::nanoseconds(0), again);
    };
    again();
    loop->after(milliseconds(5), [&] { loop->stop(); });
    loop->run();
    EXPECT_GT(turns, 1);
}

TEST_F(SofiaLoopTest, AReadableDescriptorCallsItsActionUntilUnwatched) {
    const int fd = eventfd(0, EFD_NONBLOCK);
    int calls = 0;
    WatchId id{};
    const auto watch = loop->watch(fd, [&] {
        if (++calls == 2) loop->unwatch(id);
    });
    ASSERT_TRUE(watch.has_value());
    id = *watch;
    const std::uint64_t one = 1;
    ASSERT_EQ(write(fd, &one, sizeof one), 8);
    loop->run_for(milliseconds(20));
    EXPECT_EQ(calls, 2);
    close(fd);
}

// An operator's command that was answered has its effect before the next datagram.
TEST_F(SofiaLoopTest, WhatWasPostedComesBeforeWhatIsReadableLater) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    std::vector<std::string> order;
    const auto watch = loop->watch(ends[0], [&] {
        order.emplace_back("received");
        loop->stop();
    });
    ASSERT_TRUE(watch.has_value());
    loop->after(std::chrono::nanoseconds(0), [&] {
        loop->post([&] { order.emplace_back("posted"); });
        (void)!write(ends[1], "x", 1);
    });
    loop->run();
    EXPECT_EQ(order, (std::vector<std::string>{"posted", "received"}));
    loop->unwatch(*watch);
    close(ends[0]);
    close(ends[1]);
}

TEST_F(SofiaLoopTest, WatchingAWrongDescriptorIsAnError) {
    EXPECT_FALSE(loop->watch(-1, [] {}).has_value());
}

TEST_F(SofiaLoopTest, OtherThreadsPostAndStop) {
    int done = 0;
    std::thread other([&] {
        for (int i = 0; i < 100; ++i)
            while (!loop->post([&] { ++done; }))
                std::this_thread::yield();
        loop->stop();
    });
    loop->run();
    other.join();
    EXPECT_EQ(done, 100);
}

TEST_F(SofiaLoopTest, TheQueueOfPostedWorkIsBounded) {
    for (std::size_t i = 0; i < kSipPostQueue; ++i)
        ASSERT_TRUE(loop->post([] {}));
    EXPECT_FALSE(loop->post([] {}));
    loop->run_for(milliseconds(1));
    EXPECT_TRUE(loop->post([] {}));
}

}  // namespace
}  // namespace weir::signaling
