// SPDX-License-Identifier: Apache-2.0
// Which ended calls are remembered, and for how long.
#include "signaling/show/call_history.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace weir::signaling {
namespace {

class CallHistoryTest : public testing::Test {
protected:
    CallHistoryTest() { history_.configure(config_); }
    void end_call(std::uint64_t id, std::uint8_t cause = 16) {
        CallView view;
        view.id = CallId{id};
        view.parties[0].number = "1000";
        view.parties[1].number = "2000";
        CallEnd end;
        end.q850_cause = cause;
        end.at = clock_.now();
        history_.on_call_ended(view, end, {});
    }
    void keep(const std::string& line) {
        config_.kept.push_back({line, line});
        history_.configure(config_);
    }

    tests::FakeClock clock_;
    config::Config config_;
    CallHistory history_{clock_};
};

TEST_F(CallHistoryTest, TheNewestCallStandsFirstWithBothLegs) {
    end_call(1, 17);
    end_call(2);
    const auto legs = history_.legs(0, LegMedia::voice);
    ASSERT_EQ(legs.size(), 4U);
    EXPECT_EQ(legs[0].call, CallId{2});
    EXPECT_EQ(legs[3].end->q850_cause, 17);
    EXPECT_EQ(history_.legs(1, LegMedia::voice).size(), 2U);
}

TEST_F(CallHistoryTest, FiftyCallsAreKeptWithoutAWord) {
    for (std::uint64_t id = 1; id <= 60; ++id)
        end_call(id);
    EXPECT_EQ(history_.size(), 50U);
}

TEST_F(CallHistoryTest, MaxSizeOfDialControlMib) {
    keep("dial-control-mib max-size 2");
    for (std::uint64_t id = 1; id <= 5; ++id)
        end_call(id);
    EXPECT_EQ(history_.size(), 2U);
    keep("call history-mib max-size 0");
    EXPECT_EQ(history_.size(), 0U);
    end_call(6);
    EXPECT_EQ(history_.size(), 0U);
}

TEST_F(CallHistoryTest, RetainTimerForgetsOldCalls) {
    end_call(1);
    clock_.advance(std::chrono::minutes(14));
    end_call(2);
    EXPECT_EQ(history_.size(), 2U);
    clock_.advance(std::chrono::minutes(2));
    EXPECT_EQ(history_.size(), 1U);
    keep("dial-control-mib retain-timer 1");
    EXPECT_EQ(history_.size(), 0U);
}

}  // namespace
}  // namespace weir::signaling
