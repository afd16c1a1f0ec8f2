// SPDX-License-Identifier: Apache-2.0
// The exception path with the kernel on one side and a wire that the test plays on the other.
#include "dataplane/control/exception_path.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <sys/socket.h>

#include "config/base/socket_address.hpp"
#include "dataplane/control/host_frame.hpp"
#include "dataplane/engine/mbuf.hpp"
#include "tests/support/network_namespace.hpp"
#include "tests/unit/dataplane/control/control_fixture.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;
using Frame = std::vector<std::uint8_t>;

constexpr MacAddress kOurs{2, 0, 0, 0, 0, 1};
constexpr MacAddress kPeer{2, 0, 0, 0, 0, 2};
constexpr MacAddress kEverybody{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

Frame ethernet(const MacAddress& to, const MacAddress& from, std::uint16_t type,
               const Frame& payload) {
    Frame frame(to.begin(), to.end());
    frame.insert(frame.end(), from.begin(), from.end());
    frame.push_back(static_cast<std::uint8_t>(type >> 8U));
    frame.push_back(static_cast<std::uint8_t>(type & 0xFFU));
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

Frame tagged(Frame frame, std::uint16_t tag) {
    const std::array<std::uint8_t, 4> bytes{0x81, 0x00, static_cast<std::uint8_t>(tag >> 8U),
                                            static_cast<std::uint8_t>(tag & 0xFFU)};
    frame.insert(frame.begin() + 12, bytes.begin(), bytes.end());
    return frame;
}

// "Who has 192.0.2.1? Tell 192.0.2.2" (RFC 826).
Frame arp_request() {
    Frame arp{0, 1, 8, 0, 6, 4, 0, 1};
    arp.insert(arp.end(), kPeer.begin(), kPeer.end());
    arp.insert(arp.end(), {192, 0, 2, 2, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1});
    return ethernet(kEverybody, kPeer, 0x0806, arp);
}
bool is_arp_reply(const Frame& frame, std::size_t tag_bytes = 0) {
    const auto at = [&](std::size_t i) { return frame[tag_bytes + i]; };
    return frame.size() >= 42 + tag_bytes && at(12) == 0x08 && at(13) == 0x06 && at(21) == 2 &&
           std::equal(kOurs.begin(), kOurs.end(),
                      frame.begin() + 22 + static_cast<std::ptrdiff_t>(tag_bytes));
}

// VRRP's advertisement: protocol 112 to 224.0.0.18 from the virtual MAC address (RFC
// 5798 5.1, 7.3).
Frame vrrp() {
    Frame ip{0x45, 0xC0, 0, 28, 0, 0, 0, 0, 255, 112, 0, 0, 192, 0, 2, 2, 224, 0, 0, 18};
    ip.insert(ip.end(), {0x31, 7, 100, 1, 0, 100, 0, 0});
    return ethernet({1, 0, 0x5E, 0, 0, 0x12}, {0, 0, 0x5E, 0, 1, 7}, 0x0800, ip);
}

class ExceptionPathTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!NetworkNamespace::is_allowed()) GTEST_SKIP() << "needs root and network namespaces";
        (void)test_eal();
        if (pool() == nullptr) pool() = std::move(*BufferPool::create("exception_pool", 4095));
        rings_ = std::move(*HostRings::create(2, -1));
    }
    static std::unique_ptr<BufferPool>& pool() {
        static std::unique_ptr<BufferPool> pool;
        return pool;
    }
    static HostTap tap() {
        HostTap tap;
        tap.name = "weir0";
        tap.mac = kOurs;
        tap.addresses = {*Prefix::parse("192.0.2.1/24"), *Prefix::parse("2001:db8::1/64")};
        tap.realms = {0};
        return tap;
    }
    [[nodiscard]] Result<std::unique_ptr<ExceptionPath>> make(std::vector<HostTap> taps,
                                                              bool keeps_taps = false) {
        return host_.run([&] {
            return ExceptionPath::open(taps, keeps_taps, {*rings_, *pool(), log_});
        });
    }
    void open(std::vector<HostTap> taps = {tap()}) {
        auto path = make(std::move(taps));
        ASSERT_TRUE(path.has_value()) << path.error().context;
        path_ = std::move(*path);
    }
    // A frame from the wire, as a worker hands it up.
    void punt(const Frame& frame, std::uint8_t device = 0) {
        rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw());
        ASSERT_NE(buffer, nullptr);
        std::copy(frame.begin(), frame.end(), rte_pktmbuf_mtod(buffer, std::uint8_t*));
        set_length(buffer, frame.size());
        if (!rings_->punt(buffer, device)) rte_pktmbuf_free(buffer);
    }
    // The next frame for the wire.
    [[nodiscard]] std::optional<Frame> next(std::uint8_t device = 0) {
        void* buffer = nullptr;
        if (rte_ring_dequeue(rings_->from_host(device), &buffer) != 0) return std::nullopt;
        auto* mbuf = static_cast<rte_mbuf*>(buffer);
        const auto bytes = bytes_of_mbuf(mbuf);
        Frame frame(bytes.begin(), bytes.end());
        rte_pktmbuf_free(mbuf);
        return frame;
    }
    void turn() {
        path_->take_from_workers();
        path_->take_from_host();
    }
    // The frame that the host sends, if it sends it within two seconds.
    template <typename Fits>
    [[nodiscard]] std::optional<Frame> wait_for(Fits&& fits, std::uint8_t device = 0) {
        for (int i = 0; i < 2000; ++i) {
            turn();
            while (auto frame = next(device))
                if (fits(*frame)) return frame;
            (void)poll(nullptr, 0, 1);
        }
        return std::nullopt;
    }
    // A raw socket on a device of the host.
    [[nodiscard]] UniqueFd raw_socket(const char* device) {
        return host_.run([&] {
            UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL)));
            sockaddr_ll address{};
            address.sll_family = AF_PACKET;
            address.sll_protocol = htons(ETH_P_ALL);
            address.sll_ifindex = static_cast<int>(if_nametoindex(device));
            EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
            return fd;
        });
    }
    [[nodiscard]] bool host_shows(const std::string& what) {
        return host_.ip("addr show weir0 2>/dev/null | grep -q '" + what + "'");
    }

    NullLogger log_;
    NetworkNamespace host_;
    std::unique_ptr<HostRings> rings_;
    std::unique_ptr<ExceptionPath> path_;
};

