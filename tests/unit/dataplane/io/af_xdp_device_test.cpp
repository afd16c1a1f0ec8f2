// SPDX-License-Identifier: Apache-2.0
// The life of the XDP program on a device: what is in the way at the start, its maps, its end.
#include <algorithm>
#include <vector>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gmock/gmock.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include "dataplane/io/af_xdp.hpp"
#include "dataplane/io/xdp/attached_program.hpp"
#include "dataplane/io/xdp/filter_object.hpp"
#include "dataplane/io/xdp/program_memory.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"

namespace weir::dataplane::tests {
namespace {

const IpAddress kOurs = IpAddress::v4(192, 0, 2, 1);

FrameText sip() {
    FrameText text;
    text.port = 5060;
    return text;
}

class AfXdp : public VethPair {
protected:
    static AfXdpOptions options(const std::string& interface = "near") {
        return {.name = "lan", .interface = interface, .addresses = {kOurs}};
    }
    static Result<std::unique_ptr<FrameDevice>> open(MediaFilter& filter) {
        const auto options = filter.device_options();
        if (!options) return fail(options.error());
        auto device = FrameDevice::open(*options, *pool(), &filter);
        if (!device) return fail(filter.explain(device.error()));
        filter.set_port_range(16384, 16389);
        return device;
    }
    static std::optional<AttachedProgram> attached(const char* interface = "near") {
        return *attached_program(if_nametoindex(interface));
    }
    // What a process leaves behind that was killed.
    static void attach_ours() {
        const ByteSpan bytes = filter_object();
        bpf_object* object = bpf_object__open_mem(bytes.data(), bytes.size(), nullptr);
        ASSERT_EQ(bpf_object__load(object), 0);
        const int program = bpf_program__fd(bpf_object__next_program(object, nullptr));
        EXPECT_EQ(bpf_xdp_attach(static_cast<int>(if_nametoindex("near")), program, 0, nullptr), 0);
        bpf_object__close(object);
    }
    static void attach_foreign(std::uint32_t flags) {
        const std::array<bpf_insn, 2> pass{
            {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 2},
             {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}}};
        const UniqueFd program(
            bpf_prog_load(BPF_PROG_TYPE_XDP, "firewall", "GPL", pass.data(), pass.size(), nullptr));
        EXPECT_EQ(
            bpf_xdp_attach(static_cast<int>(if_nametoindex("near")), program.get(), flags, nullptr),
            0);
    }
};

TEST_F(AfXdp, MediaComesToUsAndTheRestToTheKernel) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    const Wire far("far");
    const Wire kernel("near");
    ASSERT_TRUE(far.send(make_frame(sip())) && far.send(make_frame({})));
    EXPECT_EQ(next_frame(**device), make_frame({}));
    EXPECT_TRUE(kernel.receives(make_frame(sip())));
}

TEST_F(AfXdp, WhatWeSendArrives) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    const Wire far("far");
    ASSERT_TRUE(send_frame(**device, make_frame({})));
    EXPECT_TRUE(far.receives(make_frame({})));
}

TEST_F(AfXdp, WithoutAPortRangeEverythingGoesToTheKernel) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    filter.set_port_range(1, 0);
    const Wire kernel("near");
    ASSERT_TRUE(Wire("far").send(make_frame({})));
    EXPECT_TRUE(kernel.receives(make_frame({})));
}

TEST_F(AfXdp, APortRangeThatCameBeforeTheDeviceCounts) {
    MediaFilter filter(options());
    filter.set_port_range(16384, 16389);
    const auto opened = FrameDevice::open(*filter.device_options(), *pool(), &filter);
    ASSERT_TRUE(opened) << opened.error().context;
    ASSERT_TRUE(Wire("far").send(make_frame({})));
    EXPECT_EQ(next_frame(**opened), make_frame({}));
}

