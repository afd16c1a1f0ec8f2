// SPDX-License-Identifier: Apache-2.0
// RTCP: what is written can be read, and no bytes do harm.
#include "dataplane/rtp/rtcp.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "config/base/random.hpp"

namespace weir::dataplane {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(Rtcp, NtpTimeOfTheEpochIsSeventyYears) {
    EXPECT_EQ(ntp_time({0}) >> 32U, 2'208'988'800U);
    EXPECT_EQ(ntp_time({500'000'000}) & 0xFFFFFFFFU, 0x80000000U);
}

TEST(Rtcp, SenderReportRoundTrip) {
    std::array<std::uint8_t, 128> buffer{};
    RtcpWriter writer(buffer);
    writer.sender_report(
        {.ssrc = 7, .ntp = 0x1122334455667788, .rtp_timestamp = 9, .packets = 10, .octets = 11});
    writer.cname(7, "weir-0123456789abcdef");
    writer.bye(7);
    ASSERT_TRUE(writer.ok());
    const ByteSpan written = ByteSpan(buffer).first(writer.size());
    EXPECT_TRUE(check_rtcp(written));
    const auto info = find_sender_info(written);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->ntp, 0x1122334455667788U);
    EXPECT_EQ(info->octets, 11U);
    EXPECT_TRUE(has_bye(written, 7));
    EXPECT_FALSE(has_bye(written, 8));
}

TEST(Rtcp, ReportBlockRoundTripKeepsTheSign) {
    for (const std::int32_t lost : {0, 1, -1, 0x7FFFFF, -0x800000}) {
        std::array<std::uint8_t, 64> buffer{};
        RtcpWriter writer(buffer);
        writer.receiver_report(
            1, {.ssrc = 2, .fraction_lost = 3, .cumulative_lost = lost, .highest_sequence = 4});
        const auto block = find_report(ByteSpan(buffer).first(writer.size()), 2);
        ASSERT_TRUE(block);
        EXPECT_EQ(block->cumulative_lost, lost);
        EXPECT_EQ(block->fraction_lost, 3);
    }
}

TEST(Rtcp, CumulativeLossIsClampedToItsBits) {
    std::array<std::uint8_t, 64> buffer{};
    RtcpWriter writer(buffer);
    writer.receiver_report(1, {.ssrc = 2, .cumulative_lost = 0x1000000});
    EXPECT_EQ(find_report(ByteSpan(buffer).first(writer.size()), 2)->cumulative_lost, 0x7FFFFF);
}

TEST(Rtcp, WhatDoesNotFitIsLeftOutAndSaid) {
    std::array<std::uint8_t, 30> buffer{};
    RtcpWriter writer(buffer);
    writer.sender_report({.ssrc = 7});
    EXPECT_TRUE(writer.ok());
    writer.bye(7);
    EXPECT_FALSE(writer.ok());
    EXPECT_EQ(writer.size(), 28U);
}

TEST(Rtcp, EveryCnameLengthEndsOnAWord) {
    for (std::size_t length = 0; length < 12; ++length) {
        std::array<std::uint8_t, 64> buffer{};
        RtcpWriter writer(buffer);
        writer.cname(1, std::string(length, 'x'));
        EXPECT_EQ(writer.size() % 4, 0U);
        // RFC 3550 6.5: at least one zero octet ends the list of items.
        EXPECT_GE(writer.size(), 4 + 4 + 2 + length + 1);
        EXPECT_TRUE(check_rtcp(ByteSpan(buffer).first(writer.size())));
    }
}

TEST(Rtcp, ABlockCountBeyondThePartFindsNothing) {
    const Bytes lying{0x9F, 201, 0, 1, 0, 0, 0, 7};
    EXPECT_TRUE(check_rtcp(lying));
    EXPECT_FALSE(find_report(lying, 0));
    const Bytes lying_bye{0x9F, 203, 0, 0, 0x80, 201, 0, 1, 0, 0, 0, 7};
    EXPECT_FALSE(has_bye(lying_bye, 0));
}

TEST(Rtcp, AnyBytesAreReadWithoutHarm) {
    constexpr std::uint64_t kSeed = 3550;
    SeededRandom random(kSeed);
    for (int round = 0; round < 100'000; ++round) {
        Bytes bytes(random.below(80));
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random.next());
        if (bytes.size() > 3) {
            bytes[0] = static_cast<std::uint8_t>(0x80 | (bytes[0] & 0x3F));
            bytes[1] = static_cast<std::uint8_t>(200 + bytes[1] % 4);
            bytes[2] = 0;
            bytes[3] &= 0x1F;
        }
        (void)check_rtcp(bytes);
        (void)find_report(bytes, 1);
        (void)find_sender_info(bytes);
        (void)has_bye(bytes, 1);
    }
}

}  // namespace
}  // namespace weir::dataplane
