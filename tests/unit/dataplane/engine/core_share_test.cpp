// SPDX-License-Identifier: Apache-2.0
// When a worker has to stop being preferred, and when it may be again.
#include "dataplane/engine/core_share.hpp"

#include <gtest/gtest.h>

namespace weir::dataplane::tests {
namespace {

class CoreShareTest : public ::testing::Test {
protected:
    CoreShareTest() { (void)share.leaves_enough(now); }
    // A window in which the worker rested for so many percent of the time, in sleeps of 200 us.
    bool window(std::int64_t percent) {
        constexpr std::int64_t kSleep = 200'000;
        const std::int64_t length = std::chrono::nanoseconds(kRestWindow).count();
        for (std::int64_t rested = 0; rested < length * percent / 100; rested += kSleep)
            share.slept(kSleep);
        now = MonoTime{now.ns + length};
        return share.leaves_enough(now);
    }
    CoreShare share;
    MonoTime now{1'000'000'000};
};

TEST_F(CoreShareTest, AWorkerThatRestsEnoughStaysPreferred) {
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(window(kLeastRestPercent + 1));
}

TEST_F(CoreShareTest, OneWindowWithoutRestEndsIt) {
    EXPECT_TRUE(window(50));
    EXPECT_FALSE(window(0));
}

TEST_F(CoreShareTest, ItComesBackAfterEnoughCalmWindowsInARow) {
    EXPECT_FALSE(window(0));
    for (unsigned i = 1; i < kCalmWindows; ++i)
        EXPECT_FALSE(window(50));
    EXPECT_FALSE(window(kLeastRestPercent));  // not calm: it begins anew
    for (unsigned i = 1; i < kCalmWindows; ++i)
        EXPECT_FALSE(window(50));
    EXPECT_TRUE(window(50));
}

TEST_F(CoreShareTest, WaitsThatFoundAPacketAreNoRest) {
    const auto length = std::chrono::nanoseconds(kRestWindow).count();
    const auto brief = std::chrono::nanoseconds(kShortestRest).count() - 1;
    for (std::int64_t waited = 0; waited < length; waited += brief)
        share.slept(brief);
    EXPECT_FALSE(window(0));
}

TEST_F(CoreShareTest, AWindowThatEndsLateIsJudgedByItsWholeLength) {
    for (int i = 0; i < 30; ++i)
        share.slept(200'000);  // 6 ms: enough for one window ...
    now = MonoTime{now.ns + 10 * std::chrono::nanoseconds(kRestWindow).count()};
    EXPECT_FALSE(share.leaves_enough(now));  // ... and too little for ten
}

}  // namespace
}  // namespace weir::dataplane::tests
