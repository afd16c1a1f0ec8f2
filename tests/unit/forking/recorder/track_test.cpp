// SPDX-License-Identifier: Apache-2.0
// Tracks: samples in sequence order, and an account of everything else.
#include "forking/recorder/track.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "config/base/random.hpp"

namespace weir::forking {
namespace {

const Endpoint kSender{.address = IpAddress::v4(192, 0, 2, 1), .port = 8000};
const Endpoint kStranger{.address = IpAddress::v4(192, 0, 2, 66), .port = 8000};

// One byte per packet, its sequence number's low byte: what is in the file tells who came when.
class Sender {
public:
    explicit Sender(Track& track) : track_(track) {}
    void send(std::uint16_t sequence, std::uint8_t payload_type = 0,
              const Endpoint& from = kSender) {
        const std::uint8_t byte = static_cast<std::uint8_t>(sequence);
        track_.receive(TrackPacket{.payload_type = payload_type,
                                   .marker = false,
                                   .sequence = sequence,
                                   .timestamp = sequence * 160U,
                                   .ssrc = ssrc,
                                   .payload = ByteSpan(&byte, 1)},
                       from, now);
        now = now + milliseconds(20);
    }
    std::uint32_t ssrc = 7;
    MonoTime now{1'000'000'000};

private:
    Track& track_;
};

struct Fixture {
    Track track{0, TrackFormat{.audio = 0, .law = Law711::mu, .event = 101, .comfort = 19}, 0};
    Sender sender{track};

    std::string samples(std::uint32_t file = 0) {
        track.finish(sender.now);
        for (Block& block : track.take_blocks(true))
            blocks.push_back(std::move(block));
        std::string all;
        for (const Block& block : blocks)
            if (block.file == file) all.append(block.samples.begin(), block.samples.end());
        return all;
    }
    const TrackAccount& account() { return track.record().account; }
    std::vector<Block> blocks;
};

TEST(Track, KeepsTheOrderOfSequenceNumbers) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2, 4, 3, 5, 8, 7, 6, 9})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples(), "\x01\x02\x03\x04\x05\x06\x07\x08\x09");
    EXPECT_EQ(f.account().reordered, 3U);
    EXPECT_EQ(f.account().lost, 0U);
}

TEST(Track, TheVeryFirstPacketsMayBeSwapped) {
    Fixture f;
    for (const std::uint16_t sequence : {2, 1, 3, 4, 5})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples(), "\x01\x02\x03\x04\x05");
    EXPECT_EQ(f.account().first_sequence, 1);
}

TEST(Track, DropsDuplicatesAndCountsThemAsThere) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2, 2, 3, 1, 4, 5})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples(), "\x01\x02\x03\x04\x05");
    EXPECT_EQ(f.account().duplicates, 2U);
    EXPECT_EQ(f.account().recorded_packets(), 7U);
    EXPECT_EQ(f.track.record().recorded_octets(), 7U);
}

TEST(Track, SequenceNumbersWrap) {
    Fixture f;
    for (const std::uint16_t sequence : {65533, 65534, 65535, 1, 0, 2, 3})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples(), std::string("\xFD\xFE\xFF\x00\x01\x02\x03", 7));
}

TEST(Track, AGapIsCountedAndPlaced) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2, 3, 4, 8, 9})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples(), "\x01\x02\x03\x04\x08\x09");
    EXPECT_EQ(f.account().lost, 3U);
    ASSERT_EQ(f.track.record().gaps.size(), 1U);
    EXPECT_EQ(f.track.record().gaps[0].after_sequence, 4);
    EXPECT_EQ(f.track.record().gaps[0].packets, 3U);
    EXPECT_EQ(f.track.record().gaps[0].data_offset, 4U);
}

TEST(Track, GivesUpOnAMissingPacketInTime) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2, 3, 4, 6})
        f.sender.send(sequence);
    f.track.tick(f.sender.now);
    EXPECT_EQ(f.account().lost, 0U) << "it may still come";
    f.track.tick(f.sender.now + kRecorderReorderWait);
    EXPECT_EQ(f.account().lost, 1U);
}

TEST(Track, APacketBehindTheBufferIsLateAndStaysLost) {
    Fixture f;
    for (std::uint16_t sequence = 1; sequence <= 60; ++sequence)
        if (sequence != 10) f.sender.send(sequence);
    f.sender.send(10);
    EXPECT_EQ(f.samples().size(), 59U);
    EXPECT_EQ(f.account().late, 1U);
    EXPECT_EQ(f.account().lost, 1U);
    EXPECT_EQ(f.account().recorded_packets(), 59U);
}

TEST(Track, OnlyTheFirstSourceIsRecorded) {
    Fixture f;
    f.sender.send(1);
    f.sender.send(2, 0, kStranger);
    f.sender.send(2);
    EXPECT_EQ(f.samples(), "\x01\x02");
    EXPECT_EQ(f.account().other_source, 1U);
}

TEST(Track, APayloadTypeThatWasNotAgreedNeitherLatchesNorCounts) {
    Fixture f;
    f.sender.send(1, 96, kStranger);
    for (const std::uint16_t sequence : {1, 2})
        f.sender.send(sequence);
    f.sender.send(3, 96);
    EXPECT_EQ(f.samples(), "\x01\x02");
    EXPECT_EQ(f.account().other_payload, 2U);
    EXPECT_EQ(f.account().recorded_packets(), 2U);
    EXPECT_EQ(f.account().lost, 0U);
}

