// SPDX-License-Identifier: Apache-2.0
// Frames of the generator and what is counted of them when they come back.
#include "bench/traffic/arrivals.hpp"

#include <array>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "dataplane/engine/checksum.hpp"

namespace weir::bench {
namespace {

constexpr std::uint64_t kLate = 1000;
using Frame = std::array<std::uint8_t, kFrameBytes>;

class ArrivalsTest : public ::testing::Test {
protected:
    ArrivalsTest()
        : flows_{{0, end(1, 5000), end(9, 7000), end(2, 6000), end(3, 8000)}},
          frames_(flows_[0], 0, {}),
          arrivals_(flows_, kLate, window_) {}

    static WireEndpoint end(std::uint32_t host, std::uint16_t port) {
        return {htonl(0x0A000000U + host), htons(port)};
    }
    // Packet `number` as the relay or the fork would send it on.
    Frame packet(std::uint32_t number, const WireEndpoint& to, std::uint32_t phase = kMeasured) {
        Frame frame;
        frames_.write_next(frame.data(), number, phase, 0);
        std::memcpy(frame.data() + kIpOffset + 16, &to.address, 4);
        std::memcpy(frame.data() + kUdpOffset + 2, &to.port, 2);
        std::memset(frame.data() + kUdpOffset + 6, 0, 2);  // no checksum: it is not its test
        return frame;
    }
    void come(const Frame& frame, std::uint64_t now = 0) {
        EXPECT_TRUE(arrivals_.add(frame.data(), frame.size(), now));
    }
    void come_relayed(std::initializer_list<std::uint32_t> numbers) {
        for (const std::uint32_t number : numbers)
            come(packet(number, flows_[0].relayed_to));
    }
    [[nodiscard]] const TargetCounts& relay() const { return arrivals_.counts(Target::relay); }

    std::vector<RtpFlow> flows_;
    FlowFrame frames_;
    SendWindow window_{1, 1000};
    Arrivals arrivals_;
};

TEST_F(ArrivalsTest, EveryPacketOnceIsReceivedOnce) {
    come_relayed({0, 1, 2, 3});
    EXPECT_EQ(relay().received, 4U);
    EXPECT_EQ(relay().duplicated + relay().reordered, 0U);
}

TEST_F(ArrivalsTest, AGapIsNotReceived) {
    come_relayed({0, 1, 5});
    EXPECT_EQ(relay().received, 3U);
    EXPECT_EQ(relay().reordered, 0U);
}

TEST_F(ArrivalsTest, TheSamePacketAgainIsADuplicate) {
    come_relayed({0, 1, 2, 1, 2});
    EXPECT_EQ(relay().received, 3U);
    EXPECT_EQ(relay().duplicated, 2U);
}

TEST_F(ArrivalsTest, APacketBehindALaterOneIsReorderedAndReceived) {
    come_relayed({0, 2, 1, 3});
    EXPECT_EQ(relay().received, 4U);
    EXPECT_EQ(relay().reordered, 1U);
}

TEST_F(ArrivalsTest, AfterAJumpTheWindowForgetsButCountsOn) {
    come_relayed({0, 500, 499, 499});
    EXPECT_EQ(relay().received, 3U);
    EXPECT_EQ(relay().reordered, 1U);
    EXPECT_EQ(relay().duplicated, 1U);
}

TEST_F(ArrivalsTest, CopiesAreToldFromRelayedPackets) {
    come_relayed({0, 1});
    come(packet(0, flows_[0].copied_to));
    EXPECT_EQ(relay().received, 2U);
    EXPECT_EQ(arrivals_.counts(Target::copy).received, 1U);
}

TEST_F(ArrivalsTest, AtAnotherAddressItIsMisdeliveredAndNotReceived) {
    come(packet(0, end(2, 6002)));
    EXPECT_EQ(relay().received, 0U);
    EXPECT_EQ(relay().misdelivered, 1U);
}

TEST_F(ArrivalsTest, PacketsOfTheWarmUpAreNotMeasured) {
    come(packet(0, flows_[0].relayed_to, kWarmUp));
    EXPECT_EQ(relay().received, 0U);
    EXPECT_EQ(arrivals_.warm_up_relayed(), 1U);
}

TEST_F(ArrivalsTest, LateIsLongerThanTheLimit) {
    come(packet(0, flows_[0].relayed_to), kLate);
    EXPECT_EQ(relay().late, 0U);
    come(packet(1, flows_[0].relayed_to), kLate + 1);
    EXPECT_EQ(relay().late, 1U);
}

TEST_F(ArrivalsTest, AChangedPayloadIsCorrupt) {
    Frame frame = packet(0, flows_[0].relayed_to);
    frame[kFrameBytes - 1] ^= 1U;
    come(frame);
    EXPECT_EQ(relay().corrupt, 1U);
}

TEST_F(ArrivalsTest, AWrongChecksumIsCorrupt) {
    Frame frame = packet(0, flows_[0].relayed_to);
    frame[kUdpOffset + 6] = 0x12;
    come(frame);
    EXPECT_EQ(relay().corrupt, 1U);
}

TEST_F(ArrivalsTest, OtherFramesAreNoneOfOurs) {
    const Frame other{};
    EXPECT_FALSE(arrivals_.add(other.data(), other.size(), 0));
    EXPECT_FALSE(arrivals_.add(other.data(), 60, 0));
}

TEST(FlowFrame, ItsUdpChecksumIsWhole) {
    const RtpFlow flow{
        0, {htonl(0x0A000001U), htons(5000)}, {htonl(0x0A000002U), htons(6000)}, {}, {}};
    FlowFrame frames(flow, 7, {});
    for (std::uint32_t number = 0; number < 300; ++number) {
        Frame frame;
        frames.write_next(frame.data(), number, kMeasured, 0x123456789ABCULL * number);
        const std::uint64_t pseudo =
            dataplane::checksum_add(0, {frame.data() + kIpOffset + 12, 8}) + htons(IPPROTO_UDP) +
            htons(kFrameBytes - kUdpOffset);
        EXPECT_EQ(dataplane::checksum_fold(dataplane::checksum_add(
                      pseudo, {frame.data() + kUdpOffset, kFrameBytes - kUdpOffset})),
                  0xFFFF)
            << number;
    }
}

}  // namespace
}  // namespace weir::bench