TEST_F(ExceptionPathTest, TheHostAnswersForTheRealmsAddress) {
    open();
    punt(arp_request());
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
    EXPECT_EQ(path_->counters().to_host, 1U);
}

TEST_F(ExceptionPathTest, ATagIsTakenOffTowardTheTapAndPutOnTowardTheWire) {
    HostTap vlan = tap();
    vlan.vlan = 0x123;
    open({vlan});
    punt(tagged(arp_request(), 0xE123));  // with a priority
    const auto reply = wait_for([](const Frame& frame) { return is_arp_reply(frame, kVlanTag); });
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(tag_of(*reply).vlan, 0x123);
    punt(arp_request());
    punt(tagged(arp_request(), 0x124));
    turn();
    EXPECT_EQ(path_->counters().unknown_vlan, 2U);
}

TEST_F(ExceptionPathTest, ATagThatTheDriverTookOffCounts) {
    HostTap vlan = tap();
    vlan.vlan = 0x123;
    open({vlan});
    rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw());
    const Frame frame = arp_request();
    std::copy(frame.begin(), frame.end(), rte_pktmbuf_mtod(buffer, std::uint8_t*));
    set_length(buffer, frame.size());
    buffer->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    buffer->vlan_tci = 0x123;
    ASSERT_TRUE(rings_->punt(buffer, 0));
    EXPECT_TRUE(wait_for([](const Frame& reply) { return is_arp_reply(reply, kVlanTag); }));
}

TEST_F(ExceptionPathTest, AnUntaggedPriorityIsForTheUntaggedTap) {
    open();
    punt(tagged(arp_request(), 0xE000));
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
}

