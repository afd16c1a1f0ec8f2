// SPDX-License-Identifier: Apache-2.0
// LoadMeter: from processor time and memory to percent, and to the limits on calls (spec J.2), in
// virtual time.
#include "deploy/apps/load_meter.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"

namespace weir::apps {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kGiB = 1U << 30U;

class LoadMeterTest : public testing::Test {
protected:
    LoadMeterTest() { gate_.configure(config_); }
    // So many seconds in which the thread is busy for that much of each.
    void live(int count, milliseconds busy_in_each) {
        for (int i = 0; i < count; ++i) {
            busy_ += busy_in_each;
            loop_.advance(seconds(1));
        }
    }
    void line(const char* text) {
        config_.kept.push_back({text, text, ""});
        gate_.configure(config_);
    }
    bool is_closed() { return gate_.refuses(loop_.clock().now(), 0, false).has_value(); }

    config::Config config_;
    tests::FakeLoop loop_;
    signaling::CallGate gate_;
    std::chrono::nanoseconds busy_{0};
    LoadSources::Memory memory_{kGiB, 4 * kGiB, 8 * kGiB, 6 * kGiB};
    LoadMeter meter_{loop_, gate_, {[this] { return busy_; }, [this] { return memory_; }}};
};

TEST_F(LoadMeterTest, TheThreadsShareOfTheLastFiveSecondsIsRead) {
    live(10, milliseconds(200));
    EXPECT_EQ(meter_.reading().cpu_5sec, 20U);
    live(5, milliseconds(1000));
    EXPECT_EQ(meter_.reading().cpu_5sec, 100U);
    live(5, milliseconds(0));
    EXPECT_EQ(meter_.reading().cpu_5sec, 0U);
}

TEST_F(LoadMeterTest, AStartIsNoLoad) {
    live(4, milliseconds(1000));
    EXPECT_EQ(meter_.reading().cpu_5sec, 0U) << "there are no five seconds yet";
}

TEST_F(LoadMeterTest, TheAverageIsOverItsOwnInterval) {
    line("call threshold poll-interval cpu-average 20");
    live(25, milliseconds(0));
    live(10, milliseconds(1000));
    EXPECT_EQ(meter_.reading().cpu_5sec, 100U);
    EXPECT_EQ(meter_.reading().cpu_avg, 50U);
}

TEST_F(LoadMeterTest, MemoryIsAgainstWhatMayBeUsed) {
    live(1, milliseconds(0));
    EXPECT_EQ(meter_.reading().proc_mem, 25U);
    EXPECT_EQ(meter_.reading().total_mem, 25U);
}

TEST_F(LoadMeterTest, MemoryIsLookedAtEachPollInterval) {
    line("call threshold poll-interval memory 10");
    live(1, milliseconds(0));
    memory_.resident = 2 * kGiB;
    live(9, milliseconds(0));
    EXPECT_EQ(meter_.reading().proc_mem, 25U);
    live(1, milliseconds(0));
    EXPECT_EQ(meter_.reading().proc_mem, 50U);
}

// The built-in limits: 95 % of the core until it is at 90 %, 98 % of the memory until 95 %.
TEST_F(LoadMeterTest, AFullCoreClosesTheDoorAndARestOpensIt) {
    live(6, milliseconds(940));
    EXPECT_FALSE(is_closed());
    live(5, milliseconds(950));
    EXPECT_TRUE(is_closed());
    live(5, milliseconds(910));
    EXPECT_TRUE(is_closed());
    live(5, milliseconds(900));
    EXPECT_FALSE(is_closed());
}

TEST_F(LoadMeterTest, FullMemoryClosesTheDoor) {
    memory_.resident = 4 * kGiB - kGiB / 50;
    live(6, milliseconds(0));
    EXPECT_TRUE(is_closed());
    memory_.resident = kGiB;
    live(6, milliseconds(0));
    EXPECT_FALSE(is_closed());
}

TEST_F(LoadMeterTest, WhatCannotBeReadIsNoLoad) {
    memory_ = {};
    live(6, milliseconds(0));
    EXPECT_EQ(meter_.reading().proc_mem, 0U);
    EXPECT_EQ(meter_.reading().total_mem, 0U);
    EXPECT_FALSE(is_closed());
}

TEST(OwnLoad, ReadsThisThreadAndThisProcess) {
    const LoadSources own = own_load();
    const auto memory = own.memory();
    EXPECT_GT(memory.resident, 0U);
    EXPECT_GE(memory.total, memory.allowed);
    EXPECT_GE(memory.allowed, memory.resident);
    const auto before = own.busy();
    while (own.busy() - before < milliseconds(1)) {
    }
    EXPECT_GE(own.busy(), before + milliseconds(1));
}

}  // namespace
}  // namespace weir::apps
