// SPDX-License-Identifier: Apache-2.0
// The arithmetic of descriptors, both ways.
#include "dataplane/host/descriptors.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace weir::dataplane {
namespace {

TEST(Descriptors, EightForEachRecordedCallAndSomeForTheProcess) {
    EXPECT_EQ(descriptors_needed(IoMode::socket, 0), 64U);
    EXPECT_EQ(descriptors_needed(IoMode::socket, 2000), 16064U);
    EXPECT_EQ(descriptors_needed(IoMode::af_packet, 2000), 16064U);
    EXPECT_EQ(descriptors_needed(IoMode::af_xdp, 2000), 16064U);
    EXPECT_EQ(descriptors_needed(IoMode::automatic, 2000), 16064U);
}

TEST(Descriptors, NoneForCallsWhoseFramesTheKernelNeverSees) {
    EXPECT_EQ(descriptors_needed(IoMode::dpdk, 65536), 64U);
}

TEST(Descriptors, ALimitAllowsSoManyCalls) {
    EXPECT_EQ(sessions_possible(IoMode::socket, 16064), 2000U);
    EXPECT_EQ(sessions_possible(IoMode::socket, 16063), 1999U);
    EXPECT_EQ(sessions_possible(IoMode::socket, 10), 0U);
    EXPECT_EQ(sessions_possible(IoMode::dpdk, 64), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace weir::dataplane