TEST_F(AfXdp, AReopenedDeviceHasItsAddressesAndPortsAgain) {
    MediaFilter filter(options());
    auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    device->reset();
    ASSERT_TRUE(ip("link delete near") && make_pair());
    const auto again = FrameDevice::open(*filter.device_options(), *pool(), &filter);
    ASSERT_TRUE(again) << filter.explain(again.error()).context;
    ASSERT_TRUE(Wire("far").send(make_frame({})));
    EXPECT_EQ(next_frame(**again), make_frame({}));
}

// The kernel lets go of a queue a moment after its socket was closed.
TEST_F(AfXdp, ADeviceCanBeOpenedAgainAndAgain) {
    MediaFilter filter(options());
    for (int round = 0; round < 5; ++round) {
        const auto device = open(filter);
        ASSERT_TRUE(device) << device.error().context;
        ASSERT_TRUE(Wire("far").send(make_frame({})));
        EXPECT_EQ(next_frame(**device), make_frame({}));
    }
}

TEST_F(AfXdp, AtTheEndAllBuffersAreBackInThePool) {
    const auto before = pool()->available();
    MediaFilter filter(options());
    {
        const auto device = open(filter);
        ASSERT_TRUE(device) << device.error().context;
        for (int i = 0; i < 100; ++i)
            ASSERT_TRUE(Wire("far").send(make_frame({})) && send_frame(**device, make_frame({})));
        EXPECT_TRUE(next_frame(**device));
    }
    EXPECT_EQ(pool()->available(), before);
}

TEST_F(AfXdp, AtTheEndNothingOfOursIsLeft) {
    const auto before = own_descriptors();
    {
        MediaFilter filter(options());
        const auto device = open(filter);
        ASSERT_TRUE(device) << device.error().context;
        ASSERT_TRUE(attached());
    }
    EXPECT_FALSE(attached());
    EXPECT_EQ(own_descriptors(), before);
}

TEST_F(AfXdp, AStaleProgramOfOursIsDetached) {
    attach_ours();
    const auto stale = attached();
    ASSERT_TRUE(stale && stale->is_ours);
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    ASSERT_TRUE(attached());
    EXPECT_NE(attached()->id, stale->id);
}

TEST_F(AfXdp, AForeignProgramIsNamedAndLeftAlone) {
    attach_foreign(0);
    const auto foreign = attached();
    ASSERT_TRUE(foreign);
    {
        MediaFilter filter(options());
        const auto device = open(filter);
        ASSERT_FALSE(device);
        EXPECT_EQ(device.error().code, ErrorCode::exists);
        EXPECT_THAT(device.error().context, ::testing::HasSubstr("'firewall'"));
        EXPECT_THAT(device.error().context, ::testing::HasSubstr(std::to_string(foreign->id)));
        EXPECT_THAT(device.error().context, ::testing::HasSubstr("ip link set near xdp off"));
    }
    ASSERT_TRUE(attached());
    EXPECT_EQ(attached()->id, foreign->id);
}

TEST_F(AfXdp, AForeignProgramInGenericModeIsLeftAloneToo) {
    attach_foreign(XDP_FLAGS_SKB_MODE);
    const auto foreign = attached();
    ASSERT_TRUE(foreign);
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_FALSE(device);
    EXPECT_THAT(device.error().context, ::testing::HasSubstr("'firewall'"));
    ASSERT_TRUE(attached());
    EXPECT_EQ(attached()->id, foreign->id);
}

TEST_F(AfXdp, AProgramThatWasRememberedIsKnownWithoutItsName) {
    const std::string directory = ::testing::TempDir();
    attach_foreign(0);  // its name says nothing of us
    remember_program(directory, if_nametoindex("near"), attached()->id);
    auto with_memory = options();
    with_memory.runtime_dir = directory;
    MediaFilter filter(with_memory);
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_EQ(remembered_program(directory, if_nametoindex("near")), attached()->id);
}

