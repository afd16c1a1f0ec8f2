// SPDX-License-Identifier: Apache-2.0
// The RTP header check over any bytes. The verdicts of whole packets are fixtures of the engine's
// relay test.
#include "dataplane/rtp/rtp_header.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "config/base/random.hpp"

namespace weir::dataplane {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(RtpHeader, ReadsEveryField) {
    const Bytes packet{0x80, 0x88, 0x12, 0x34, 0, 0, 0x10, 0, 0xAA, 0xBB, 0xCC, 0xDD, 1, 2, 3};
    const RtpView view = check_rtp(packet);
    EXPECT_EQ(view.fault, RtpFault::none);
    EXPECT_EQ(view.payload_type, 8);
    EXPECT_TRUE(view.marker);
    EXPECT_EQ(view.sequence, 0x1234);
    EXPECT_EQ(view.timestamp, 0x1000U);
    EXPECT_EQ(view.ssrc, 0xAABBCCDDU);
    EXPECT_EQ(view.payload_offset, 12);
    EXPECT_EQ(view.payload_bytes, 3);
}

TEST(RtpHeader, PayloadIsWithoutCsrcExtensionAndPadding) {
    Bytes packet(12 + 4 + 8 + 10 + 3, 0);
    packet[0] = 0xB1;        // padding, extension, one CSRC
    packet[12 + 4 + 3] = 1;  // extension of one word
    packet.back() = 3;       // three octets of padding
    const RtpView view = check_rtp(packet);
    EXPECT_EQ(view.fault, RtpFault::none);
    EXPECT_EQ(view.payload_offset, 24);
    EXPECT_EQ(view.payload_bytes, 10);
}

TEST(RtpHeader, AnyBytesGiveAViewThatFitsThem) {
    constexpr std::uint64_t kSeed = 20261121;
    SeededRandom random(kSeed);
    for (int round = 0; round < 100'000; ++round) {
        Bytes packet(random.below(64));
        for (auto& byte : packet)
            byte = static_cast<std::uint8_t>(random.next());
        if (!packet.empty() && round % 2 == 0)
            packet[0] = static_cast<std::uint8_t>(0x80 | (packet[0] & 0x3F));
        const RtpView view = check_rtp(packet);
        if (view.fault != RtpFault::none) continue;
        ASSERT_LE(view.payload_offset + view.payload_bytes, packet.size())
            << "seed " << kSeed << " round " << round;
    }
}

TEST(RtpHeader, RtcpOnTheRtpPortIsToldByItsType) {
    EXPECT_TRUE(looks_like_rtcp(Bytes{0x80, 200}));
    EXPECT_TRUE(looks_like_rtcp(Bytes{0x80, 207}));
    EXPECT_FALSE(looks_like_rtcp(Bytes{0x80, 0x80 | 8}));
    EXPECT_FALSE(looks_like_rtcp(Bytes{0x80, 0x80 | 96}));
    EXPECT_FALSE(looks_like_rtcp(Bytes{0x80}));
}

}  // namespace
}  // namespace weir::dataplane
