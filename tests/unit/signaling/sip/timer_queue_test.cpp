// SPDX-License-Identifier: Apache-2.0
// TimerQueue: order, cancelling, and what cancelled timers leave behind.
#include "signaling/sip/timer_queue.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

constexpr MonoTime kLate{std::numeric_limits<std::int64_t>::max()};

class TimerQueueTest : public testing::Test {
protected:
    TimerId set(std::int64_t ns, int name) {
        return queue.add(MonoTime{ns}, [this, name] { fired.push_back(name); });
    }
    void fire(MonoTime now) {
        const TimerId last = queue.last_added();
        while (const auto action = queue.take_due(now, last))
            action();
    }

    TimerQueue queue;
    std::vector<int> fired;
};

TEST_F(TimerQueueTest, TheEarliestComesFirstAndOfEqualTimesTheOneSetFirst) {
    set(30, 3);
    set(10, 1);
    set(20, 2);
    set(10, 11);
    fire(kLate);
    EXPECT_EQ(fired, (std::vector<int>{1, 11, 2, 3}));
}

TEST_F(TimerQueueTest, WhatIsNotDueStays) {
    set(10, 1);
    set(11, 2);
    fire(MonoTime{10});
    EXPECT_EQ(fired, std::vector<int>{1});
    EXPECT_EQ(queue.earliest(), MonoTime{11});
}

TEST_F(TimerQueueTest, ACancelledTimerNeitherFiresNorCountsAsTheEarliest) {
    const TimerId first = set(10, 1);
    set(20, 2);
    queue.cancel(first);
    queue.cancel(first);
    queue.cancel(TimerId{});
    EXPECT_EQ(queue.earliest(), MonoTime{20});
    fire(kLate);
    EXPECT_EQ(fired, std::vector<int>{2});
    EXPECT_EQ(queue.earliest(), std::nullopt);
}

TEST_F(TimerQueueTest, ATimerThatAnActionSetsWaitsForTheNextTurn) {
    queue.add(MonoTime{1}, [this] { set(1, 2); });
    fire(MonoTime{5});
    EXPECT_TRUE(fired.empty());
    fire(MonoTime{5});
    EXPECT_EQ(fired, std::vector<int>{2});
}

// A T1 timer of each request is cancelled some milliseconds after it was set, under a load that
// never ends.
TEST_F(TimerQueueTest, CancelledTimersDoNotPileUp) {
    set(1'000'000, 1);
    for (int i = 0; i < 100'000; ++i) {
        queue.cancel(set(2'000'000 + i, 9));
        ASSERT_LE(queue.places(), 2 * queue.size() + 1100) << i;
    }
    EXPECT_EQ(queue.size(), 1U);
    fire(kLate);
    EXPECT_EQ(fired, std::vector<int>{1});
}

// The transactions of a busy hour: their timers fire, none is cancelled.
TEST_F(TimerQueueTest, TimersThatHaveFiredGiveBackTheirRoom) {
    for (int i = 0; i < 100'000; ++i)
        set(i, i);
    ASSERT_GE(queue.room(), 100'000U);
    set(200'000, 1);
    fire(MonoTime{100'000});
    ASSERT_EQ(fired.size(), 100'000U);
    EXPECT_LE(queue.room(), 2048U);
    EXPECT_EQ(queue.earliest(), MonoTime{200'000});
}

}  // namespace
}  // namespace weir::signaling
