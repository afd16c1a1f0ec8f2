// SPDX-License-Identifier: Apache-2.0
// When a pinged target is alive or busy, and which targets a configuration pings (spec A.12).
#include "signaling/edge/keepalive.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using std::chrono::seconds;
using Status = PingState::Status;

PingState state_with(std::uint8_t retry) {
    PingState state;
    state.set({seconds(15), seconds(5), retry});
    return state;
}

TEST(PingState, BeginsActiveAndPingsEveryUpInterval) {
    const PingState state = state_with(3);
    EXPECT_EQ(state.status(), Status::active);
    EXPECT_EQ(state.interval(), seconds(15));
}

TEST(PingState, RetryFailuresInARowMakeItBusy) {
    PingState state = state_with(3);
    EXPECT_FALSE(state.failed());
    EXPECT_FALSE(state.answered(503));
    EXPECT_EQ(state.status(), Status::active);
    EXPECT_TRUE(state.answered(505));
    EXPECT_EQ(state.status(), Status::busy);
    EXPECT_EQ(state.interval(), seconds(5));
    EXPECT_FALSE(state.failed()) << "a change is told once";
}

TEST(PingState, EveryOtherAnswerShowsLife) {
    for (const int status : {200, 404, 405, 401, 403, 483, 486, 500, 501, 603}) {
        PingState state = state_with(1);
        EXPECT_FALSE(state.answered(status)) << status;
        EXPECT_EQ(state.status(), Status::active) << status;
    }
}

TEST(PingState, ASuccessSetsTheCounterBack) {
    PingState state = state_with(2);
    EXPECT_FALSE(state.failed());
    EXPECT_FALSE(state.answered(404));
    EXPECT_FALSE(state.failed());
    EXPECT_EQ(state.status(), Status::active);
}

TEST(PingState, OneGoodAnswerBringsItBackWithAFreshCounter) {
    PingState state = state_with(2);
    (void)state.failed();
    (void)state.failed();
    ASSERT_EQ(state.status(), Status::busy);
    EXPECT_TRUE(state.answered(200));
    EXPECT_EQ(state.status(), Status::active);
    EXPECT_FALSE(state.failed());
    EXPECT_EQ(state.status(), Status::active);
}

class PingPlanTest : public testing::Test {
protected:
    config::DialPeer& add_peer(std::uint32_t tag, const char* target) {
        auto& peer = config_.dial_peers[config::DialPeerTag{tag}];
        peer.tag = config::DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.destination_pattern = "7...";
        peer.keepalive.enabled = true;
        if (*target != '\0') {
            peer.target.kind = config::SessionTarget::Kind::address;
            peer.target.address = *IpAddress::parse(target);
        }
        return peer;
    }
    void add_profile(std::uint32_t tag) {
        auto& profile = config_.keepalive_profiles[tag];
        profile.tag = tag;
        profile.up_interval = 15;
        profile.retry = 3;
    }
    void add_group() {
        auto& group = config_.server_groups[9];
        group.tag = 9;
        group.servers = {{*IpAddress::parse("192.0.2.91"), 0, 0},
                         {*IpAddress::parse("192.0.2.92"), 5070, 0}};
    }

    config::Config config_;
};

TEST_F(PingPlanTest, APeersOwnLineGivesItsOwnSession) {
    add_peer(1, "192.0.2.1").keepalive.retry = 2;
    add_peer(2, "192.0.2.1");
    const auto plan = ping_plan(config_);
    ASSERT_EQ(plan.size(), 2U);
    EXPECT_EQ(plan.begin()->second.settings.retry, 2);
}

TEST_F(PingPlanTest, PeersOfOneProfileShareTheSessionOfATarget) {
    add_profile(9);
    add_peer(1, "192.0.2.1").keepalive.profile = 9;
    add_peer(2, "192.0.2.1").keepalive.profile = 9;
    const auto plan = ping_plan(config_);
    ASSERT_EQ(plan.size(), 1U);
    EXPECT_EQ(plan.begin()->second.peers.size(), 2U);
    EXPECT_EQ(plan.begin()->second.settings.up, seconds(15));
}

TEST_F(PingPlanTest, EachServerOfAGroupIsATarget) {
    add_profile(9);
    add_group();
    auto& peer = add_peer(1, "");
    peer.keepalive.profile = 9;
    peer.server_group = 9;
    const auto plan = ping_plan(config_);
    ASSERT_EQ(plan.size(), 2U);
    for (const auto& [target, use] : plan) {
        EXPECT_EQ(use.servers.size(), 1U);
        EXPECT_TRUE(use.direct.empty());
    }
}

TEST_F(PingPlanTest, WithoutAProfileAGroupIsNotPinged) {
    add_group();
    add_peer(1, "").server_group = 9;
    EXPECT_TRUE(ping_plan(config_).empty());
}

TEST_F(PingPlanTest, WhatIsShutDownIsNotPinged) {
    add_profile(9);
    config_.keepalive_profiles[9].shutdown = true;
    add_peer(1, "192.0.2.1").keepalive.profile = 9;
    add_peer(2, "192.0.2.2").shutdown = true;
    EXPECT_TRUE(ping_plan(config_).empty());
}

TEST_F(PingPlanTest, TheTransportIsTheProfilesOrElseThePeers) {
    add_profile(9);
    config_.keepalive_profiles[9].transport = config::Transport::tcp;
    add_peer(1, "192.0.2.1").keepalive.profile = 9;
    add_peer(2, "192.0.2.2").transport = config::Transport::tcp;
    for (const auto& [target, use] : ping_plan(config_))
        EXPECT_EQ(target.transport, config::Transport::tcp);
}

}  // namespace
}  // namespace weir::signaling
