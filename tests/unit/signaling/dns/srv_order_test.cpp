// SPDX-License-Identifier: Apache-2.0
// The order of SRV targets (RFC 2782).
#include "signaling/dns/srv_order.hpp"

#include <map>

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

TEST(SrvOrder, PrioritiesComeInTheirOrder) {
    SeededRandom random(1);
    const auto ordered =
        srv_order({{20, 0, 5060, "b"}, {10, 0, 5060, "a"}, {30, 9, 5060, "c"}}, random);
    ASSERT_EQ(ordered.size(), 3U);
    EXPECT_EQ(ordered[0].target + ordered[1].target + ordered[2].target, "abc");
}

TEST(SrvOrder, WeightsAreShares) {
    SeededRandom random(2);
    std::map<std::string, int> first;
    for (int i = 0; i < 4000; ++i)
        ++first[srv_order({{10, 30, 5060, "a"}, {10, 10, 5060, "b"}}, random)[0].target];
    EXPECT_NEAR(first["a"], 3000, 150);
    EXPECT_NEAR(first["b"], 1000, 150);
}

TEST(SrvOrder, OneWithoutWeightIsSeldomFirstAndNeverLost) {
    SeededRandom random(3);
    int zero_first = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto ordered = srv_order({{10, 99, 5060, "a"}, {10, 0, 5060, "z"}}, random);
        ASSERT_EQ(ordered.size(), 2U);
        zero_first += ordered[0].target == "z" ? 1 : 0;
    }
    EXPECT_LT(zero_first, 40);
    EXPECT_GT(zero_first, 0);
}

TEST(SrvOrder, ADotMeansThatTheServiceIsNotOffered) {
    SeededRandom random(4);
    EXPECT_TRUE(srv_order({{0, 0, 0, "."}}, random).empty());
}

}  // namespace
}  // namespace weir::signaling
