// SPDX-License-Identifier: Apache-2.0
// max-conn (spec A.2).
#include "signaling/edge/connections.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

config::DialPeer limited(std::optional<std::uint32_t> max_conn) {
    config::DialPeer peer;
    peer.tag = config::DialPeerTag{7};
    peer.max_conn = max_conn;
    return peer;
}

TEST(ConnectionCounts, RefuseBeyondMaxConn) {
    ConnectionCounts counts;
    const auto peer = limited(2);
    EXPECT_TRUE(counts.try_take(peer));
    EXPECT_TRUE(counts.try_take(peer));
    EXPECT_FALSE(counts.try_take(peer));
    EXPECT_EQ(counts.count(peer.tag), 2U);
    EXPECT_EQ(counts.refused_total(), 1U);
}

TEST(ConnectionCounts, ReleaseMakesRoom) {
    ConnectionCounts counts;
    const auto peer = limited(1);
    EXPECT_TRUE(counts.try_take(peer));
    counts.release(peer.tag);
    EXPECT_TRUE(counts.try_take(peer));
}

TEST(ConnectionCounts, WithoutMaxConnThereIsNoLimit) {
    ConnectionCounts counts;
    const auto peer = limited(std::nullopt);
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(counts.try_take(peer));
}

TEST(ConnectionCountsDeathTest, AReleaseTooManyIsAnErrorOfOurs) {
    ConnectionCounts counts;
    EXPECT_DEATH(counts.release(config::DialPeerTag{7}), "");
}

TEST(MaxConnWarning, HasTheTextOfTheRouter) {
    EXPECT_EQ(max_conn_warning("192.0.2.1", config::DialPeerTag{1201}),
              "399 192.0.2.1 \"Maximum Number of Connections reached for dial-peer 1201\"");
}

}  // namespace
}  // namespace weir::signaling