TEST_F(ExceptionPathTest, DevicesAndVlansHaveTheirOwnTaps) {
    HostTap second = tap();
    second.name = "weir1";
    second.device = 1;
    second.addresses = {*Prefix::parse("198.51.100.1/24")};
    HostTap third = second;
    third.name = "weir2";
    third.vlan = 7;
    third.addresses = {*Prefix::parse("203.0.113.1/24")};
    open({tap(), second, third});
    EXPECT_EQ(path_->taps(), 3U);
    const UniqueFd on_third = raw_socket("weir2");
    const Frame frame = vrrp();
    ASSERT_EQ(send(on_third.get(), frame.data(), frame.size(), 0), ssize_t(frame.size()));
    EXPECT_TRUE(wait_for([&](const Frame& sent) { return sent == tagged(frame, 7); }, 1));
    punt(arp_request(), 1);  // not of that net
    turn();
    while (const auto frame_of_first = next(0))
        EXPECT_FALSE(is_arp_reply(*frame_of_first));
}

TEST_F(ExceptionPathTest, MulticastAndForeignMacAddressesPassBothWays) {
    open();
    const UniqueFd keepalived = raw_socket("weir0");
    const Frame advertisement = vrrp();
    ASSERT_EQ(send(keepalived.get(), advertisement.data(), advertisement.size(), 0),
              ssize_t(advertisement.size()));
    EXPECT_TRUE(wait_for([&](const Frame& frame) { return frame == advertisement; }));
    punt(advertisement);
    turn();
    Frame got(2048);
    for (;;) {
        const auto length = recv(keepalived.get(), got.data(), got.size(), 0);
        ASSERT_GT(length, 0) << "the advertisement did not come";
        if (Frame(got.begin(), got.begin() + length) == advertisement) break;
    }
}

TEST_F(ExceptionPathTest, ASuccessorFindsTheTapWithItsAddresses) {
    auto crashed = make({tap()}, true);
    ASSERT_TRUE(crashed.has_value()) << crashed.error().context;
    ASSERT_TRUE(host_.ip("addr add 192.0.2.100/32 dev weir0"));  // VRRP's
    crashed->reset();
    EXPECT_TRUE(host_shows("192.0.2.100/32"));
    open();
    EXPECT_TRUE(host_shows("192.0.2.100/32"));
    punt(arp_request());
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
    path_.reset();
    EXPECT_FALSE(host_shows("mtu")) << "a clean end removes it";
}

TEST_F(ExceptionPathTest, ATapInUseOrOfAnotherKindIsRefusedWithASentence) {
    open();
    const auto second = make({tap()});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    EXPECT_TRUE(host_shows("192.0.2.1/24")) << "the first one's tap is gone";
    ASSERT_TRUE(host_.ip("link add dummy-x type veth peer name dummy-y"));
    HostTap other = tap();
    other.name = "dummy-x";
    const auto third = make({other});
    ASSERT_FALSE(third.has_value());
    EXPECT_EQ(third.error().code, ErrorCode::exists);
    EXPECT_NE(third.error().context.find("host_device"), std::string::npos);
    EXPECT_TRUE(host_.ip("link show dummy-x > /dev/null"));
}

TEST_F(ExceptionPathTest, ATapThatSomebodyDeletesIsMadeAgain) {
    open();
    ASSERT_TRUE(host_.ip("link del weir0"));
    turn();
    turn();  // silent meanwhile, not always ready
    host_.run([&] { path_->revive_taps(); });
    EXPECT_TRUE(host_shows("192.0.2.1/24"));
    punt(arp_request());
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
    path_.reset();
    EXPECT_FALSE(host_shows("mtu"));
}

TEST_F(ExceptionPathTest, TheTapFollowsTheDevice) {
    open();
    RealmLink link{0, true, {2, 0, 0, 0, 0, 0x77}, 1400};
    const auto set = [&](const RealmLink& now) { host_.run([&] { path_->set_link(now); }); };
    set(link);
    EXPECT_TRUE(host_shows("02:00:00:00:00:77"));
    EXPECT_TRUE(host_shows("mtu 1400"));
    EXPECT_TRUE(host_shows("LOWER_UP"));
    link.is_up = false;
    set(link);
    EXPECT_TRUE(host_shows("NO-CARRIER"));
    link.is_up = true;
    link.mtu = 9000;  // no packet buffer holds as much
    set(link);
    EXPECT_TRUE(host_shows("LOWER_UP"));
    EXPECT_TRUE(host_shows("mtu 2029"));
    set({1, false, {}, 0});  // another realm's
    EXPECT_TRUE(host_shows("LOWER_UP"));
}

