// SPDX-License-Identifier: Apache-2.0
// The exception path between two kernels: TCP, ping and SIP's datagrams reach the host.
#include <atomic>
#include <thread>
#include <utility>

#include <netinet/ip_icmp.h>

#include "config/base/socket_address.hpp"
#include "tests/unit/dataplane/control/exception_fixture.hpp"

namespace weir::tests {
namespace {

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
