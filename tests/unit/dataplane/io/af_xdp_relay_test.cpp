// SPDX-License-Identifier: Apache-2.0
// What the XDP program relays by itself and what it leaves to the worker, packet by packet, decided
// by the kernel (BPF_PROG_TEST_RUN). Needs root, no device.
#include <array>
#include <cstring>
#include <memory>
#include <random>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/frame_plain.hpp"
#include "dataplane/io/xdp/filter_maps.h"
#include "dataplane/io/xdp/filter_object.hpp"
#include "dataplane/io/xdp/flow_table.hpp"
#include "tests/unit/dataplane/io/af_xdp_frames.hpp"

namespace weir::dataplane::tests {
namespace {

constexpr std::uint16_t kPort = 16384;
constexpr std::uint32_t kSsrc = 0x11223344;
constexpr std::uint8_t kOurWay = 0;
constexpr std::uint8_t kOtherWay = 1;
constexpr std::uint32_t kLoopback = 1;  // where a run without a context comes in
constexpr std::uint32_t kElsewhere = 77;
const IpAddress kOurs = IpAddress::v4(192, 0, 2, 1);
const IpAddress kOutside = IpAddress::v4(198, 51, 100, 1);
const Endpoint kFrom{IpAddress::v4(192, 0, 2, 9), 0, 40000};
const Endpoint kTo{IpAddress::v4(198, 51, 100, 9), 0, 30002};

struct CloseObject {
    void operator()(bpf_object* object) const { bpf_object__close(object); }
};

enum class Sum : std::uint8_t { whole, none, partial, wrong };

struct RtpText {
    std::uint16_t sequence = 100;
    std::uint32_t ssrc = kSsrc;
    std::uint8_t first = 0x80;
    std::uint8_t second = 8;
    std::uint16_t payload = 160;  // behind the RTP header
    Sum sum = Sum::whole;
};

void put(Frame& frame, std::size_t at, unsigned value) {
    frame[at] = static_cast<std::uint8_t>(value >> 8U);
    frame[at + 1] = static_cast<std::uint8_t>(value & 0xFFU);
}

constexpr std::size_t kUdp = 34;  // of an untagged IPv4 frame without options
constexpr std::size_t kRtp = 42;

// The sum over addresses and protocol that stands in front of a UDP checksum (RFC 768).
std::uint64_t pseudo_sum(const Frame& frame) {
    return checksum_block<8>(frame.data() + kUdp - 8) + udp_pseudo_sum(frame.size() - kUdp);
}

void put_udp_sum(Frame& frame, Sum sum) {
    std::uint16_t value = 0;
    const std::uint64_t all = checksum_add(pseudo_sum(frame), ByteSpan(frame).subspan(kUdp));
    if (sum == Sum::whole) value = udp_checksum_of(all);
    if (sum == Sum::partial) value = static_cast<std::uint16_t>(checksum_fold(pseudo_sum(frame)));
    if (sum == Sum::wrong) value = static_cast<std::uint16_t>(udp_checksum_of(all) ^ 0x0101U);
    std::memcpy(&frame[kUdp + 6], &value, sizeof(value));
}

Frame rtp_frame(const RtpText& text, FrameText around = {}) {
    around.payload = static_cast<std::uint16_t>(12 + text.payload);
    Frame frame = make_frame(around);
    const std::size_t rtp = frame.size() - around.payload;
    frame[rtp] = text.first;
    frame[rtp + 1] = text.second;
    put(frame, rtp + 2, text.sequence);
    put(frame, rtp + 4, 0);
    put(frame, rtp + 6, text.sequence * 160U);
    put(frame, rtp + 8, text.ssrc >> 16U);
    put(frame, rtp + 10, text.ssrc & 0xFFFFU);
    for (std::size_t i = rtp + 12; i < frame.size(); ++i)
        frame[i] = static_cast<std::uint8_t>(i * 7 + text.sequence);
    if (around.tags == 0 && around.option_words == 0 && around.to.family == Family::v4)
        put_udp_sum(frame, text.sum);
    return frame;
}
Frame next(std::uint16_t sequence) {
    return rtp_frame({.sequence = sequence});
}

class FlowRelayProgram : public ::testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        const ByteSpan bytes = relay_object();
        object_.reset(bpf_object__open_mem(bytes.data(), bytes.size(), nullptr));
        ASSERT_NE(object_, nullptr);
        ASSERT_EQ(bpf_object__load(object_.get()), 0);
        program_ = bpf_program__fd(bpf_object__next_program(object_.get(), nullptr));
        const FlowMaps maps{map(WEIR_XDP_FLOWS), map(WEIR_XDP_WAYS), map(WEIR_XDP_LOCALS),
                            map(WEIR_XDP_RECORDS)};
        const std::array locals{kOurs};
        auto opened = FlowTable::open(maps, locals, 1);
        ASSERT_TRUE(opened) << opened.error().context;
        table_ = std::move(*opened);
        table_->set_way(kOurWay, kLoopback, true);
        table_->set_way(kOtherWay, kElsewhere, true);
    }
    int map(const char* name) {
        return bpf_map__fd(bpf_object__find_map_by_name(object_.get(), name));
    }

