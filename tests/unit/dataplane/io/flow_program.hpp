// SPDX-License-Identifier: Apache-2.0
// The XDP program that relays, run by the kernel on single packets (BPF_PROG_TEST_RUN), with a flow
// of one port. Needs root, no device.
#pragma once

#include <array>
#include <cstring>
#include <memory>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/frame_plain.hpp"
#include "dataplane/io/bpf_object.hpp"
#include "dataplane/io/xdp/filter_maps.h"
#include "dataplane/io/xdp/filter_object.hpp"
#include "dataplane/io/xdp/flow_table.hpp"
#include "tests/unit/dataplane/io/af_xdp_frames.hpp"

namespace weir::dataplane::tests {

inline constexpr std::uint16_t kPort = 16384;
inline constexpr std::uint32_t kSsrc = 0x11223344;
inline constexpr std::uint8_t kOurWay = 0;
inline constexpr std::uint8_t kOtherWay = 1;
inline constexpr std::uint32_t kLoopback = 1;  // where a run without a context comes in
inline const IpAddress kOurs = IpAddress::v4(192, 0, 2, 1);
inline const IpAddress kOutside = IpAddress::v4(198, 51, 100, 1);
inline const Endpoint kFrom{IpAddress::v4(192, 0, 2, 9), 0, 40000};
inline const Endpoint kTo{IpAddress::v4(198, 51, 100, 9), 0, 30002};

enum class Sum : std::uint8_t { whole, none, partial, wrong };

struct RtpText {
    std::uint16_t sequence = 100;
    std::uint32_t ssrc = kSsrc;
    std::uint8_t first = 0x80;
    std::uint8_t second = 8;
    std::uint16_t payload = 160;  // behind the RTP header
    Sum sum = Sum::whole;
};

inline void put(Frame& frame, std::size_t at, unsigned value) {
    frame[at] = static_cast<std::uint8_t>(value >> 8U);
    frame[at + 1] = static_cast<std::uint8_t>(value & 0xFFU);
}

inline constexpr std::size_t kUdp = 34;  // of an untagged IPv4 frame without options
inline constexpr std::size_t kRtp = 42;

// The sum over addresses and protocol that stands in front of a UDP checksum (RFC 768).
inline std::uint64_t pseudo_sum(const Frame& frame) {
    return checksum_block<8>(frame.data() + kUdp - 8) + udp_pseudo_sum(frame.size() - kUdp);
}

inline void put_udp_sum(Frame& frame, Sum sum) {
    std::uint16_t value = 0;
    const std::uint64_t all = checksum_add(pseudo_sum(frame), ByteSpan(frame).subspan(kUdp));
    if (sum == Sum::whole) value = udp_checksum_of(all);
    if (sum == Sum::partial) value = static_cast<std::uint16_t>(checksum_fold(pseudo_sum(frame)));
    if (sum == Sum::wrong) value = static_cast<std::uint16_t>(udp_checksum_of(all) ^ 0x0101U);
    std::memcpy(&frame[kUdp + 6], &value, sizeof(value));
}

inline Frame rtp_frame(const RtpText& text, FrameText around = {}) {
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
inline Frame next(std::uint16_t sequence) {
    return rtp_frame({.sequence = sequence});
}

class FlowRelayProgram : public ::testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        object_ = open_bpf_object(relay_object());
        ASSERT_NE(object_, nullptr);
        ASSERT_EQ(bpf_object__load(object_.get()), 0);
        program_ = bpf_program__fd(bpf_object__next_program(object_.get(), nullptr));
        const FlowMaps maps{.flows = map(WEIR_XDP_FLOWS),
                            .ways = map(WEIR_XDP_WAYS),
                            .locals = map(WEIR_XDP_LOCALS),
                            .records = map(WEIR_XDP_RECORDS),
                            .copies = map(WEIR_XDP_COPIES),
                            .outs = map(WEIR_XDP_OUTS),
                            .pairs = map(WEIR_XDP_PAIRS),
                            .fork_program = bpf_program__fd(bpf_object__find_program_by_name(
                                object_.get(), WEIR_XDP_FORK_PROGRAM))};
        const std::array locals{kOurs};
        auto opened = FlowTable::open(maps, locals, 1);
        ASSERT_TRUE(opened) << opened.error().context;
        table_ = std::move(*opened);
        table_->ways().set(kOurWay, kLoopback, true);
        table_->ways().set(kOtherWay, kLoopback, true);
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
        ASSERT_TRUE(table_->give(rule(next_sequence), way, kOurWay));
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
    // With metadata in front of it, as other programs leave some.
    int run_behind(const std::array<std::uint8_t, 16>& metadata, const Frame& frame) {
        LIBBPF_OPTS(bpf_test_run_opts, options);
        Frame all(metadata.begin(), metadata.end());
        all.insert(all.end(), frame.begin(), frame.end());
        xdp_md context{};
        context.data = static_cast<std::uint32_t>(metadata.size());
        context.data_end = static_cast<std::uint32_t>(all.size());
        options.data_in = all.data();
        options.data_size_in = context.data_end;
        options.ctx_in = &context;
        options.ctx_size_in = sizeof(context);
        options.repeat = 1;
        EXPECT_EQ(bpf_prog_test_run_opts(program_, &options), 0);
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

    BpfObject object_;
    int program_ = -1;
    std::unique_ptr<FlowTable> table_;
    Frame sent_;
};

}  // namespace weir::dataplane::tests
