// SPDX-License-Identifier: Apache-2.0
// Thresholds with hysteresis, spikes, service stop (spec J.2), in virtual time.
#include "signaling/edge/call_gate.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;

class CallGateTest : public testing::Test {
protected:
    void line(const char* text) {
        config_.kept.push_back({text, text, ""});
        gate_.configure(config_);
    }
    bool taken(std::size_t active = 0) { return !gate_.refuses(now_, active, true); }

    config::Config config_;
    CallGate gate_;
    MonoTime now_{1'000'000'000'000};
};

TEST_F(CallGateTest, TotalCallsCloseAtHighAndOpenAtLow) {
    line("call threshold global total-calls low 5 high 10");
    line("call treatment on");
    EXPECT_TRUE(taken(9));
    EXPECT_FALSE(taken(10));
    EXPECT_FALSE(taken(6));
    EXPECT_TRUE(taken(5));
    EXPECT_TRUE(taken(9));
}

TEST_F(CallGateTest, WithoutTreatmentAThresholdIsOnlyShown) {
    line("call threshold global total-calls low 5 high 10");
    EXPECT_TRUE(taken(10));
    ASSERT_FALSE(gate_.thresholds(10).empty());
    EXPECT_FALSE(gate_.thresholds(10).front().available);
}

TEST_F(CallGateTest, LoadClosesAndOpensWithHysteresis) {
    line("call threshold global cpu-5sec low 50 high 80");
    line("call treatment on");
    gate_.set_load({.cpu_5sec = 80});
    EXPECT_FALSE(taken());
    gate_.set_load({.cpu_5sec = 51});
    EXPECT_FALSE(taken());
    gate_.set_load({.cpu_5sec = 50});
    EXPECT_TRUE(taken());
}

// Spec J.2: 95 % and 98 % hold without any line, also without `call treatment on`.
TEST_F(CallGateTest, BuiltInLimitsHoldWithoutALine) {
    gate_.configure(config_);
    gate_.set_load({.cpu_5sec = 94, .proc_mem = 97});
    EXPECT_TRUE(taken());
    gate_.set_load({.cpu_5sec = 95});
    EXPECT_EQ(gate_.refuses(now_, 0, true), (GateRefusal{GateReason::cpu, 503, 47}));
    gate_.set_load({.proc_mem = 98});
    EXPECT_EQ(gate_.refuses(now_, 0, true), (GateRefusal{GateReason::memory, 503, 47}));
}

TEST_F(CallGateTest, TheCauseOfTreatmentDecidesTheStatus) {
    line("call threshold global total-calls low 1 high 2");
    line("call treatment on");
    line("call treatment cause-code busy");
    EXPECT_EQ(gate_.refuses(now_, 2, true), (GateRefusal{GateReason::total_calls, 486, 17}));
}

TEST_F(CallGateTest, ASpikeIsRefusedAndTheWindowSlides) {
    line("call spike 3 steps 5 size 200");
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(taken()) << i;
    EXPECT_FALSE(taken());
    now_ = now_ + milliseconds(999);
    EXPECT_FALSE(taken());
    now_ = now_ + milliseconds(1);
    EXPECT_TRUE(taken());
}

TEST_F(CallGateTest, RefusedCallsDoNotKeepTheWindowFull) {
    line("call spike 2 steps 3 size 100");
    for (int i = 0; i < 50; ++i)
        (void)taken();
    now_ = now_ + milliseconds(300);
    EXPECT_TRUE(taken());
}

TEST_F(CallGateTest, AskingWithoutCountingTakesNoPlace) {
    line("call spike 1");
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(gate_.refuses(now_, 0, false));
    EXPECT_TRUE(taken());
    EXPECT_TRUE(gate_.refuses(now_, 0, false));
}

TEST_F(CallGateTest, TheStatusOfASpikeCanBeOverridden) {
    config_.voice.sip.error_code_override["call spike failure"] = 480;
    line("call spike 1");
    EXPECT_TRUE(taken());
    EXPECT_EQ(gate_.refuses(now_, 0, true)->status, 480);
}

TEST_F(CallGateTest, APeersSpikeIsItsOwn) {
    auto& peer = config_.dial_peers[config::DialPeerTag{7}];
    peer.kept.push_back({"call spike", "call spike 1", ""});
    gate_.configure(config_);
    EXPECT_FALSE(gate_.peer_refuses(config::DialPeerTag{7}, now_));
    EXPECT_TRUE(gate_.peer_refuses(config::DialPeerTag{7}, now_));
    EXPECT_FALSE(gate_.peer_refuses(config::DialPeerTag{8}, now_));
}

TEST_F(CallGateTest, ServiceStopRefusesEverything) {
    config_.voice.kept_sip.push_back({"call service stop", "call service stop", ""});
    gate_.configure(config_);
    EXPECT_EQ(gate_.refuses(now_, 0, true), (GateRefusal{GateReason::service_stopped, 503, 63}));
}

TEST_F(CallGateTest, ANewConfigurationKeepsTheWindowOfAnUnchangedLimit) {
    line("call spike 1");
    EXPECT_TRUE(taken());
    gate_.configure(config_);
    EXPECT_FALSE(taken());
}

}  // namespace
}  // namespace weir::signaling
