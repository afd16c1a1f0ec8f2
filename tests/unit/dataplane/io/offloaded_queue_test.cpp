// SPDX-License-Identifier: Apache-2.0
// One queue's frames and records: in which order they come, and what happens when there is no room.
#include "dataplane/io/offloaded_queue.hpp"

#include <optional>
#include <utility>

#include <gmock/gmock.h>

#include "dataplane/engine/checksum.hpp"
#include "tests/unit/dataplane/io/flow_kernel.hpp"
#include "tests/unit/dataplane/io/ring_devices.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kMark = std::uint64_t{1} << 23U;
constexpr MonoTime kNow{5'000'000};

class OffloadedQueues : public RingDevices {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        start({{}}, 1);
        auto made = RecordRing::create();
        ASSERT_TRUE(made) << made.error().context;
        ring.emplace(std::move(*made));
        writer.emplace(ring->fd());
        queue.emplace();
        burst->count = 0;
    }
    void TearDown() override {
        empty_burst();
        queue.reset();
    }
    void arrive_all(std::initializer_list<std::uint8_t> marks) {
        for (const std::uint8_t mark : marks)
            arrive(mark);
    }
    void relay(std::initializer_list<std::uint8_t> marks) {
        for (const std::uint8_t mark : marks)
            ASSERT_TRUE(writer->write(mark));
    }
    void empty_burst() {
        for (std::uint16_t i = 0; i < burst->count; ++i)
            rte_pktmbuf_free(burst->packets[i]);
        burst->count = 0;
    }
    // Into a burst that has room for so many more; the marks of what came.
    std::vector<int> take(std::size_t room = kBurst) {
        while (burst->count < kBurst - room)
            burst->packets[burst->count++] = frame_of(0);
        const std::uint16_t first = burst->count;
        frames = queue->take(source(), *burst, kNow);
        std::vector<int> marks;
        for (std::uint16_t i = first; i < burst->count; ++i)
            marks.push_back(mark_of(burst->packets[i]));
        empty_burst();
        return marks;
    }
    OffloadedSource source() {
        return {dpdk_port(), 0, *ring, pool != nullptr ? pool->raw() : frame_pool()->raw(), kMark};
    }

    std::unique_ptr<BufferPool> pool;  // of records, where a test has one
    std::optional<RecordRing> ring;
    std::optional<RingWriter> writer;
    std::optional<OffloadedQueue> queue;
    std::uint16_t frames = 0;  // as take() said
};

TEST_F(OffloadedQueues, ARecordBecomesAMarkedPacketWithItsArrivalAndItsSum) {
    weir_record record = record_of(7, 214);
    record.arrival_ns = 4'999'000;
    record.payload_sum = 0xFFFF'1234U;
    ASSERT_TRUE(writer->write(record));
    EXPECT_EQ(queue->take(source(), *burst, kNow), 0);
    ASSERT_EQ(burst->count, 1);
    rte_mbuf& packet = *burst->packets[0];
    EXPECT_EQ(packet.ol_flags & kMark, kMark);
    EXPECT_EQ(packet.pkt_len, 214U);
    EXPECT_EQ(packet.data_len, 214U);
    EXPECT_EQ(std::memcmp(bytes_of_mbuf(&packet).data(), record.frame, 214), 0);
    EXPECT_EQ(packet.hash.usr, checksum_fold32(record.payload_sum));
    EXPECT_EQ(burst->meta[0].arrival_ns, 4'999'000);
}

TEST_F(OffloadedQueues, AFrameOfTheSocketHasNoMarkAndCameNow) {
    arrive(7);
    EXPECT_EQ(queue->take(source(), *burst, kNow), 1);
    ASSERT_EQ(burst->count, 1);
    EXPECT_EQ(burst->packets[0]->ol_flags & kMark, 0U);
    EXPECT_EQ(burst->meta[0].arrival_ns, kNow.ns);
}

