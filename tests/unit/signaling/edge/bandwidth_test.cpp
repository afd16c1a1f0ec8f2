// SPDX-License-Identifier: Apache-2.0
// kbit/s of codecs as the table of spec J.2 prints them, and the counts of peers.
#include "signaling/edge/bandwidth.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

struct Row {
    const char* encoding;
    std::uint32_t ptime;
    std::uint32_t v4;
    std::uint32_t v6;
};

TEST(Bandwidth, IsWhatTheTableSays) {
    for (const Row& row :
         {Row{"PCMU", 20, 80, 88}, Row{"PCMA", 20, 80, 88}, Row{"G722", 20, 80, 88},
          Row{"CLEARMODE", 20, 80, 88}, Row{"G729", 20, 24, 32}, Row{"G726-32", 20, 48, 56},
          Row{"iLBC", 20, 31, 39}, Row{"iLBC", 30, 24, 29}, Row{"G723", 30, 17, 22}}) {
        EXPECT_EQ(audio_kbps(row.encoding, row.ptime, false), row.v4) << row.encoding << row.ptime;
        EXPECT_EQ(audio_kbps(row.encoding, row.ptime, true), row.v6) << row.encoding << row.ptime;
    }
    EXPECT_EQ(audio_kbps("iSAC", 30, false), 37U);
    EXPECT_EQ(audio_kbps("AMR", 20, false), 15U);
}

TEST(Bandwidth, LongerPacketsCostLess) {
    EXPECT_EQ(audio_kbps("PCMU", 10, false), 96U);
    EXPECT_EQ(audio_kbps("pcmu", 40, false), 72U);
    EXPECT_EQ(audio_kbps("PCMU", 0, false), 80U);
}

TEST(Bandwidth, AnUnknownCodecCountsAsG711) {
    EXPECT_EQ(audio_kbps("speex", 20, false), 80U);
}

TEST(BandwidthCounts, RefuseWhatDoesNotFitAndTakeNothingThen) {
    config::DialPeer peer;
    peer.tag = config::DialPeerTag{1};
    peer.max_bandwidth = 160;
    BandwidthCounts counts;
    EXPECT_TRUE(counts.try_take(peer, 80));
    EXPECT_TRUE(counts.try_take(peer, 80));
    EXPECT_FALSE(counts.try_take(peer, 1));
    EXPECT_EQ(counts.used(peer.tag), 160U);
    counts.release(peer.tag, 80);
    EXPECT_TRUE(counts.try_take(peer, 24));
    EXPECT_EQ(counts.refused_total(), 1U);
}

TEST(BandwidthCounts, APeerWithoutALimitTakesAll) {
    config::DialPeer peer;
    BandwidthCounts counts;
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(counts.try_take(peer, 2'000'000));
}

}  // namespace
}  // namespace weir::signaling
