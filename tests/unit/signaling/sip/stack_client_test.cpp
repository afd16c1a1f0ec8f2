// SPDX-License-Identifier: Apache-2.0
// SofiaStack as a client over real sockets: Via, answers, ACK, CANCEL, failures.
#include <gtest/gtest.h>

#include "tests/support/recording_events.hpp"
#include "tests/support/wire_client.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using tests::RecordingEvents;
using tests::StackUnderTest;
using tests::WireClient;

class StackClientTest : public testing::Test {
protected:
    StackClientTest() { under_test.stack().set_events(events); }

    OutgoingRequest request(const std::string& method, std::uint16_t port,
                            SipTransport transport = SipTransport::udp) {
        OutgoingRequest result;
        result.message.method = method;
        result.message.request_uri = "sip:1000@127.0.0.1";
        result.message.headers = {
            {"Max-Forwards", "70"},           {"From", "<sip:us@127.0.0.1>;tag=us"},
            {"To", "<sip:1000@127.0.0.1>"},   {"Call-ID", "call-" + std::to_string(++calls)},
            {"CSeq", "101 " + method},        {"Contact", "<sip:us@127.0.0.1>"},
            {"Session-Expires", "nonsense;;"}};
        result.path = {.transport = transport,
                       .local = {},
                       .remote = {.address = IpAddress::v4(127, 0, 0, 1), .port = port}};
        return result;
    }
    // The answer of the peer: the request's own lines with another start line.
    static std::string answer_to(const std::string& request, const std::string& status) {
        std::string text = "SIP/2.0 " + status + "\r\n" + request.substr(request.find("\r\n") + 2);
        return text.replace(text.find("127.0.0.1>\r\nCall-ID"), 12, "127.0.0.1>;tag=peer\r\n");
    }
    bool wait(const std::function<bool()>& done) { return under_test.run_until(done); }

    int calls = 0;
    RecordingEvents events;
    StackUnderTest under_test;
    WireClient peer{SipTransport::udp, under_test.address(SipTransport::udp)};
};

TEST_F(StackClientTest, SendsFromItsListenerWithItsAddressInTheVia) {
    ASSERT_TRUE(under_test.stack().send(request("OPTIONS", peer.port())).has_value());
    ASSERT_TRUE(peer.expect(under_test, "\r\n\r\n"));
    const std::string& text = peer.received();
    EXPECT_EQ(
        text.find("OPTIONS sip:1000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" +
                  std::to_string(under_test.address(SipTransport::udp).port) + ";branch=z9hG4bK"),
        0U)
        << text;
    EXPECT_NE(text.find("Session-Expires: nonsense;;\r\n"), std::string::npos) << "verbatim";
    peer.send(answer_to(text, "200 OK"));
    ASSERT_TRUE(wait([&] { return events.responses.size() == 1; }));
    EXPECT_EQ(events.responses[0].message.status, 200);
}

TEST_F(StackClientTest, RetransmissionsAndForksOfA2xxAllArrive) {
    ASSERT_TRUE(under_test.stack().send(request("INVITE", peer.port())).has_value());
    ASSERT_TRUE(peer.expect(under_test, "\r\n\r\n"));
    const std::string ok = answer_to(peer.received(), "200 OK");
    std::string fork = ok;
    fork.replace(fork.find("tag=peer"), 8, "tag=fork");
    peer.send(ok);
    peer.send(ok);
    peer.send(fork);
    EXPECT_TRUE(wait([&] { return events.responses.size() == 3; }));
}

TEST_F(StackClientTest, ARefusalIsAcknowledgedByTheStack) {
    ASSERT_TRUE(under_test.stack().send(request("INVITE", peer.port())).has_value());
    ASSERT_TRUE(peer.expect(under_test, "\r\n\r\n"));
    peer.send(answer_to(peer.received(), "503 Service Unavailable"));
    EXPECT_TRUE(peer.expect(under_test, "ACK sip:1000@127.0.0.1 SIP/2.0"));
    EXPECT_EQ(events.responses.size(), 1U);
}