TEST(Track, AnotherSsrcOfTheSameSenderGoesOn) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2, 3, 4, 6})
        f.sender.send(sequence);
    f.sender.ssrc = 8;
    for (const std::uint16_t sequence : {40, 41, 42, 43})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples(), "\x01\x02\x03\x04\x06\x28\x29\x2A\x2B");
    EXPECT_EQ(f.account().ssrc_changes, 1U);
    EXPECT_EQ(f.account().lost, 1U);
}

TEST(Track, TelephoneEventsGoToTheNotesOnly) {
    Fixture f;
    f.sender.send(1);
    for (int i = 0; i < 3; ++i) {
        const std::uint8_t payload[] = {5, static_cast<std::uint8_t>(i == 2 ? 0x8A : 0x0A), 0x03,
                                        0x20};
        f.track.receive(TrackPacket{.payload_type = 101,
                                    .marker = i == 0,
                                    .sequence = static_cast<std::uint16_t>(2 + i),
                                    .timestamp = 320,
                                    .ssrc = 7,
                                    .payload = payload},
                        kSender, f.sender.now);
    }
    f.sender.send(5);
    EXPECT_EQ(f.samples(), "\x01\x05");
    ASSERT_EQ(f.track.record().events.size(), 1U);
    EXPECT_EQ(f.track.record().events[0].event, 5);
    EXPECT_EQ(f.track.record().events[0].duration, 800U);
    EXPECT_TRUE(f.track.record().events[0].ended);
    EXPECT_EQ(f.account().recorded_packets(), 5U);
}

TEST(Track, AHoldOfHalfTheSequenceSpaceIsAPauseAndNoLoss) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2, 3, 4})
        f.sender.send(sequence);
    f.track.pause(f.sender.now);
    f.sender.now = f.sender.now + std::chrono::minutes(15);
    f.track.resume(f.sender.now);
    for (const std::uint16_t sequence : {45000, 45001})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples(), "\x01\x02\x03\x04\xC8\xC9");
    EXPECT_EQ(f.account().lost, 0U);
    EXPECT_EQ(f.account().in_pause, 44995U);
    ASSERT_EQ(f.track.record().pauses.size(), 1U);
    EXPECT_TRUE(f.track.record().pauses[0].to.has_value());
}

TEST(Track, AGapAfterTheResumeIsALossAgain) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2, 3, 4})
        f.sender.send(sequence);
    f.track.pause(f.sender.now);
    f.track.resume(f.sender.now);
    for (const std::uint16_t sequence : {10, 11, 13})
        f.sender.send(sequence);
    EXPECT_EQ(f.samples().size(), 7U);
    EXPECT_EQ(f.account().in_pause, 5U);
    EXPECT_EQ(f.account().lost, 1U);
}

TEST(Track, AnotherCodecBeginsAnotherFile) {
    Fixture f;
    for (const std::uint16_t sequence : {1, 2})
        f.sender.send(sequence, 0);
    for (const std::uint16_t sequence : {3, 4})
        f.sender.send(sequence, 8);
    EXPECT_EQ(f.samples(0), "\x01\x02");
    EXPECT_EQ(f.samples(1), "\x03\x04");
    ASSERT_EQ(f.track.record().files.size(), 2U);
    EXPECT_EQ(f.track.record().files[1].codec, "PCMA");
}

TEST(Track, FilesOfAnAlternatingSenderAreBounded) {
    Fixture f;
    for (std::uint16_t sequence = 1; sequence <= 40; ++sequence)
        f.sender.send(sequence, sequence % 2 == 0 ? 0 : 8);
    static_cast<void>(f.samples());
    EXPECT_LE(f.track.record().files.size(), kRecorderFiles);
    EXPECT_GT(f.account().unwritten, 0U);
}

TEST(Track, BlocksHoldWholePacketsAndAreBounded) {
    Fixture f;
    for (std::uint16_t sequence = 1; sequence <= 40000; ++sequence)
        f.sender.send(sequence);
    EXPECT_EQ(f.samples().size(), 40000U);
    for (const Block& block : f.blocks)
        EXPECT_LE(block.samples.size(), kRecorderBlock);
    EXPECT_GT(f.blocks.size(), 2U);
}

TEST(TrackReport, TellsLossAndHighestSequence) {
    Fixture f;
    EXPECT_FALSE(f.track.report().has_value());
    for (const std::uint16_t sequence : {100, 101, 103, 104})
        f.sender.send(sequence);
    const auto report = f.track.report();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->ssrc, 7U);
    EXPECT_EQ(report->highest_sequence, 104U);
    EXPECT_EQ(report->cumulative_lost, 1);
    EXPECT_EQ(report->fraction_lost, 256 / 5);
}

TEST(Track, AnyShuffleWithinTheBufferGivesTheSameBytes) {
    const std::uint64_t seed = 20261121;
    RecordProperty("seed", std::to_string(seed));
    SeededRandom random(seed);
    Fixture f;
    std::vector<std::uint16_t> order(2000);
    std::string expected;
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = static_cast<std::uint16_t>(65000 + i);
        expected += static_cast<char>(order[i]);
    }
    constexpr std::size_t kWindow = 16;  // shuffled within windows of this size
    for (std::size_t start = 4; start + kWindow <= order.size(); start += kWindow)
        for (std::size_t i = 1; i < kWindow; ++i)
            std::swap(order[start + i], order[start + random.below(i + 1)]);
    for (const std::uint16_t sequence : order) {
        f.sender.send(sequence);
        if (random.below(5) == 0) f.sender.send(sequence);
    }
    EXPECT_TRUE(f.samples() == expected) << "seed " << seed;
}

}  // namespace
}  // namespace weir::forking
