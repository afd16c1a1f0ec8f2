// SPDX-License-Identifier: Apache-2.0
// What the XDP program relays by itself and what it leaves to the worker, packet by packet, decided
// by the kernel (BPF_PROG_TEST_RUN). Needs root, no device.
#include <random>

#include "tests/unit/dataplane/io/flow_program.hpp"

namespace weir::dataplane::tests {
namespace {

TEST_F(FlowRelayProgram, WhatGoesOnIsWhatTheWorkerWouldHaveWritten) {
    give(100);
    for (const std::uint16_t payload : {0, 1, 2, 3, 20, 159, 160, 161, 240, 298}) {
        const auto sequence = static_cast<std::uint16_t>(100 + payload);
        give(sequence);
        const Frame frame = rtp_frame({.sequence = sequence, .payload = payload});
        expect_relayed(frame);
        Frame expected = frame;
        static const Framer ours = framer();
        write_plain_frame(expected, ours,
                          FrameAddress{kTo, {20000, 1, 0}, NextHops::word_of({2, 0, 0, 0, 8, 8})});
        EXPECT_EQ(sent_, expected) << payload;
    }
}

TEST_F(FlowRelayProgram, ThePacketComesToTheWorkerAsItHadCome) {
    give(100);
    const Frame frame = next(100);
    expect_relayed(frame);
    const weir_record* record = table_->ring(0)->front(table_->ring(0)->produced());
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(Frame(record->frame, record->frame + record->bytes), frame);
    EXPECT_EQ(checksum_fold(record->payload_sum),
              checksum_fold(checksum_add(0, ByteSpan(frame).subspan(kRtp))));
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto now_ns = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
                        static_cast<std::uint64_t>(now.tv_nsec);
    EXPECT_LE(record->arrival_ns, now_ns);
    EXPECT_GT(record->arrival_ns, now_ns - 10'000'000'000U);
}

TEST_F(FlowRelayProgram, NothingIsRelayedThatWasNotGiven) {
    expect_left(next(100));
    EXPECT_EQ(records(), 0U);
}

TEST_F(FlowRelayProgram, NothingIsRelayedAfterItWasTakenBack) {
    give(100);
    expect_relayed(next(100));
    table_->take_back(word(kOurs), kPort);
    expect_left(next(101));
    EXPECT_EQ(records(), 1U);
}

TEST_F(FlowRelayProgram, TheFirstOneMustBeTheOneThatTheWorkerWaitsFor) {
    give(100);
    expect_given_up_at(next(101));
    expect_left(next(100));
}

TEST_F(FlowRelayProgram, AfterAGapItGoesOn) {
    give(100);
    expect_relayed(next(100));
    expect_relayed(next(103));
    expect_relayed(next(104));
    expect_relayed(next(104 + WEIR_FLOW_MAX_GAP));
}

TEST_F(FlowRelayProgram, NumbersGoOnBehindTheLargest) {
    give(65535);
    expect_relayed(next(65535));
    expect_relayed(next(0));
}

TEST_F(FlowRelayProgram, AJumpOfTheNumbersIsTheWorkers) {
    give(100);
    expect_relayed(next(100));
    expect_given_up_at(next(101 + WEIR_FLOW_MAX_GAP));
    expect_left(next(102));
}

TEST_F(FlowRelayProgram, ALateOneIsTheWorkersAndWhatComesBehindItToo) {
    give(100);
    expect_relayed(next(100));
    expect_relayed(next(102));
    expect_given_up_at(next(101));
    expect_left(next(103));
}

TEST_F(FlowRelayProgram, ACopyIsTheWorkers) {
    give(100);
    expect_relayed(next(100));
    expect_given_up_at(next(100));
}

TEST_F(FlowRelayProgram, WhatWasGivenUpIsRelayedWhenItIsGivenAgain) {
    give(100);
    expect_given_up_at(next(99));
    give(100);
    expect_relayed(next(100));
}

TEST_F(FlowRelayProgram, AnotherStreamFromTheSamePlaceIsTheWorkers) {
    give(100);
    expect_given_up_at(rtp_frame({.ssrc = kSsrc + 1}));
}

TEST_F(FlowRelayProgram, WhatIsMoreThanAPlainHeaderIsTheWorkers) {
    for (const std::uint8_t first : {0x90, 0x81, 0xA0}) {
        give(100);
        expect_given_up_at(rtp_frame({.first = first}));
    }
}

TEST_F(FlowRelayProgram, PacketsFromElsewhereDoNotConcernTheStream) {
    give(100);
    FrameText stranger;
    stranger.from = IpAddress::v4(192, 0, 2, 66);
    expect_not_concerned_by(rtp_frame({}, stranger));
}

TEST_F(FlowRelayProgram, AnotherPortOfTheSameSourceDoesNotConcernTheStream) {
    give(100);
    Frame frame = next(100);
    put(frame, kUdp, 40002);
    put_udp_sum(frame, Sum::whole);
    expect_not_concerned_by(frame);
}

TEST_F(FlowRelayProgram, RtcpOnTheSamePortDoesNotConcernTheStream) {
    for (const std::uint8_t second : {192, 200, 201, 223}) {
        give(100);
        expect_not_concerned_by(rtp_frame({.second = second}));
    }
}

TEST_F(FlowRelayProgram, AMarkedPacketIsRelayed) {
    give(100);
    expect_relayed(rtp_frame({.second = 0x80 | 8}));
    expect_relayed(rtp_frame({.sequence = 101, .second = 0x80 | 101}));
}

TEST_F(FlowRelayProgram, WhatIsNoRtpDoesNotConcernTheStream) {
    for (const std::uint8_t first : {0x00, 0x16, 0x40, 0xC0}) {  // STUN, DTLS, other versions
        give(100);
        expect_not_concerned_by(rtp_frame({.first = first}));
    }
}

TEST_F(FlowRelayProgram, ADamagedPacketIsLeftToTheWorkerWhichDropsIt) {
    give(100);
    expect_left(rtp_frame({.sum = Sum::wrong}));
    Frame damaged = next(100);
    damaged[22] ^= 1U;  // its time to live: the sum of the IP header
    expect_not_concerned_by(damaged);
    EXPECT_EQ(records(), 1U);
}

TEST_F(FlowRelayProgram, ChecksumsThatAVethPeerLeftOrNobodyWroteAreWrittenWhole) {
    give(100);
    for (const Sum sum : {Sum::partial, Sum::none}) {
        const auto sequence = static_cast<std::uint16_t>(sum == Sum::partial ? 100 : 101);
        expect_relayed(rtp_frame({.sequence = sequence, .sum = sum}));
        const std::uint64_t all = checksum_add(pseudo_sum(sent_), ByteSpan(sent_).subspan(kUdp));
        EXPECT_EQ(checksum_fold(all), 0xFFFFU);
        EXPECT_NE(sent_[kUdp + 6] | sent_[kUdp + 7], 0);
    }
}

TEST_F(FlowRelayProgram, FramesThatAreNotPlainDoNotConcernTheStream) {
    FrameText tagged;
    tagged.tags = 1;
    FrameText with_options;
    with_options.option_words = 1;
    FrameText fragment;
    fragment.fragment = 0x2000;
    FrameText tcp;
    tcp.protocol = 6;
    FrameText other_port;
    other_port.port = kPort + 2;
    FrameText odd_port;
    odd_port.port = kPort + 1;
    FrameText elsewhere;
    elsewhere.to = IpAddress::v4(192, 0, 2, 2);
    for (const FrameText& text :
         {tagged, with_options, fragment, tcp, other_port, odd_port, elsewhere}) {
        give(100);
        expect_not_concerned_by(rtp_frame({}, text));
    }
}

TEST_F(FlowRelayProgram, WhatStandsBehindTheDatagramIsNotSentOn) {
    give(100);
    Frame padded = next(100);
    padded.insert(padded.end(), 6, 0xEE);
    expect_given_up_at(padded);
}

TEST_F(FlowRelayProgram, WhatHasMetadataInFrontIsTheWorkers) {
    give(100);
    EXPECT_EQ(run_behind({}, next(100)), XDP_PASS);
    EXPECT_FALSE(is_given());
}

TEST_F(FlowRelayProgram, WhatStandsBehindTheDatagramInThePacketIsTheWorkers) {
    give(100);
    Frame longer = next(100);
    longer.insert(longer.end(), 4, 0xEE);
    put(longer, 16, static_cast<std::uint16_t>(longer.size() - 14));  // RFC 791: total length
    expect_given_up_at(longer);
}

TEST_F(FlowRelayProgram, ADatagramThatIsTornOrTooShortForRtpDoesNotConcernTheStream) {
    const std::size_t whole = next(100).size() - kUdp;
    for (const std::size_t bytes : {whole + 1, std::size_t{4}, std::size_t{19}}) {
        give(100);
        Frame torn = next(100);
        put(torn, kUdp + 4, static_cast<std::uint16_t>(bytes));
        expect_not_concerned_by(torn);
    }
}

TEST_F(FlowRelayProgram, ATruncatedFrameDoesNotConcernTheStream) {
    for (const std::size_t bytes : {14U, 33U, 41U, 53U}) {
        give(100);
        Frame cut = next(100);
        cut.resize(bytes);
        expect_not_concerned_by(cut);
    }
}

TEST_F(FlowRelayProgram, AFrameShorterThanItSaysIsTheWorkers) {
    give(100);
    Frame cut = next(100);
    cut.resize(cut.size() - 20);
    expect_given_up_at(cut);
}

TEST_F(FlowRelayProgram, ALongerPacketThanARecordHoldsIsTheWorkers) {
    give(100);
    expect_relayed(rtp_frame({.payload = WEIR_RECORD_FRAME - 54}));
    expect_given_up_at(rtp_frame({.sequence = 101, .payload = WEIR_RECORD_FRAME - 53}));
}

TEST_F(FlowRelayProgram, ALongerPacketThanTheWayCarriesIsTheWorkers) {
    FlowRule narrow = rule(100);
    narrow.longest_payload = 100;
    ASSERT_TRUE(table_->give(narrow, kOurWay, 0));
    expect_given_up_at(next(100));
}

TEST_F(FlowRelayProgram, AWayThatCannotBeUsedIsTheWorkersConcern) {
    give(100);
    expect_relayed(next(100));
    table_->ways().set(kOurWay, kLoopback, false);
    expect_given_up_at(next(101));
    EXPECT_FALSE(table_->give(rule(102), kOurWay, 0));
}

TEST_F(FlowRelayProgram, AnotherDeviceIsReachedByRedirection) {
    give(100, kOtherWay);
    EXPECT_EQ(run(next(100)), XDP_REDIRECT);
}

// The copy itself is made at the way out: af_xdp_copy_test.cpp.
TEST_F(FlowRelayProgram, WithACopyThePacketGoesOnAsEverAndTheRecordSaysSo) {
    FlowRule with_copy = rule(100);
    with_copy.copy.fork = 2;
    ASSERT_TRUE(table_->give(with_copy, kOurWay, kOtherWay));
    expect_relayed(next(100));
    // In front of it stands the note for the program at the way out.
    const Frame as_with_copy(sent_.end() - static_cast<long>(next(100).size()), sent_.end());
    const weir_record* record = table_->ring(0)->front(table_->ring(0)->produced());
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->fork, 2);
    table_->take_back(word(kOurs), kPort);
    give(100);
    expect_relayed(next(100));
    EXPECT_EQ(sent_, as_with_copy);
}

TEST_F(FlowRelayProgram, ACopysWayThatCannotBeUsedEndsTheFlow) {
    FlowRule with_copy = rule(100);
    with_copy.copy.fork = 2;
    ASSERT_TRUE(table_->give(with_copy, kOurWay, kOtherWay));
    expect_relayed(next(100));
    table_->ways().set(kOtherWay, kLoopback, false);
    expect_given_up_at(next(101));
    EXPECT_EQ(records(), 1U);
}

TEST_F(FlowRelayProgram, WithoutRoomForRecordsItRelaysNothing) {
    give(0);
    std::size_t relayed = 0;
    while (relayed <= WEIR_RECORD_RING / sizeof(weir_record) &&
           run(next(static_cast<std::uint16_t>(relayed))) == XDP_REDIRECT)
        ++relayed;
    EXPECT_LT(relayed, WEIR_RECORD_RING / sizeof(weir_record));
    EXPECT_FALSE(is_given());
    EXPECT_EQ(records(), relayed);
    give(static_cast<std::uint16_t>(relayed));
    expect_relayed(next(static_cast<std::uint16_t>(relayed)));
}

TEST_F(FlowRelayProgram, FramesOfRandomBytesNeverPassForThePacketThatIsWaitedFor) {
    constexpr std::uint32_t kSeed = 20261122;
    SCOPED_TRACE(kSeed);
    std::mt19937 random(kSeed);
    give(100);
    for (int i = 0; i < 20'000; ++i) {
        Frame frame = next(100);
        const auto changes = 1 + random() % 3;
        for (unsigned n = 0; n < changes; ++n)
            frame[14 + random() % (frame.size() - 14)] ^=
                static_cast<std::uint8_t>(1 + random() % 255);
        if (run(frame) == XDP_REDIRECT) {
            // Two changes may keep a sum of 16 bits; what went out must have whole sums then.
            const std::uint64_t all =
                checksum_add(pseudo_sum(sent_), ByteSpan(sent_).subspan(kUdp));
            EXPECT_EQ(checksum_fold(all), 0xFFFFU);
        }
        if (!is_given() || records() != 0) give(100);
    }
}

}  // namespace
}  // namespace weir::dataplane::tests
