// SPDX-License-Identifier: Apache-2.0
// RFC 3261 18.1.1 over real sockets: a request of more than 1,300 bytes goes by TCP, and by UDP
// where the peer refuses the connection. (Where the operator asks for it: transport switch udp tcp.)
#include <gtest/gtest.h>

#include "config/base/unique_fd.hpp"
#include "tests/support/recording_events.hpp"
#include "tests/support/wire_client.hpp"

namespace weir::signaling {
namespace {

using tests::RecordingEvents;
using tests::StackUnderTest;
using tests::WireClient;

class Rfc3261LargeRequests : public testing::Test {
protected:
    Rfc3261LargeRequests() { under_test.stack().set_events(events); }

    OutgoingRequest request(std::size_t body) {
        OutgoingRequest made;
        made.message.method = "INVITE";
        made.message.request_uri = "sip:1000@127.0.0.1";
        made.message.headers = {{"Max-Forwards", "70"},
                                {"From", "<sip:us@127.0.0.1>;tag=us"},
                                {"To", "<sip:1000@127.0.0.1>"},
                                {"Call-ID", "large"},
                                {"CSeq", "101 INVITE"},
                                {"Contact", "<sip:us@127.0.0.1>"},
                                {"Content-Type", "text/plain"}};
        made.message.body = std::string(body, 'x');
        made.path.remote = {IpAddress::v4(127, 0, 0, 1), 0, peer.port()};
        made.path.tcp_if_large = true;
        return made;
    }
    // The peer listens for TCP at the port of its UDP.
    void listen() {
        listener = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        own.sin_port = htons(peer.port());
        const void* memory = &own;
        ASSERT_EQ(::bind(listener.get(), static_cast<const sockaddr*>(memory), sizeof own), 0);
        ASSERT_EQ(::listen(listener.get(), 1), 0);
    }
    // What comes over TCP until `text` is in it.
    std::string by_tcp(std::string_view text) {
        std::string all;
        (void)under_test.run_until([&] {
            if (!connection.is_open())
                connection = UniqueFd(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK));
            std::string bytes(65536, '\0');
            const auto got = ::recv(connection.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (got > 0) all.append(bytes, 0, static_cast<std::size_t>(got));
            return all.find(text) != std::string::npos;
        });
        return all;
    }

    RecordingEvents events;
    StackUnderTest under_test;
    WireClient peer{SipTransport::udp, under_test.address(SipTransport::udp)};
    UniqueFd listener;
    UniqueFd connection;
};

TEST_F(Rfc3261LargeRequests, ALargeRequestGoesByTcpAndSoDoesItsAck) {
    listen();
    // "The value in the top Via must be changed" with the transport.
    ASSERT_TRUE(under_test.stack().send(request(1'400)));
    const std::string invite = by_tcp(std::string(1'400, 'x'));
    EXPECT_NE(invite.find("Via: SIP/2.0/TCP 127.0.0.1:"), std::string::npos);
    // RFC 3261 17.1.1.3: the ACK of a failure goes the way of its INVITE.
    std::string answer = "SIP/2.0 486 Busy Here\r\n" + invite.substr(invite.find("\r\n") + 2);
    answer.resize(answer.find("\r\n\r\n"));
    answer.replace(answer.find("Content-Length: 1400"), 20, "Content-Length: 0");
    answer += "\r\n\r\n";
    (void)!::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    EXPECT_NE(by_tcp("\r\n\r\n").find("ACK sip:1000@127.0.0.1 SIP/2.0"), std::string::npos);
    EXPECT_EQ(peer.receive(), "") << "nothing went by UDP";
}

TEST_F(Rfc3261LargeRequests, WhereTheConnectionIsRefusedItGoesByUdp) {
    ASSERT_TRUE(under_test.stack().send(request(1'400)));
    ASSERT_TRUE(peer.expect(under_test, std::string(1'400, 'x')));
    EXPECT_NE(peer.received().find("Via: SIP/2.0/UDP 127.0.0.1:"), std::string::npos);
    EXPECT_TRUE(events.failures.empty());
}

TEST_F(Rfc3261LargeRequests, ASmallRequestStaysOnUdp) {
    listen();
    ASSERT_TRUE(under_test.stack().send(request(500)));
    EXPECT_TRUE(peer.expect(under_test, "Via: SIP/2.0/UDP 127.0.0.1:"));
}

}  // namespace
}  // namespace weir::signaling
