// SPDX-License-Identifier: Apache-2.0
// Strangers who flood are muted, and heard again; nobody else is.
#include "signaling/sip/source_limits.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using std::chrono::seconds;

class SourceLimitsTest : public testing::Test {
protected:
    void flood(const IpAddress& source, std::uint32_t requests) {
        for (std::uint32_t i = 0; i < requests; ++i)
            limits_.note_refused(source, now_);
    }

    SourceLimits limits_;
    MonoTime now_{1'000'000'000'000};
    const IpAddress stranger_ = IpAddress::v4(203, 0, 113, 9);
    const IpAddress peer_ = IpAddress::v4(192, 0, 2, 1);
};

TEST_F(SourceLimitsTest, ABurstOfRefusalsMutesTheSource) {
    flood(stranger_, kStrangerBurst - 1);
    EXPECT_FALSE(limits_.is_muted(stranger_, now_));
    flood(stranger_, 1);
    EXPECT_TRUE(limits_.is_muted(stranger_, now_));
}

TEST_F(SourceLimitsTest, NobodyElseIsMuted) {
    flood(stranger_, 10 * kStrangerBurst);
    EXPECT_FALSE(limits_.is_muted(peer_, now_));
}

TEST_F(SourceLimitsTest, ItIsHeardAgainAtTheRate) {
    flood(stranger_, 2 * kStrangerBurst);
    now_ = now_ + seconds(1);
    EXPECT_FALSE(limits_.is_muted(stranger_, now_));
    flood(stranger_, kStrangerPerSecond);
    EXPECT_TRUE(limits_.is_muted(stranger_, now_));
}

TEST_F(SourceLimitsTest, ForgedAddressesDoNotGrowTheTable) {
    for (std::uint32_t i = 0; i < 2 * kMaxStrangers; ++i)
        limits_.note_refused(
            IpAddress::v4(10, static_cast<std::uint8_t>(i >> 16U),
                          static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)),
            now_);
    EXPECT_EQ(limits_.size(), kMaxStrangers);
    EXPECT_FALSE(limits_.is_muted(peer_, now_));
    limits_.sweep(now_ + seconds(60));
    EXPECT_EQ(limits_.size(), 0U);
}

}  // namespace
}  // namespace weir::signaling
