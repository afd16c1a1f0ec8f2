// SPDX-License-Identifier: Apache-2.0
// The lines of spec J.2 as values.
#include "config/model/call_limits.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

void keep(KeptLines& lines, const char* text) {
    lines.push_back({text, text, ""});
}

TEST(CallLimits, AThresholdHasItsLimitsAndWords) {
    Config config;
    keep(config.kept, "call threshold global total-calls low 5 high 5000 busyout");
    keep(config.kept, "call threshold global cpu-5sec low 50 high 80");
    const auto limits = call_limits(config);
    EXPECT_EQ(limits.resources.at(CallResource::total_calls), (Threshold{5, 5000, true, false}));
    EXPECT_EQ(limits.resources.at(CallResource::cpu_5sec), (Threshold{50, 80, false, false}));
    EXPECT_FALSE(limits.treatment);
}

TEST(CallLimits, TheNameOfAnInterfaceMayBeTwoWords) {
    Config config;
    keep(config.kept, "call threshold interface GigabitEthernet 0/0/0 int-calls low 1 high 9");
    keep(config.kept,
         "call threshold interface Gi0/1 int-bandwidth low 80 high 800 midcall-exceed");
    const auto limits = call_limits(config);
    ASSERT_EQ(limits.interfaces.size(), 2U);
    EXPECT_EQ(limits.interfaces[0].interface, "GigabitEthernet0/0/0");
    EXPECT_FALSE(limits.interfaces[0].bandwidth);
    EXPECT_TRUE(limits.interfaces[1].bandwidth);
    EXPECT_TRUE(limits.interfaces[1].midcall_exceed);
}

TEST(CallLimits, ATenantHasItsOwn) {
    Config config;
    keep(config.tenants[4].kept, "max-conn 30");
    keep(config.tenants[4].kept, "max-bandwidth 800");
    keep(config.tenants[4].kept, "call spike 3 steps 4 size 100");
    config.tenants[5].tag = 5;
    const auto limits = call_limits(config);
    ASSERT_EQ(limits.tenants.size(), 1U);
    const TenantLimit& limit = limits.tenants.at(4);
    EXPECT_EQ(limit.max_conn, 30U);
    EXPECT_EQ(limit.max_bandwidth, 800U);
    EXPECT_EQ(limit.spike, (SpikeLimit{3, 4, std::chrono::milliseconds(100)}));
}

TEST(CallLimits, TreatmentIsOnlyOnWhenTheLineSaysSo) {
    Config config;
    keep(config.kept, "no call treatment on");
    EXPECT_FALSE(call_limits(config).treatment);
    keep(config.kept, "call treatment on");
    keep(config.kept, "call treatment cause-code busy");
    EXPECT_TRUE(call_limits(config).treatment);
    EXPECT_EQ(call_limits(config).treatment_cause, 17);
}

TEST(CallLimits, ASpikeHasDefaultsAndEachPeerItsOwn) {
    Config config;
    keep(config.kept, "call spike 60");
    auto& peer = config.dial_peers[DialPeerTag{7}];
    peer.tag = DialPeerTag{7};
    keep(peer.kept, "call spike 3 steps 4 size 100");
    const auto limits = call_limits(config);
    EXPECT_EQ(*limits.spike, (SpikeLimit{60, 5, std::chrono::milliseconds(200)}));
    EXPECT_EQ(limits.peer_spikes.at(DialPeerTag{7}),
              (SpikeLimit{3, 4, std::chrono::milliseconds(100)}));
}

TEST(CallLimits, ServiceStopMayBeForced) {
    Config config;
    keep(config.voice.kept_sip, "call service stop forced");
    EXPECT_TRUE(call_limits(config).service_stopped);
    EXPECT_TRUE(call_limits(config).service_forced);
    config.voice.kept_sip.front().text = "no call service stop";
    EXPECT_FALSE(call_limits(config).service_stopped);
}

TEST(Emergency, IsMarkedOnThePeerOrItsTenant) {
    Config config;
    DialPeer peer;
    EXPECT_FALSE(is_emergency(config, peer));
    keep(peer.sip.kept, "voice-class sip e911");
    EXPECT_TRUE(is_emergency(config, peer));
    DialPeer of_tenant;
    of_tenant.tenant = 3;
    EXPECT_FALSE(is_emergency(config, of_tenant));
    keep(config.tenants[3].sip.kept, "e911");
    EXPECT_TRUE(is_emergency(config, of_tenant));
}

}  // namespace
}  // namespace weir::config
