// SPDX-License-Identifier: Apache-2.0
// The classifier of af_packet mode: which packets it ends, asked of the kernel packet by packet;
// and a device that has it.
#include <array>
#include <cstring>
#include <memory>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <linux/sock_diag.h>
#include <sys/syscall.h>

#include "dataplane/io/af_packet.hpp"
#include "dataplane/io/bpf_object.hpp"
#include "dataplane/io/media_socket.hpp"
#include "dataplane/io/tc/classifier_object.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"

namespace weir::dataplane::tests {
namespace {

constexpr std::uint16_t kMedia = 16384;
const IpAddress kOurs = IpAddress::v4(192, 0, 2, 1);
const IpAddress kOurs6 = *IpAddress::parse("2001:db8::1");
const IpAddress kParty6 = *IpAddress::parse("2001:db8::9");

class IngressClassifierTest : public VethPair {
protected:
    void SetUp() override {
        VethPair::SetUp();
        if (IsSkipped()) return;
        ASSERT_TRUE(ip("link set lo up"));
        ASSERT_TRUE(ip("link set near address 02:00:00:00:00:01"));
        ASSERT_TRUE(ip("address add 192.0.2.1/24 dev near"));
        ASSERT_TRUE(ip("address add 2001:db8::1/64 dev near nodad"));
    }
    static UniqueFd reserve(const IpAddress& address, std::uint16_t port = kMedia) {
        const auto fd = reserve_media_port({address, 0, port});
        EXPECT_TRUE(fd) << fd.error().context;
        return UniqueFd(fd ? *fd : -1);
    }
    // Of another program of the host.
    static UniqueFd open_foreign(const IpAddress& address, std::uint16_t port) {
        const auto fd = open_media_socket({address, 0, port});
        EXPECT_TRUE(fd) << fd.error().context;
        return UniqueFd(fd ? *fd : -1);
    }
};

class IngressProgram : public IngressClassifierTest {
protected:
    void SetUp() override {
        IngressClassifierTest::SetUp();
        if (IsSkipped()) return;
        object_ = open_bpf_object(classifier_object());
        ASSERT_NE(object_, nullptr);
        ASSERT_EQ(bpf_object__load(object_.get()), 0);
        program_ = bpf_program__fd(bpf_object__next_program(object_.get(), nullptr));
    }
    // True: the kernel would not see it any more.
    [[nodiscard]] bool ends(const FrameText& text) const { return ends(make_frame(text)); }
    [[nodiscard]] bool ends(const Frame& frame) const {
        bpf_test_run_opts run{};
        run.sz = sizeof(run);
        run.data_in = frame.data();
        run.data_size_in = static_cast<std::uint32_t>(frame.size());
        run.repeat = 1;
        EXPECT_EQ(bpf_prog_test_run_opts(program_, &run), 0);
        constexpr std::uint32_t kNext = 0xFFFFFFFF;
        constexpr std::uint32_t kDrop = 2;
        EXPECT_TRUE(run.retval == kNext || run.retval == kDrop) << run.retval;
        return run.retval == kDrop;
    }
    static FrameText ipv6() {
        FrameText text;
        text.from = kParty6;
        text.to = kOurs6;
        return text;
    }

private:
    BpfObject object_;
    int program_ = -1;
};

TEST_F(IngressProgram, WhatAReserveSocketWouldDropEndsAtTheIngress) {
    EXPECT_FALSE(ends(FrameText{})) << "nobody has the port";
    EXPECT_FALSE(ends(ipv6())) << "nobody has the port";
    const UniqueFd v4 = reserve(kOurs);
    const UniqueFd v6 = reserve(kOurs6);
    EXPECT_TRUE(ends(FrameText{}));
    EXPECT_TRUE(ends(ipv6()));
}

TEST_F(IngressProgram, NothingEndsAnyMoreWhenThePortIsReleased) {
    UniqueFd port = reserve(kOurs);
    ASSERT_TRUE(ends(FrameText{}));
    port = UniqueFd();
    EXPECT_FALSE(ends(FrameText{}));
}

TEST_F(IngressProgram, WhatIsForOthersOfTheHostPasses) {
    const UniqueFd port = reserve(kOurs);
    const UniqueFd beside = open_foreign(kOurs, kMedia + 2);
    const UniqueFd on_any_address = open_foreign(IpAddress::v4(0, 0, 0, 0), kMedia + 4);
    for (const int offset : {2, 4, 6}) {
        FrameText text;
        text.port = static_cast<std::uint16_t>(kMedia + offset);
        EXPECT_FALSE(ends(text)) << offset;
    }
    FrameText elsewhere;
    elsewhere.to = IpAddress::v4(192, 0, 2, 77);
    EXPECT_FALSE(ends(elsewhere));
    FrameText tcp;
    tcp.protocol = 6;
    EXPECT_FALSE(ends(tcp));
}

TEST_F(IngressProgram, OddPacketsGoTheLongWay) {
    const UniqueFd v4 = reserve(kOurs);
    const UniqueFd v6 = reserve(kOurs6);
    FrameText options;
    options.option_words = 1;
    EXPECT_FALSE(ends(options));
    FrameText tagged;
    tagged.tags = 1;
    EXPECT_FALSE(ends(tagged));
    for (const std::uint16_t fragment : {0x2000, 0x2001, 0x0001}) {
        FrameText text;
        text.fragment = fragment;
        EXPECT_FALSE(ends(text)) << fragment;
    }
    FrameText extended = ipv6();
    extended.types = {60};  // destination options, RFC 8200 4.6
    extended.extensions = {Frame(8, 0)};
    EXPECT_FALSE(ends(extended));
}

TEST_F(IngressProgram, CutPacketsPass) {
    const UniqueFd v4 = reserve(kOurs);
    const UniqueFd v6 = reserve(kOurs6);
    for (const FrameText& text : {FrameText{}, ipv6()}) {
        const Frame whole = make_frame(text);
        // The kernel tries no program on less than whole IP headers.
        const std::size_t ip_end = 14U + (text.to.family == Family::v6 ? 40U : 20U);
        for (std::size_t bytes = ip_end; bytes < ip_end + 4; ++bytes)
            EXPECT_FALSE(ends(Frame(whole.begin(), whole.begin() + static_cast<long>(bytes))))
                << bytes;
    }
}

class AfPacketIngress : public IngressClassifierTest {
protected:
    static Result<std::unique_ptr<FrameDevice>> open(PacketSockets& sockets) {
        const auto options = sockets.device_options();
        if (!options) return fail(options.error());
        return FrameDevice::open(*options, *pool(), &sockets);
    }
    // Datagrams that came up to the socket and were dropped there.
    static std::uint32_t drops(const UniqueFd& fd) {
        std::array<std::uint32_t, SK_MEMINFO_VARS> counts{};
        socklen_t length = sizeof(counts);
        EXPECT_EQ(getsockopt(fd.get(), SOL_SOCKET, SO_MEMINFO, counts.data(), &length), 0);
        return counts[SK_MEMINFO_DROPS];
    }
    // Sends media, and behind them a packet of the host's, and waits for that.
    static void send_media(const Wire& far, int packets, const UniqueFd& host) {
        for (int i = 0; i < packets; ++i)
            ASSERT_TRUE(far.send(make_frame({})));
        FrameText last;
        last.port = kMedia + 2;
        ASSERT_TRUE(far.send(make_frame(last)));
        pollfd waiting{host.get(), POLLIN, 0};
        ASSERT_EQ(poll(&waiting, 1, 5000), 1);
        std::array<char, 2048> bytes{};
        ASSERT_GT(recv(host.get(), bytes.data(), bytes.size(), 0), 0);
    }
};

TEST_F(AfPacketIngress, MediaComeToTheDeviceAndNoFurtherUntilItIsClosed) {
    const UniqueFd port = reserve(kOurs);
    const UniqueFd host = open_foreign(kOurs, kMedia + 2);
    const Wire far("far");
    PacketSockets sockets({.name = "lan", .interface = "near", .queues = 1});
    auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    ASSERT_EQ(sockets.costs_more(), "");
    send_media(far, 10, host);
    for (int i = 0; i < 10; ++i)
        ASSERT_EQ(next_frame(**device), make_frame({})) << i;
    EXPECT_EQ(drops(port), 0U);
    device->reset();
    send_media(far, 10, host);
    EXPECT_EQ(drops(port), 10U);
}

TEST_F(AfPacketIngress, ADeviceThatComesBackHasItAgain) {
    PacketSockets sockets({.name = "lan", .interface = "near", .queues = 1});
    ASSERT_TRUE(open(sockets));
    const UniqueFd port = reserve(kOurs);
    const UniqueFd host = open_foreign(kOurs, kMedia + 2);
    auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    send_media(Wire("far"), 10, host);
    EXPECT_EQ(drops(port), 0U);
}

// Takes capabilities from this thread for its lifetime.
class Without {
public:
    explicit Without(std::initializer_list<unsigned> capabilities) {
        EXPECT_EQ(syscall(SYS_capget, &header_, before_.data()), 0);
        auto less = before_;
        for (const unsigned capability : capabilities)
            less[capability / 32].effective &= ~(1U << (capability % 32));
        EXPECT_EQ(syscall(SYS_capset, &header_, less.data()), 0);
    }
    ~Without() { (void)syscall(SYS_capset, &header_, before_.data()); }
    Without(const Without&) = delete;
    Without& operator=(const Without&) = delete;

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> before_{};
};

TEST_F(AfPacketIngress, WithoutTheCapabilityMediaRunAndItIsSaidWhatTheyCost) {
    const Without capabilities{CAP_BPF, CAP_SYS_ADMIN};
    PacketSockets sockets({.name = "lan", .interface = "near", .queues = 1});
    const auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    ASSERT_TRUE(Wire("far").send(make_frame({})));
    EXPECT_EQ(next_frame(**device), make_frame({}));
    EXPECT_THAT(sockets.costs_more(), ::testing::HasSubstr("near"));
    EXPECT_THAT(sockets.costs_more(), ::testing::HasSubstr("CAP_BPF and CAP_NET_ADMIN"));
}

}  // namespace
}  // namespace weir::dataplane::tests
