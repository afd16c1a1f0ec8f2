// SPDX-License-Identifier: Apache-2.0
// Our end of the ring of relayed packets: order, bounds, what is no record, room given back.
#include "dataplane/io/xdp/record_ring.hpp"

#include <optional>
#include <utility>

#include "tests/unit/dataplane/io/flow_kernel.hpp"

namespace weir::dataplane::tests {
namespace {

class RecordRings : public ::testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        auto made = RecordRing::create();
        ASSERT_TRUE(made) << made.error().context;
        ring.emplace(std::move(*made));
        writer.emplace(ring->fd());
    }
    // The mark of the oldest record, which is taken; -1: none.
    int take() {
        const weir_record* record = ring->front(ring->produced());
        if (record == nullptr) return -1;
        const int mark = record->frame[0];
        ring->release();
        return mark;
    }

    std::optional<RecordRing> ring;
    std::optional<RingWriter> writer;
};

TEST_F(RecordRings, AnEmptyRingHasNoFront) {
    EXPECT_EQ(ring->produced(), 0U);
    EXPECT_EQ(ring->front(ring->produced()), nullptr);
}

TEST_F(RecordRings, ARecordIsReadAsItWasWritten) {
    const weir_record written = record_of(7, 214);
    ASSERT_TRUE(writer->write(written));
    const weir_record* read = ring->front(ring->produced());
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(std::memcmp(read, &written, sizeof(written)), 0);
}

TEST_F(RecordRings, RecordsComeInOrder) {
    for (std::uint8_t mark = 1; mark <= 3; ++mark)
        ASSERT_TRUE(writer->write(mark));
    EXPECT_EQ(take(), 1);
    EXPECT_EQ(take(), 2);
    EXPECT_EQ(take(), 3);
    EXPECT_EQ(take(), -1);
    EXPECT_EQ(ring->consumed(), ring->produced());
}

TEST_F(RecordRings, ARecordStaysUntilItIsReleased) {
    ASSERT_TRUE(writer->write(1));
    const weir_record* first = ring->front(ring->produced());
    EXPECT_EQ(ring->front(ring->produced()), first);
    EXPECT_EQ(ring->consumed(), 0U);
}

TEST_F(RecordRings, WhatCameBehindTheEndIsLeftForLater) {
    ASSERT_TRUE(writer->write(1));
    const std::uint64_t end = ring->produced();
    ASSERT_TRUE(writer->write(2));
    ASSERT_NE(ring->front(end), nullptr);
    ring->release();
    EXPECT_EQ(ring->front(end), nullptr);
    EXPECT_EQ(take(), 2);
}

TEST_F(RecordRings, WhatTheProgramDiscardedIsPassedOver) {
    ASSERT_TRUE(writer->write(record_of(1), RingWriter::Write::discarded));
    ASSERT_TRUE(writer->write(2));
    ASSERT_TRUE(writer->write(record_of(3), RingWriter::Write::discarded));
    EXPECT_EQ(take(), 2);
    EXPECT_EQ(take(), -1);
    EXPECT_EQ(ring->consumed(), ring->produced());
}

TEST_F(RecordRings, WhatIsNoWholeRecordIsPassedOver) {
    ASSERT_TRUE(writer->write(record_of(1), RingWriter::Write::half));
    ASSERT_TRUE(writer->write(2));
    EXPECT_EQ(take(), 2);
}

TEST_F(RecordRings, RoomIsGivenBackByRelease) {
    std::size_t written = 0;
    while (writer->write(1))
        ++written;
    EXPECT_EQ(written, WEIR_RECORD_RING / (sizeof(weir_record) + BPF_RINGBUF_HDR_SZ));
    ASSERT_EQ(take(), 1);
    EXPECT_TRUE(writer->write(2));
    EXPECT_FALSE(writer->write(3));
}

// A record that crosses the end of the memory goes on behind it, in the second mapping.
TEST_F(RecordRings, RecordsAcrossTheEndAreWhole) {
    const std::size_t rounds = 2 * WEIR_RECORD_RING / sizeof(weir_record);
    for (std::size_t i = 0; i < rounds; ++i) {
        const auto mark = static_cast<std::uint8_t>(i);
        ASSERT_TRUE(writer->write(mark));
        const weir_record expected = record_of(mark);
        const weir_record* read = ring->front(ring->produced());
        ASSERT_NE(read, nullptr);
        ASSERT_EQ(std::memcmp(read, &expected, sizeof(expected)), 0) << i;
        ring->release();
    }
    EXPECT_GT(ring->consumed(), std::uint64_t{WEIR_RECORD_RING});
}

TEST_F(RecordRings, AMovedRingGoesOnWhereItWas) {
    ASSERT_TRUE(writer->write(1) && writer->write(2));
    ASSERT_EQ(take(), 1);
    RecordRing moved = std::move(*ring);
    ring.reset();
    const weir_record* record = moved.front(moved.produced());
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->frame[0], 2);
}

}  // namespace
}  // namespace weir::dataplane::tests
