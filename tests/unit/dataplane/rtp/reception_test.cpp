// SPDX-License-Identifier: Apache-2.0
// Reception: order, loss and whose it is, copies, restarts of the sender, jitter (RFC 3550 A.1,
// A.3, A.8).
#include "dataplane/rtp/reception.hpp"

#include <gtest/gtest.h>

namespace weir::dataplane {
namespace {

constexpr std::int64_t kMs = 1'000'000;

class Reception : public ::testing::Test {
protected:
    ReceptionResult take(std::uint16_t sequence, std::uint32_t overflow = 0,
                         std::uint32_t ssrc = 1) {
        now += 20 * kMs;
        const ReceivedPacket packet{ssrc, sequence * 160U, sequence, 0, overflow, now};
        if (note_next_packet(state, packet)) return {};
        return note_packet(state, packet);
    }
    ReceptionResult take_at(std::uint16_t sequence, std::uint32_t timestamp,
                            std::uint32_t overflow) {
        now += 20 * kMs;
        const ReceivedPacket packet{1, timestamp, sequence, 0, overflow, now};
        if (note_next_packet(state, packet)) return {};
        return note_packet(state, packet);
    }
    ReceptionState state;
    std::int64_t now = 1'000'000 * kMs;
};

TEST_F(Reception, TheFirstPacketBeginsASource) {
    EXPECT_EQ(take(5).arrival, Arrival::new_source);
    EXPECT_EQ(take(6).arrival, Arrival::in_order);
    EXPECT_EQ(take(6, 0, 2).arrival, Arrival::new_source);
}

TEST_F(Reception, SequenceWrapsWithoutALoss) {
    take(65534);
    EXPECT_EQ(take(65535).gap, 0);
    EXPECT_EQ(take(0).arrival, Arrival::in_order);
    EXPECT_EQ(take(1).gap, 0);
}

TEST_F(Reception, AGapOverTheWrapIsCounted) {
    take(65534);
    EXPECT_EQ(take(1).gap, 2);
}

TEST_F(Reception, AGapIsTheNetworksUnlessTheSocketOverflowed) {
    take(1);
    EXPECT_FALSE(take(3).ours);
    EXPECT_TRUE(take(6, 2).ours);
    EXPECT_FALSE(take(8, 2).ours);
}

// A packet that was queued before the loss says less than the counter by which a gap before it was
// judged.
TEST_F(Reception, AFurtherGapAmongPacketsThatHadWaitedIsOursAndAtTheEndNothingIsLeft) {
    for (std::uint16_t i = 0; i < 300; ++i)
        take(i);
    EXPECT_TRUE(take(303, 5).ours);
    take(304, 0);
    EXPECT_TRUE(take(307, 5).ours);
    take(308, 0);
    EXPECT_EQ(unbooked_overflow(state, 5), 0U);
    EXPECT_EQ(unbooked_overflow(state, 7), 2U);
}

TEST_F(Reception, AGapAfterARestartOfOursIsOurs) {
    take(1);
    state.restarted = 1;
    const auto result = take(51);
    EXPECT_EQ(result.gap, 49);
    EXPECT_TRUE(result.ours);
    EXPECT_FALSE(take(53).ours);
}

TEST_F(Reception, ALatePacketFillsItsHoleAndIsNamedAsItsLossWas) {
    take(1);
    take(3);
    take(6, 9);
    auto late = take(2);
    EXPECT_EQ(late.arrival, Arrival::late);
    EXPECT_FALSE(late.ours);
    late = take(5);
    EXPECT_EQ(late.arrival, Arrival::late);
    EXPECT_TRUE(late.ours);
    EXPECT_EQ(take(5).arrival, Arrival::duplicate);
}

TEST_F(Reception, CopiesAreToldFromLatePackets) {
    take(1);
    take(2);
    EXPECT_EQ(take(2).arrival, Arrival::duplicate);
    EXPECT_EQ(take(1).arrival, Arrival::duplicate);
}

TEST_F(Reception, AStragglerBeforeTheFirstPacketIsOneMoreExpected) {
    take(10);
    EXPECT_EQ(take(9).arrival, Arrival::straggler);
    EXPECT_EQ(take(9).arrival, Arrival::duplicate);
    EXPECT_EQ(take(11).gap, 0);
}

TEST_F(Reception, AWindowLaterTheFirstPacketIsForgotten) {
    for (std::uint16_t i = 0; i < 600; ++i)
        take(static_cast<std::uint16_t>(100 + i));
    EXPECT_EQ(state.near_first, 0);
    EXPECT_EQ(take(690).arrival, Arrival::duplicate);
}

TEST_F(Reception, HolesOfALaterRoundThroughTheWindowAreNotOldPackets) {
    for (std::uint16_t i = 1; i <= 300; ++i)
        take(i);
    take(310);  // 301..309 are holes; the window's bits of 45..53 had been set
    EXPECT_EQ(take(305).arrival, Arrival::late);
}

TEST_F(Reception, ALongJumpIsALossOnlyIfTheTimeAllowsIt) {
    take(1);
    EXPECT_EQ(take(5000).arrival, Arrival::jumped);
    now += 10'000 * kMs;
    const auto result = take(10'000);
    EXPECT_EQ(result.arrival, Arrival::in_order);
    EXPECT_EQ(result.gap, 4999);
}

// A stop of ours: what waited in the ring and what came behind the loss arrive together.
TEST_F(Reception, ALongGapThatAStopOfOursCoversIsOursThoughNoTimePassedBetweenTheArrivals) {
    take(1);
    const auto result = take(5000, 7);
    EXPECT_EQ(result.arrival, Arrival::in_order);
    EXPECT_EQ(result.gap, 4998);
    EXPECT_TRUE(result.ours);
}

TEST_F(Reception, ALongGapAfterARestartOfOursIsOurs) {
    take(1);
    state.restarted = 1;
    const auto result = take(4000);
    EXPECT_EQ(result.gap, 3998);
    EXPECT_TRUE(result.ours);
}

// Video of 2,000 packets a second, for 20 s: more than half a round of the sequence numbers.
TEST_F(Reception, AGapOfMoreThanHalfARoundIsOursIfTheSendersTimeLineSaysSo) {
    take_at(1, 0, 0);
    const auto result = take_at(40'001, 20 * 8000, 3);
    EXPECT_EQ(result.arrival, Arrival::in_order);
    EXPECT_EQ(result.gap, 39'999);
    EXPECT_TRUE(result.ours);
}

TEST_F(Reception, ALongJumpWithoutAStopOfOursIsARestartOfTheSender) {
    take(1);
    EXPECT_EQ(take(5000).arrival, Arrival::jumped);
}

TEST_F(Reception, ASenderThatBeginsItsTimeLineAnewIsNoGapOfOurs) {
    take_at(1, 1'000'000, 0);
    EXPECT_EQ(take_at(5000, 500, 7).arrival, Arrival::jumped);             // back
    EXPECT_EQ(take_at(10'000, 900'000'000, 9).arrival, Arrival::jumped);   // by more than a stop
    EXPECT_EQ(take_at(20'000, 900'000'160, 11).arrival, Arrival::jumped);  // too many for 20 ms
}

TEST_F(Reception, AFarJumpBackIsARestartOfTheSender) {
    take(30'000);
    EXPECT_EQ(take(100).arrival, Arrival::jumped);
    EXPECT_EQ(take(101).arrival, Arrival::in_order);
}

TEST_F(Reception, SteadyPacketsHaveNoJitter) {
    for (std::uint16_t i = 0; i < 500; ++i)
        take(i);
    EXPECT_EQ(state.jitter_q4 >> 4U, 0U);
}

TEST_F(Reception, JitterApproachesTheMeanDeviation) {
    // Alternately 10 ms early and late: |D| is 20 ms each time, 160 units of 8 kHz.
    for (std::uint16_t i = 0; i < 1000; ++i) {
        now += (i % 2 == 0 ? 1 : -1) * 10 * kMs;
        take(i);
        now -= 0;
    }
    EXPECT_NEAR(state.jitter_q4 >> 4U, 80U, 80U);
    EXPECT_GT(state.jitter_q4 >> 4U, 60U);
}

TEST_F(Reception, ASendersPauseIsNoJitter) {
    for (std::uint16_t i = 0; i < 100; ++i)
        take(i);
    now += 60'000 * kMs;
    take(100);
    EXPECT_EQ(state.jitter_q4 >> 4U, 0U);
}

}  // namespace
}  // namespace weir::dataplane