TEST_F(AfXdp, ASecondInstanceOnTheDeviceIsRefusedAndHarmsNothing) {
    MediaFilter first(options());
    const auto device = open(first);
    ASSERT_TRUE(device) << device.error().context;
    {
        MediaFilter second(options());
        const auto refused = open(second);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::exists);
        EXPECT_THAT(refused.error().context, ::testing::HasSubstr("another weir-media uses near"));
    }
    ASSERT_TRUE(Wire("far").send(make_frame({})));
    EXPECT_EQ(next_frame(**device), make_frame({}));
}

TEST_F(AfXdp, AnMtuOf9000IsRefusedWithTheLimit) {
    ASSERT_TRUE(ip("link set near mtu 9000"));
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::invalid);
    EXPECT_THAT(device.error().context, ::testing::HasSubstr("near has an MTU of 9000"));
    EXPECT_THAT(device.error().context, ::testing::HasSubstr("3542"));
}

TEST_F(AfXdp, APeerWithAnMtuOf9000IsExplained) {
    ASSERT_TRUE(ip("link set far mtu 9000"));
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::invalid) << device.error().context;
    EXPECT_THAT(device.error().context, ::testing::HasSubstr("the MTU of near or of its peer"));
    EXPECT_FALSE(attached());
}

TEST_F(AfXdp, ADeviceThatDoesNotExistIsNamed) {
    MediaFilter filter(options("eth9"));
    const auto device = filter.device_options();
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::not_found);
    EXPECT_THAT(device.error().context, ::testing::HasSubstr("no network device eth9"));
}

TEST_F(AfXdp, ADeviceMayBeDownAtTheStartAndGoDownLater) {
    ASSERT_TRUE(ip("link set near down"));
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(ip("link set near up"));
        ASSERT_TRUE(Wire("far").send(make_frame({})));
        EXPECT_EQ(next_frame(**device), make_frame({}));
        ASSERT_TRUE(ip("link set near down"));
    }
}

TEST_F(AfXdp, OnAVethTheKernelReceivesNotTheWorker) {
    MediaFilter filter(options());
    const auto device = filter.device_options();
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_THAT(device->arguments, ::testing::HasSubstr("busy_budget=0"));
}

TEST_F(AfXdp, TwoThousandFramesWaitForAWorkerThatIsAway) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    const Wire far("far");
    for (int i = 0; i < 2000; ++i)
        ASSERT_TRUE(far.send(make_frame({})));
    int received = 0;
    while (next_frame(**device))
        ++received;
    EXPECT_EQ(received, 2000);
    EXPECT_EQ((*device)->counts().missed, 0U);
}

TEST_F(AfXdp, ReceiveQueuesWithoutATransmitQueueAreRefusedInsteadOfLeftDeaf) {
    ASSERT_TRUE(ip("link delete near") &&
                ip("link add near numrxqueues 2 numtxqueues 2 type veth peer name far"));
    MediaFilter filter(options());
    const auto device = filter.device_options();
    ASSERT_FALSE(device);
    EXPECT_THAT(device.error().context, ::testing::HasSubstr("ethtool -L near rx 1"));
}

TEST_F(AfXdp, WithoutCapabilitiesTheMissingOneIsNamed) {
    MediaFilter filter(options());
    const auto device = filter.device_options();
    ASSERT_TRUE(device);
    ASSERT_EQ(seteuid(65534), 0);
    const auto opened = FrameDevice::open(*device, *pool(), &filter);
    const auto why = opened ? Error{} : filter.explain(opened.error());
    ASSERT_EQ(seteuid(0), 0);
    EXPECT_EQ(why.code, ErrorCode::denied) << why.context;
    EXPECT_THAT(why.context, ::testing::HasSubstr("CAP_BPF"));
}

TEST_F(AfXdp, FramesThatFindNoBufferAreCountedAsMissed) {
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    const Wire far("far");
    for (int i = 0; i < 6000; ++i)
        far.send(make_frame({}));
    std::uint64_t received = 0;
    while (next_frame(**device))
        ++received;
    EXPECT_GT((*device)->counts().missed, 0U);
    EXPECT_EQ(received + (*device)->counts().missed, 6000U);
}

