// SPDX-License-Identifier: Apache-2.0
// Counts of tenants and interfaces (spec J.2), and what is printed of them.
#include "signaling/edge/shared_limits.hpp"

#include <gtest/gtest.h>

#include "signaling/edge/show_call_limits.hpp"

namespace weir::signaling {
namespace {

class SharedLimitsTest : public testing::Test {
protected:
    SharedLimitsTest() {
        auto& interface = config_.interfaces["GigabitEthernet0/1"];
        interface.addresses = {*Prefix::parse("198.51.100.1/24"),
                               *Prefix::parse("198.51.100.2/24")};
        line(config_.kept, "call threshold interface gi 0/1 int-bandwidth low 80 high 800");
        tenant("max-conn 2");
        limits_.configure(config_);
    }
    static void line(config::KeptLines& lines, const char* text) {
        lines.push_back({text, text, ""});
    }
    void tenant(const char* text) {
        config_.tenants[7].kept = {{text, text, ""}};
        limits_.configure(config_);
    }
    SharedLimits::Place place(const char* local, std::optional<std::uint32_t> tenant,
                              const SharedLimits::Place* other = nullptr) {
        return limits_.place_of(*IpAddress::parse(local), tenant, 80, other);
    }

    config::Config config_;
    SharedLimits limits_;
    MonoTime now_{1'000'000'000'000};
};

TEST_F(SharedLimitsTest, AllAddressesOfAnInterfaceAreOneInHoweverItIsSpelled) {
    EXPECT_EQ(limits_.interface_at(*IpAddress::parse("198.51.100.2")), "GigabitEthernet0/1");
    EXPECT_EQ(limits_.interface_at(*IpAddress::parse("203.0.113.1")), "");
}

TEST_F(SharedLimitsTest, ACallCountsOnceWithTheBandwidthOfBothLegs) {
    auto first = place("198.51.100.1", 7);
    limits_.take(first);
    auto second = place("198.51.100.2", 7, &first);
    limits_.take(second);
    EXPECT_EQ(limits_.use_of("GigabitEthernet0/1").calls, 1U);
    EXPECT_EQ(limits_.use_of("GigabitEthernet0/1").kbps, 160U);
    EXPECT_EQ(limits_.tenants()[0].calls, 1U);
    EXPECT_EQ(limits_.tenants()[0].kbps, 160U);
    limits_.release(first);
    limits_.release(second);
    EXPECT_EQ(limits_.use_of("GigabitEthernet0/1").kbps, 0U);
    EXPECT_EQ(limits_.tenants()[0].calls, 0U);
    EXPECT_EQ(limits_.tenants()[0].kbps, 0U);
}

TEST_F(SharedLimitsTest, WhatWasAgreedTakesThePlaceOfWhatWasOffered) {
    auto held = place("198.51.100.1", 7);
    limits_.take(held);
    limits_.set_kbps(held, 24);
    EXPECT_EQ(limits_.use_of("GigabitEthernet0/1").kbps, 24U);
    limits_.release(held);
    EXPECT_EQ(limits_.tenants()[0].kbps, 0U);
}

TEST_F(SharedLimitsTest, ATenantIsFullAtItsLimit) {
    for (int i = 0; i < 2; ++i) {
        const auto each = place("203.0.113.1", 7);
        EXPECT_FALSE(limits_.tenant_refuses(each, now_));
        limits_.take(each);
    }
    EXPECT_EQ(limits_.tenant_refuses(place("203.0.113.1", 7), now_),
              (GateRefusal{GateReason::tenant, 503, 34}));
    EXPECT_FALSE(limits_.tenant_refuses(place("203.0.113.1", 8), now_));
    EXPECT_FALSE(limits_.tenant_refuses(place("203.0.113.1", std::nullopt), now_));
}

TEST_F(SharedLimitsTest, BandwidthAndSpikeOfATenant) {
    tenant("max-bandwidth 80");
    EXPECT_FALSE(limits_.tenant_refuses(place("203.0.113.1", 7), now_));
    limits_.take(place("203.0.113.1", 7));
    EXPECT_EQ(limits_.tenant_refuses(place("203.0.113.1", 7), now_)->q850_cause, 49);
    tenant("call spike 1");
    EXPECT_FALSE(limits_.tenant_refuses(place("203.0.113.1", 7), now_));
    EXPECT_EQ(limits_.tenant_refuses(place("203.0.113.1", 7), now_)->q850_cause, 47);
    now_ = now_ + std::chrono::seconds(1);
    EXPECT_FALSE(limits_.tenant_refuses(place("203.0.113.1", 7), now_));
}

// A commit in mid-call must neither lose nor double what is held.
TEST_F(SharedLimitsTest, CountsOutliveTheirLine) {
    auto held = place("198.51.100.1", 7);
    limits_.take(held);
    config_.tenants.clear();
    config_.kept.clear();
    limits_.configure(config_);
    limits_.release(held);
    limits_.configure(config_);
    EXPECT_TRUE(limits_.tenants().empty());
    EXPECT_EQ(limits_.use_of("GigabitEthernet0/1").kbps, 0U);
}

TEST_F(SharedLimitsTest, ShowPrintsCountsAndLimits) {
    limits_.take(place("203.0.113.1", 7));
    EXPECT_EQ(show_tenant_limits(limits_),
              "Tenant   Calls    max-conn   kbit/s     max-bandwidth  spike    Refused\n"
              "7        1        2          80         -              -        0\n");
}

}  // namespace
}  // namespace weir::signaling