    static Framer framer() {
        FrameOptions options;
        options.realms = {{.address = kOurs, .own_mac = {2, 0, 0, 0, 9, 1}},
                          {.address = kOutside, .own_mac = {2, 0, 0, 0, 9, 2}}};
        return Framer(options);
    }
    static FlowRule rule(std::uint16_t next_sequence) {
        static const Framer ours = framer();
        DirectionSlot from;
        from.remote_rtp = kFrom;
        from.local_rtp = {kOurs, 0, kPort};
        from.reception.ssrc = kSsrc;
        from.reception.highest = static_cast<std::uint16_t>(next_sequence - 1);
        DirectionSlot to;
        to.remote_rtp = kTo;
        to.local_rtp = {kOutside, 0, 20000};
        to.realm = 1;
        return flow_rule(ours, from, to, NextHops::word_of({2, 0, 0, 0, 8, 8}));
    }
    void give(std::uint16_t next_sequence, std::uint8_t way = kOurWay) {
        ASSERT_TRUE(table_->give(rule(next_sequence), way));
    }
    bool is_given() { return table_->has(word(kOurs), kPort); }
    static std::uint32_t word(const IpAddress& address) {
        std::uint32_t found = 0;
        std::memcpy(&found, address.bytes.data(), sizeof(found));
        return found;
    }

    // The program's answer; what it made of the frame is in sent_.
    int run(const Frame& frame) {
        LIBBPF_OPTS(bpf_test_run_opts, options);
        sent_.assign(frame.size() + 256, 0);
        options.data_in = frame.data();
        options.data_size_in = static_cast<std::uint32_t>(frame.size());
        options.data_out = sent_.data();
        options.data_size_out = static_cast<std::uint32_t>(sent_.size());
        options.repeat = 1;
        EXPECT_EQ(bpf_prog_test_run_opts(program_, &options), 0);
        sent_.resize(options.data_size_out);
        return static_cast<int>(options.retval);
    }
    void expect_relayed(const Frame& frame) { EXPECT_EQ(run(frame), XDP_REDIRECT); }
    // To the worker: without its socket in the table that is the kernel's.
    void expect_left(const Frame& frame) {
        EXPECT_EQ(run(frame), XDP_PASS);
        EXPECT_EQ(sent_, frame);
    }
    void expect_given_up_at(const Frame& frame) {
        expect_left(frame);
        EXPECT_FALSE(is_given());
    }
    void expect_not_concerned_by(const Frame& frame) {
        expect_left(frame);
        EXPECT_TRUE(is_given());
        expect_relayed(next(100));
    }
    std::size_t records() {
        std::size_t count = 0;
        RecordRing& ring = *table_->ring(0);
        for (; ring.front(ring.produced()) != nullptr; ++count)
            ring.release();
        return count;
    }

    std::unique_ptr<bpf_object, CloseObject> object_;
    int program_ = -1;
    std::unique_ptr<FlowTable> table_;
    Frame sent_;
};

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
    ASSERT_TRUE(table_->give(narrow, kOurWay));
    expect_given_up_at(next(100));
}

TEST_F(FlowRelayProgram, AWayThatCannotBeUsedIsTheWorkersConcern) {
    give(100);
    expect_relayed(next(100));
    table_->set_way(kOurWay, kLoopback, false);
    expect_given_up_at(next(101));
    EXPECT_FALSE(table_->give(rule(102), kOurWay));
}

TEST_F(FlowRelayProgram, AnotherDeviceIsReachedByRedirection) {
    give(100, kOtherWay);
    EXPECT_EQ(run(next(100)), XDP_REDIRECT);
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