TEST_F(StackClientTest, ACancelFollowsTheFirstProvisionalAnswer) {
    const auto txn = under_test.stack().send(request("INVITE", peer.port()));
    under_test.stack().cancel(*txn, "Q.850;cause=16");
    ASSERT_TRUE(peer.expect(under_test, "\r\n\r\n"));
    const std::string invite = peer.received();
    peer.send(answer_to(invite, "180 Ringing"));
    ASSERT_TRUE(peer.expect(under_test, "CANCEL sip:1000@127.0.0.1 SIP/2.0"));
    EXPECT_TRUE(peer.expect(under_test, "Reason: Q.850;cause=16"));
    peer.send(answer_to(invite, "487 Request Terminated"));
    EXPECT_TRUE(wait([&] { return events.responses.size() == 2; }));
}

TEST_F(StackClientTest, AClosedUdpPortIsATransportFailure) {
    std::uint16_t closed = 0;
    {
        const WireClient gone(SipTransport::udp, under_test.address(SipTransport::udp));
        closed = gone.port();
    }
    const auto txn = under_test.stack().send(request("OPTIONS", closed));
    ASSERT_TRUE(txn.has_value());
    ASSERT_TRUE(wait([&] { return !events.failures.empty(); }));
    EXPECT_EQ(events.failures[0], std::pair(*txn, TxnFailure::transport));
}

TEST_F(StackClientTest, ARefusedTcpConnectionIsATransportFailure) {
    std::uint16_t closed = 0;
    {
        const WireClient gone(SipTransport::udp, under_test.address(SipTransport::udp));
        closed = gone.port();
    }
    const auto txn = under_test.stack().send(request("INVITE", closed, SipTransport::tcp));
    if (!txn) return;  // refused at once: also right
    ASSERT_TRUE(wait([&] { return !events.failures.empty(); }));
    EXPECT_EQ(events.failures[0], std::pair(*txn, TxnFailure::transport));
}

TEST_F(StackClientTest, ASilentPeerIsATimeout) {
    auto options = request("OPTIONS", peer.port());
    options.t1 = milliseconds(10);
    options.retries = 1;
    const auto txn = under_test.stack().send(options);
    ASSERT_TRUE(wait([&] { return !events.failures.empty(); }));
    EXPECT_EQ(events.failures[0], std::pair(*txn, TxnFailure::timeout));
    EXPECT_EQ(under_test.stack().stats().retransmitted_requests, 1U);
}

TEST_F(StackClientTest, APathWithoutListenerIsAnError) {
    auto options = request("OPTIONS", peer.port());
    options.path.remote = *Endpoint::parse("[2001:db8::1]:5060", 0);
    const auto txn = under_test.stack().send(options);
    ASSERT_FALSE(txn.has_value());
    EXPECT_EQ(txn.error().code, ErrorCode::not_found);
}

// A TCP listener of the test's own.
class TcpPeer {
public:
    TcpPeer() {
        fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        void* memory = &own;
        (void)!bind(fd_, static_cast<sockaddr*>(memory), sizeof own);
        listen(fd_, 8);
        socklen_t length = sizeof own;
        getsockname(fd_, static_cast<sockaddr*>(memory), &length);
        port = ntohs(own.sin_port);
    }
    ~TcpPeer() {
        for (const int fd : accepted)
            close(fd);
        close(fd_);
    }
    TcpPeer(const TcpPeer&) = delete;
    TcpPeer& operator=(const TcpPeer&) = delete;

    void poll() {
        const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) accepted.push_back(fd);
        for (const int connection : accepted) {
            char bytes[8192];
            const ssize_t got = recv(connection, bytes, sizeof bytes, MSG_DONTWAIT);
            if (got > 0) text.append(bytes, static_cast<std::size_t>(got));
        }
    }
    std::uint16_t port = 0;
    std::vector<int> accepted;
    std::string text;