TEST_F(ExceptionPathTest, ATurnTakesNoMoreThanItsShare) {
    open();
    const UniqueFd sender = raw_socket("weir0");
    const Frame frame = vrrp();
    for (int i = 0; i < 400; ++i)
        (void)send(sender.get(), frame.data(), frame.size(), 0);
    path_->take_from_host();
    EXPECT_EQ(path_->counters().from_host, kHostFramesPerTurn);
    for (std::size_t i = 0; i < kPuntRing - 1; ++i)
        punt(frame);
    path_->take_from_workers();
    EXPECT_LE(path_->counters().to_host, kHostFramesPerTurn + kBurst);
}

TEST_F(ExceptionPathTest, WhatDoesNotFitIsDroppedAndCounted) {
    open();
    const UniqueFd sender = raw_socket("weir0");
    const Frame frame = vrrp();
    for (int i = 0; i < 2000; ++i) {
        (void)send(sender.get(), frame.data(), frame.size(), 0);
        path_->take_from_host();
    }
    EXPECT_GE(path_->counters().ring_full, 2000 - kFromHostRing);
    while (next()) {
    }
    ASSERT_TRUE(host_.ip("link set weir0 down"));
    punt(frame);
    punt(Frame(5, 0));
    turn();
    EXPECT_EQ(path_->counters().tap_refused, 1U);
    EXPECT_EQ(path_->counters().malformed, 1U);
    EXPECT_EQ(path_->counters().to_host, 0U);
}

TEST_F(ExceptionPathTest, WithoutABufferTheHostsFramesAreCountedAndNotLeftToWakeUs) {
    open();
    const UniqueFd sender = raw_socket("weir0");
    std::vector<rte_mbuf*> all;
    while (rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw()))
        all.push_back(buffer);
    const Frame frame = vrrp();
    ASSERT_GT(send(sender.get(), frame.data(), frame.size(), 0), 0);
    path_->take_from_host();
    EXPECT_GE(path_->counters().no_buffer, 1U);
    for (rte_mbuf* buffer : all)
        rte_pktmbuf_free(buffer);
    ASSERT_GT(send(sender.get(), frame.data(), frame.size(), 0), 0);
    EXPECT_TRUE(wait_for([&](const Frame& sent) { return sent == frame; }));
}

// A host behind the wire: another network namespace on a veth, whose frames the test carries.
class ExceptionPathToAPeerTest : public ExceptionPathTest {
protected:
    void SetUp() override {
        ExceptionPathTest::SetUp();
        if (IsSkipped()) return;
        open();
        ASSERT_TRUE(wire_.ip("link add wire type veth peer name eth0 netns " + far_.name()));
        // Offloads make frames that no wire carries.
        ASSERT_TRUE(far_.ip("link set eth0 gso_max_segs 1 up") && wire_.ip("link set wire up"));
        ASSERT_TRUE(far_.ip("addr add 192.0.2.2/24 dev eth0") &&
                    far_.ip("addr add 2001:db8::2/64 dev eth0 nodad"));
        raw_ = wire_.run([&] {
            UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL)));
            sockaddr_ll address{};
            address.sll_family = AF_PACKET;
            address.sll_protocol = htons(ETH_P_ALL);
            address.sll_ifindex = static_cast<int>(if_nametoindex("wire"));
            EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
            return fd;
        });
    }
    // Carries frames both ways while `work` runs on a thread of its own; what it returns.
    template <typename Work>
    bool during(Work work) {
        std::atomic<bool> is_done{false};
        bool result = false;
        std::thread other([&] {
            result = work();
            is_done = true;
        });
        while (!is_done) {
            carry();
            pollfd wire{raw_.get(), POLLIN, 0};
            (void)poll(&wire, 1, 1);
        }
        other.join();
        return result;
    }
    void carry() {
        Frame frame(4096);
        sockaddr_ll from{};
        socklen_t length = sizeof(from);
        for (;;) {
            const auto got = recvfrom(raw_.get(), frame.data(), frame.size(), 0,
                                      reinterpret_cast<sockaddr*>(&from), &length);
            if (got < 0) break;
            if (from.sll_pkttype == PACKET_OUTGOING || got > 2000) continue;
            punt(Frame(frame.begin(), frame.begin() + got));
        }
        turn();
        while (const auto sent = next())
            (void)send(raw_.get(), sent->data(), sent->size(), 0);
    }
    // Far connects to `local` on the host, which sends `bytes` and takes them back.
    static bool echo(const NetworkNamespace& host, const NetworkNamespace& far,
                     const Endpoint& local, std::size_t bytes);

    NetworkNamespace wire_;
    NetworkNamespace far_;
    UniqueFd raw_;
};