// The upper half of the pool's memory, in order of address; the lower one stays with the test.
class AfXdpBuffers : public AfXdp {
protected:
    void SetUp() override {
        AfXdp::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        while (rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw()))
            lower_.push_back(buffer);
        std::sort(lower_.begin(), lower_.end());
        const auto middle = lower_.begin() + static_cast<std::ptrdiff_t>(lower_.size() / 2);
        upper_.assign(middle, lower_.end());
        lower_.erase(middle, lower_.end());
    }
    void TearDown() override {
        give_back(lower_);
        give_back(upper_);
    }
    static void give_back(std::vector<rte_mbuf*>& buffers) {
        rte_pktmbuf_free_bulk(buffers.data(), static_cast<unsigned>(buffers.size()));
        buffers.clear();
    }
    std::vector<rte_mbuf*> lower_;
    std::vector<rte_mbuf*> upper_;
};

TEST_F(AfXdpBuffers, TheLastOfThePoolAreReceivedInto) {
    give_back(upper_);
    const auto before = pool()->available();
    MediaFilter filter(options());
    {
        const auto device = open(filter);
        ASSERT_TRUE(device) << device.error().context;
        const Wire far("far");
        for (int i = 0; i < 1000; ++i)
            ASSERT_TRUE(far.send(make_frame({})));
        int received = 0;
        while (next_frame(**device))
            ++received;
        EXPECT_EQ(received, 1000);
    }
    EXPECT_EQ(pool()->available(), before);
}

TEST_F(AfXdpBuffers, TheLastOfThePoolAreSent) {
    give_back(lower_);
    MediaFilter filter(options());
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    const Wire far("far");
    for (int i = 0; i < 10; ++i) {
        rte_mbuf* buffer = upper_.back();
        upper_.pop_back();
        const Frame frame = make_frame({});
        std::copy(frame.begin(), frame.end(), rte_pktmbuf_mtod(buffer, std::uint8_t*));
        set_length(buffer, frame.size());
        ASSERT_EQ(rte_eth_tx_burst((*device)->port_id(), 0, &buffer, 1), 1);
        EXPECT_TRUE(far.receives(frame)) << "the last but " << i;
    }
}

// A tap with two queues stands for a NIC; what is written to a queue's descriptor is received
// there.
class AfXdpQueues : public AfXdp {
protected:
    void SetUp() override {
        AfXdp::SetUp();
        if (IsSkipped()) return;
        for (auto& queue : queues) {
            queue = UniqueFd(::open("/dev/net/tun", O_RDWR));
            ifreq wanted{};
            std::copy_n("tap0", 5, wanted.ifr_name);
            wanted.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE);
            if (ioctl(queue.get(), TUNSETIFF, &wanted) != 0) GTEST_SKIP() << "no tap devices here";
        }
        ASSERT_TRUE(ip("link set tap0 addrgenmode none up"));
    }
    std::array<UniqueFd, 2> queues;
};

TEST_F(AfXdpQueues, EachHasItsSocket) {
    MediaFilter filter(options("tap0"));
    const auto device = open(filter);
    ASSERT_TRUE(device) << device.error().context;
    ASSERT_EQ((*device)->rx_queues(), 2);
    for (std::uint16_t i = 0; i < 2; ++i) {
        FrameText text;
        text.payload = static_cast<std::uint16_t>(160 + i);
        const Frame frame = make_frame(text);
        ASSERT_EQ(write(queues[i].get(), frame.data(), frame.size()),
                  static_cast<ssize_t>(frame.size()));
        EXPECT_EQ(next_frame(**device), frame);
    }
    EXPECT_EQ(filter.without_socket(), 0U);
}

TEST_F(AfXdpQueues, CanBeOpenedAgainAndLoseNoBuffers) {
    const auto before = pool()->available();
    MediaFilter filter(options("tap0"));
    for (int round = 0; round < 3; ++round) {
        const auto device = open(filter);
        ASSERT_TRUE(device) << device.error().context;
    }
    EXPECT_EQ(pool()->available(), before);
}

}  // namespace
}  // namespace weir::dataplane::tests