private:
    int fd_ = -1;
};

TEST_F(StackClientTest, TcpRequestsToOnePeerShareAConnection) {
    TcpPeer tcp;
    const auto count = [&] {
        tcp.poll();
        std::size_t found = 0;
        for (auto at = tcp.text.find("OPTIONS sip"); at != std::string::npos;
             at = tcp.text.find("OPTIONS sip", at + 1))
            ++found;
        return found;
    };
    ASSERT_TRUE(under_test.stack().send(request("OPTIONS", tcp.port, SipTransport::tcp)));
    ASSERT_TRUE(under_test.stack().send(request("OPTIONS", tcp.port, SipTransport::tcp)));
    ASSERT_TRUE(wait([&] { return count() == 2; }));
    ASSERT_TRUE(under_test.stack().send(request("OPTIONS", tcp.port, SipTransport::tcp)));
    ASSERT_TRUE(wait([&] { return count() == 3; }));
    EXPECT_EQ(tcp.accepted.size(), 1U);
    const std::string answer =
        answer_to(tcp.text.substr(0, tcp.text.find("\r\n\r\n") + 4), "200 OK");
    ASSERT_GT(::send(tcp.accepted[0], answer.data(), answer.size(), 0), 0);
    EXPECT_TRUE(wait([&] { return events.responses.size() == 1; }));
}

// A Contact is of the peer's making, and what belongs to the call goes to it: sofia would read no
// URI with an excluded byte beside an escape.
TEST_F(StackClientTest, AnAckAndAByeGoOverTcpToAContactWithAnEscapeBesideExcludedBytes) {
    TcpPeer tcp;
    for (const std::string contact : {"sip:n%00]l@127.0.0.1", "sip:%41\xC3\xBC@127.0.0.1"}) {
        auto ack = request("ACK", tcp.port, SipTransport::tcp);
        ack.message.request_uri = contact;
        ASSERT_TRUE(under_test.stack().send_ack(ack)) << contact;
        auto bye = request("BYE", tcp.port, SipTransport::tcp);
        bye.message.request_uri = contact;
        ASSERT_TRUE(under_test.stack().send(bye)) << contact;
        EXPECT_TRUE(wait([&] {
            tcp.poll();
            return tcp.text.find("ACK " + contact + " SIP/2.0\r\n") != std::string::npos &&
                   tcp.text.find("BYE " + contact + " SIP/2.0\r\n") != std::string::npos;
        })) << tcp.text;
    }
}

TEST_F(StackClientTest, ABurstLargerThanSofiasDefaultQueueSurvivesConnecting) {
    TcpPeer tcp;
    constexpr int kBurst = 300;
    for (int i = 0; i < kBurst; ++i)
        ASSERT_TRUE(under_test.stack().send(request("OPTIONS", tcp.port, SipTransport::tcp)));
    EXPECT_TRUE(wait([&] {
        tcp.poll();
        return tcp.text.find("Call-ID: call-300\r\n") != std::string::npos;
    }));
    EXPECT_TRUE(events.failures.empty());
}

TEST_F(StackClientTest, ABrokenConnectionFailsTheRequestsThatWaitOnIt) {
    TcpPeer tcp;
    const auto txn = under_test.stack().send(request("OPTIONS", tcp.port, SipTransport::tcp));
    ASSERT_TRUE(wait([&] {
        tcp.poll();
        return !tcp.text.empty();
    }));
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(tcp.accepted[0], SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(tcp.accepted[0]);
    tcp.accepted.clear();
    ASSERT_TRUE(wait([&] { return !events.failures.empty(); }));
    EXPECT_EQ(events.failures[0], std::pair(*txn, TxnFailure::transport));
}

}  // namespace
}  // namespace weir::signaling
