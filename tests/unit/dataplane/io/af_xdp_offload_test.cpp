// SPDX-License-Identifier: Apache-2.0
// The program that relays on a device: its tables are there with it, and gone with it.
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "dataplane/io/af_xdp.hpp"
#include "dataplane/io/offloaded_queue.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::HasSubstr;

const IpAddress kOurs = IpAddress::v4(192, 0, 2, 1);  // where make_frame() sends to
constexpr std::uint16_t kPort = 16384;

std::uint32_t word_of(const IpAddress& address) {
    std::uint32_t word = 0;
    std::memcpy(&word, address.bytes.data(), sizeof(word));
    return word;
}

// Bytes of address space that this process has.
std::size_t address_space() {
    std::ifstream numbers("/proc/self/statm");
    std::size_t pages = 0;
    numbers >> pages;
    return pages * static_cast<std::size_t>(getpagesize());
}

// The filter's part in opening a device, with too little address space for a table of flows.
class Cramped final : public DeviceCompanion {
public:
    explicit Cramped(MediaFilter& filter) : filter_(filter) {}
    Result<void> before_open() override { return filter_.before_open(); }
    Result<void> after_open(const FrameDevice& device) override {
        rlimit before{};
        getrlimit(RLIMIT_AS, &before);
        const rlimit cramped{address_space() + (4U << 20U), before.rlim_max};
        setrlimit(RLIMIT_AS, &cramped);
        auto opened = filter_.after_open(device);
        setrlimit(RLIMIT_AS, &before);
        return opened;
    }
    void before_close(const FrameDevice& device) override { filter_.before_close(device); }
    void after_close() override { filter_.after_close(); }

private:
    MediaFilter& filter_;
};

class AfXdpOffload : public VethPair {
protected:
    static AfXdpOptions options(bool offload = true) {
        return {.name = "lan", .interface = "near", .addresses = {kOurs}, .offload = offload};
    }
    static Result<std::unique_ptr<FrameDevice>> open(MediaFilter& filter,
                                                     DeviceCompanion* companion = nullptr) {
        const auto options = filter.device_options();
        if (!options) return fail(options.error());
        auto device =
            FrameDevice::open(*options, *pool(), companion != nullptr ? companion : &filter);
        if (!device) return fail(filter.explain(device.error()));
        filter.set_port_range(kPort, kPort + 5);
        return device;
    }
    // RTP as the stream's next packet, from where make_frame() sends.
    static Frame rtp_frame(std::uint16_t sequence) {
        Frame frame = make_frame({});
        const Bytes packet = rtp(sequence);
        std::copy(packet.begin(), packet.end(), frame.begin() + 42);
        return frame;
    }
    static FlowRule rule(std::uint16_t next_sequence) {
        FlowRule rule;
        rule.arrives = {kPort, 0, 0};
        rule.local = word_of(kOurs);
        rule.source = word_of(FrameText{}.from);
        rule.source_port = 40000;
        rule.ssrc = 0x1111;
        rule.next_sequence = next_sequence;
        rule.longest_payload = 1472;
        return rule;
    }
};

TEST_F(AfXdpOffload, TheTablesAreThereWithTheDevice) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_EQ(filter.flow_trouble(), "");
    ASSERT_NE(filter.flows(), nullptr);
    EXPECT_NE(filter.flows()->ring(0), nullptr);
    EXPECT_EQ(filter.flows()->ring((*device)->rx_queues()), nullptr);
}

TEST_F(AfXdpOffload, WithoutItThereAreNone) {
    MediaFilter filter(options(false));
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_EQ(filter.flows(), nullptr);
    EXPECT_EQ(filter.flow_trouble(), "");
}

TEST_F(AfXdpOffload, WhatIsNotGivenComesToTheWorkerAsEver) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    ASSERT_TRUE(Wire("far").send(rtp_frame(1)));
    EXPECT_EQ(next_frame(**device), rtp_frame(1));
}

TEST_F(AfXdpOffload, OfWhatIsGivenTheWorkerGetsARecord) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    FlowTable& flows = *filter.flows();
    flows.ways().set(0, if_nametoindex("near"), true);
    ASSERT_TRUE(flows.give(rule(7), 0, 0));
    ASSERT_TRUE(Wire("far").send(rtp_frame(7)));
    OffloadedQueue queue;
    Burst burst;
    constexpr std::uint64_t kMark = std::uint64_t{1} << 23U;
    const OffloadedSource source{(*device)->port_id(), 0, *flows.ring(0), pool()->raw(), kMark};
    for (int turn = 0; turn < 1000 && burst.count == 0; ++turn) {
        EXPECT_EQ(queue.take(source, burst, {1}), 0) << "it came as a frame";
        (void)poll(nullptr, 0, 1);
    }
    ASSERT_EQ(burst.count, 1);
    const auto bytes = bytes_of_mbuf(burst.packets[0]);
    EXPECT_EQ(Frame(bytes.begin(), bytes.end()), rtp_frame(7));
    EXPECT_EQ(burst.packets[0]->ol_flags & kMark, kMark);
    EXPECT_TRUE(flows.has(word_of(kOurs), kPort));
    rte_pktmbuf_free(burst.packets[0]);
}

TEST_F(AfXdpOffload, AtTheEndNothingOfItIsLeft) {
    const auto descriptors = own_descriptors();
    const auto buffers = pool()->available();
    MediaFilter filter(options());
    for (int round = 0; round < 2; ++round) {
        const auto device = open(filter);
        ASSERT_TRUE(device) << device.error().context;
        ASSERT_NE(filter.flows(), nullptr);
    }
    EXPECT_EQ(filter.flows(), nullptr);
    EXPECT_EQ(pool()->available(), buffers);
    // The program itself is kept for the next opening, as a file in memory that is none of these.
    EXPECT_EQ(own_descriptors(), descriptors);
}

TEST_F(AfXdpOffload, WithoutMemoryForTheTablesTheDeviceIsServedAndItIsSaid) {
    MediaFilter filter(options());
    Cramped cramped(filter);
    const auto device = open(filter, &cramped);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_EQ(filter.flows(), nullptr);
    EXPECT_THAT(filter.flow_trouble(), HasSubstr("the table of flows"));
    ASSERT_TRUE(Wire("far").send(rtp_frame(1)));
    EXPECT_EQ(next_frame(**device), rtp_frame(1));
}

TEST_F(AfXdpOffload, TroubleThatIsOverIsNotSaidAnyMore) {
    MediaFilter filter(options());
    Cramped cramped(filter);
    auto device = open(filter, &cramped);
    ASSERT_TRUE(device) << device.error().context;
    ASSERT_NE(filter.flow_trouble(), "");
    device->reset();
    device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_NE(filter.flows(), nullptr);
    EXPECT_EQ(filter.flow_trouble(), "");
}

}  // namespace
}  // namespace weir::dataplane::tests