void be_patient(int fd) {
    const timeval limit{5, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

bool ExceptionPathToAPeerTest::echo(const NetworkNamespace& host, const NetworkNamespace& far,
                                    const Endpoint& local, std::size_t bytes) {
    const int family = local.address.family == Family::v6 ? AF_INET6 : AF_INET;
    SocketAddress address{};
    socklen_t length = to_socket_address(local, address);
    const auto tcp = [&] { return UniqueFd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)); };
    const UniqueFd listener = host.run(tcp);
    const UniqueFd client = far.run(tcp);
    be_patient(client.get());
    be_patient(listener.get());
    if (bind(listener.get(), &address.generic, length) != 0 || listen(listener.get(), 1) != 0)
        return false;
    if (getsockname(listener.get(), &address.generic, &length) != 0) return false;
    if (connect(client.get(), &address.generic, length) != 0) return false;
    const UniqueFd server(accept(listener.get(), nullptr, nullptr));
    be_patient(server.get());
    const Frame sent(bytes, 0x5A);
    Frame got(bytes);
    for (const auto& [from, to] :
         {std::pair(client.get(), server.get()), std::pair(server.get(), client.get())}) {
        if (send(from, sent.data(), sent.size(), MSG_NOSIGNAL) != ssize_t(bytes)) return false;
        if (recv(to, got.data(), got.size(), MSG_WAITALL) != ssize_t(bytes)) return false;
    }
    return got == sent;
}

TEST_F(ExceptionPathToAPeerTest, TcpOverIpv4AndIpv6ReachesTheHost) {
    for (const char* local : {"192.0.2.1:0", "[2001:db8::1]:0"}) {
        Endpoint endpoint;
        endpoint.address =
            *IpAddress::parse(std::string(local).substr(0, std::string(local).rfind(':')));
        EXPECT_TRUE(during([&] { return echo(host_, far_, endpoint, 20000); })) << local;
    }
    // The peer's kernel leaves its checksums to a hardware that is not there.
    EXPECT_GT(path_->counters().completed, 0U);
}

TEST_F(ExceptionPathToAPeerTest, PingIsAnswered) {
    const bool is_answered = during([&] {
        const UniqueFd fd =
            far_.run([] { return UniqueFd(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); });
        be_patient(fd.get());
        icmphdr request{};
        request.type = ICMP_ECHO;
        request.checksum = htons(0xF7FF);
        Endpoint to;
        to.address = IpAddress::v4(192, 0, 2, 1);
        SocketAddress address{};
        const auto length = to_socket_address(to, address);
        if (sendto(fd.get(), &request, sizeof(request), 0, &address.generic, length) < 0)
            return false;
        std::array<std::uint8_t, 100> answer{};
        return recv(fd.get(), answer.data(), answer.size(), 0) == 28 && answer[20] == 0;
    });
    EXPECT_TRUE(is_answered);
}

TEST_F(ExceptionPathToAPeerTest, SipOverUdpOf1300BytesReachesTheHost) {
    const bool is_there = during([&] {
        const auto udp = [] { return UniqueFd(socket(AF_INET, SOCK_DGRAM, 0)); };
        const UniqueFd server = host_.run(udp);
        const UniqueFd client = far_.run(udp);
        be_patient(server.get());
        Endpoint local;
        local.address = IpAddress::v4(192, 0, 2, 1);
        SocketAddress address{};
        socklen_t length = to_socket_address(local, address);
        if (bind(server.get(), &address.generic, length) != 0) return false;
        (void)getsockname(server.get(), &address.generic, &length);
        const Frame invite(1300, 'x');
        (void)sendto(client.get(), invite.data(), invite.size(), 0, &address.generic, length);
        Frame got(2000);
        return recv(server.get(), got.data(), got.size(), 0) == ssize_t(invite.size());
    });
    EXPECT_TRUE(is_there);
}

}  // namespace
}  // namespace weir::tests