TEST_F(OffloadedQueues, ARecordThatSaysItIsLongerThanItIsIsCut) {
    ASSERT_TRUE(writer->write(record_of(7, 60'000)));
    EXPECT_EQ(queue->take(source(), *burst, kNow), 0);
    ASSERT_EQ(burst->count, 1);
    EXPECT_EQ(burst->packets[0]->pkt_len, std::uint32_t{WEIR_RECORD_FRAME});
}

TEST_F(OffloadedQueues, ABurstWithRoomLeftHasSeenTheSocketEmpty) {
    for (std::uint8_t mark = 1; mark <= 40; ++mark)
        arrive(mark);
    EXPECT_EQ(take(27).size(), 27U);
    EXPECT_TRUE(queue->has_waiting());
    EXPECT_EQ(take().size(), 13U) << "five that waited, and eight behind them";
    EXPECT_FALSE(queue->has_waiting());
}

TEST_F(OffloadedQueues, RecordsComeBeforeTheFramesBehindThem) {
    relay({1, 2});
    arrive_all({3, 4});
    EXPECT_THAT(take(), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(frames, 2) << "records are not counted";
}

TEST_F(OffloadedQueues, FramesComeBeforeRecordsThatWereWrittenLater) {
    arrive_all({1, 2, 3, 4});
    EXPECT_THAT(take(2), ElementsAre(1, 2));
    relay({5});
    arrive(6);
    EXPECT_THAT(take(1), ElementsAre(3));
    EXPECT_THAT(take(), ElementsAre(4));
    EXPECT_THAT(take(), ElementsAre(5, 6));
}

TEST_F(OffloadedQueues, RecordsThatFindNoRoomComeFirstInTheNextTurn) {
    relay({1, 2, 3, 4, 5});
    arrive_all({6, 7});
    EXPECT_THAT(take(3), ElementsAre(1, 2, 3));
    EXPECT_EQ(frames, 0);
    EXPECT_THAT(take(), ElementsAre(4, 5, 6, 7));
}

TEST_F(OffloadedQueues, AFullBurstTakesNothingAndLosesNothing) {
    relay({1});
    arrive(2);
    EXPECT_THAT(take(0), IsEmpty());
    EXPECT_EQ(frames, 0);
    EXPECT_THAT(take(), ElementsAre(1, 2));
}

TEST_F(OffloadedQueues, MoreRecordsThanABurstHoldsKeepTheirOrder) {
    for (std::uint8_t mark = 1; mark <= 3 * kBurst; ++mark)
        relay({mark});
    arrive(200);
    std::vector<int> all;
    for (int turn = 0; turn < 4; ++turn)
        for (const int mark : take())
            all.push_back(mark);
    ASSERT_EQ(all.size(), 3 * kBurst + 1);
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
}

TEST_F(OffloadedQueues, WhatTheProgramDiscardedDoesNotHoldUpTheFramesBehindIt) {
    ASSERT_TRUE(writer->write(record_of(1), RingWriter::Write::discarded));
    arrive(2);
    EXPECT_THAT(take(), ElementsAre(2));
}

TEST_F(OffloadedQueues, WithoutAFreeBufferARecordStaysAndTheFramesBehindItToo) {
    auto few = BufferPool::create("few_buffers", 1023);
    ASSERT_TRUE(few) << few.error().context;
    pool = std::move(*few);
    std::vector<rte_mbuf*> taken;
    while (rte_mbuf* buffer = rte_pktmbuf_alloc(pool->raw()))
        taken.push_back(buffer);
    relay({1, 2});
    arrive(3);
    EXPECT_THAT(take(), IsEmpty());
    rte_pktmbuf_free_bulk(taken.data(), static_cast<unsigned>(taken.size()));
    EXPECT_THAT(take(), ElementsAre(1, 2, 3));
}

TEST_F(OffloadedQueues, DropFreesWhatWaits) {
    const auto before = frame_pool()->available();
    arrive_all({1, 2, 3});
    EXPECT_THAT(take(1), ElementsAre(1));
    queue->drop();
    EXPECT_EQ(frame_pool()->available(), before);
    EXPECT_THAT(take(), IsEmpty());
}

TEST_F(OffloadedQueues, ItsEndFreesWhatWaits) {
    const auto before = frame_pool()->available();
    arrive_all({1, 2, 3});
    EXPECT_THAT(take(1), ElementsAre(1));
    queue.reset();
    EXPECT_EQ(frame_pool()->available(), before);
}

// A device that came back has another ring, which begins at zero.
TEST_F(OffloadedQueues, BehindDropAnotherRingBeginsAnew) {
    relay({1, 2, 3});
    EXPECT_THAT(take(), ElementsAre(1, 2, 3));
    queue->drop();
    writer.reset();
    ring.reset();
    ring.emplace(std::move(*RecordRing::create()));
    writer.emplace(ring->fd());
    relay({4});
    arrive(5);
    EXPECT_THAT(take(), ElementsAre(4, 5));
}

}  // namespace
}  // namespace weir::dataplane::tests
