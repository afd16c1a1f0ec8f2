// SPDX-License-Identifier: Apache-2.0
// Requests that are too large for UDP, in virtual time (RFC 3261 18.1.1).
#include "signaling/sip/large_requests.hpp"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "signaling/sip/client_transactions.hpp"
#include "signaling/sip/wire_parser.hpp"
#include "tests/support/fake_loop.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What left, over what; TCP fails at once where the test says so.
struct TwoWays final : MessageSender {
    Result<void> send(std::uint64_t key, std::string text, const SipPath& path) override {
        if (tcp_fails && path.transport == SipTransport::tcp) return fail(ErrorCode::io, "refused");
        sent.push_back({key, path.transport, parse_wire(text).message});
        return {};
    }
    void send_again(std::uint64_t) override { ++again; }
    void forget(std::uint64_t) override {}

    struct Sent {
        std::uint64_t key;
        SipTransport transport;
        SipMessage message;
    };
    bool tcp_fails = false;
    int again = 0;
    std::vector<Sent> sent;
};

class LargeRequestsTest : public testing::Test {
protected:
    OutgoingRequest request(const std::string& method, std::size_t body) {
        OutgoingRequest made;
        made.message.method = method;
        made.message.request_uri = "sip:1000@192.0.2.1";
        made.message.headers = {{"Max-Forwards", "70"},
                                {"From", "<sip:a@192.0.2.9>;tag=1"},
                                {"To", "<sip:1000@192.0.2.1>"},
                                {"Call-ID", "abc" + std::to_string(++calls)},
                                {"CSeq", "101 " + method}};
        made.message.body = std::string(body, 'x');
        made.path = {.transport = SipTransport::udp,
                     .local = *Endpoint::parse("192.0.2.9:5060", 0),
                     .remote = *Endpoint::parse("192.0.2.1:5060", 0)};
        return made;
    }
    std::optional<SipPath> tcp() {
        SipPath path = request("INVITE", 0).path;
        path.transport = SipTransport::tcp;
        return path;
    }
    void send(const std::string& method = "INVITE", std::size_t body = 1'400) {
        ASSERT_TRUE(client.send(request(method, body), tcp()));
    }
    void answer(int status) {
        const SipMessage response = make_response(sender.sent.back().message, status, "", "peer");
        (void)client.on_response(response, top_via(response), loop.clock().now());
    }
    std::string ways() const {
        std::string text;
        for (const auto& each : sender.sent)
            text += (text.empty() ? "" : " ") + std::string(to_string(each.transport));
        return text;
    }
    static std::string via(const SipMessage& message) { return *message.find("Via"); }

    tests::FakeLoop loop;
    TwoWays sender;
    SeededRandom random{1};
    SipStats stats;
    int calls = 0;
    int responses = 0;
    std::string told;  // what went otherwise than it was meant
    std::vector<TxnFailure> failures;
    ClientTransactions client{
        {.loop = loop, .sender = sender, .random = random, .stats = stats},
        {},
        {.on_response = [this](const IncomingResponse&) { ++responses; },
         .on_failure = [this](ClientTxn, TxnFailure failure) { failures.push_back(failure); },
         .switched =
             [this](const SipMessage& message, const SipPath& way) {
                 told +=
                     (told.empty() ? "" : ", ") + message.method + " " + to_string(way.transport);
             }}};
};

TEST_F(LargeRequestsTest, TheWholeMessageDecidesNotItsBody) {
    const std::size_t head = to_wire(request("INVITE", 0).message).size();
    // Its Via and the digits of Content-Length come on top.
    send("INVITE", kMostUdpRequest - head - 200);
    EXPECT_EQ(ways(), "udp");
    send("INVITE", kMostUdpRequest - head);
    EXPECT_EQ(ways(), "udp tcp");
    EXPECT_EQ(via(sender.sent[1].message).rfind("SIP/2.0/TCP ", 0), 0U);
    EXPECT_EQ(stats.requests_by_tcp, 1U);
}

TEST_F(LargeRequestsTest, WhatGoesOtherwiseThanMeantIsTold) {
    send("INVITE", 100);
    EXPECT_EQ(told, "");
    send();
    EXPECT_EQ(told, "INVITE tcp");
    loop.advance(seconds(2));
    EXPECT_EQ(told, "INVITE tcp, INVITE udp") << "nobody took the connection";
    sender.tcp_fails = true;
    loop.advance(kTcpRefusedFor);
    send();
    EXPECT_EQ(told, "INVITE tcp, INVITE udp") << "refused at once: it is as it was meant";
}

TEST_F(LargeRequestsTest, AnAckByTcpIsTold) {
    send();
    answer(200);
    ASSERT_TRUE(client.send_ack(request("ACK", 1'400), tcp()));
    ASSERT_TRUE(client.send_ack(request("ACK", 100), tcp()));
    EXPECT_EQ(told, "INVITE tcp, ACK tcp");
}

TEST_F(LargeRequestsTest, WithoutAWayByTcpItGoesByUdp) {
    ASSERT_TRUE(client.send(request("INVITE", 5'000)));
    EXPECT_EQ(ways(), "udp");
}

TEST_F(LargeRequestsTest, AConnectionThatBreaksBeforeAnAnswerBringsItOverUdp) {
    send();
    client.on_send_error(sender.sent[0].key);
    ASSERT_EQ(ways(), "tcp udp");
    EXPECT_TRUE(failures.empty());
    EXPECT_EQ(via(sender.sent[1].message).rfind("SIP/2.0/UDP ", 0), 0U);
    EXPECT_EQ(sender.sent[1].message.body.size(), 1'400U);
    EXPECT_EQ(via(sender.sent[0].message).substr(12), via(sender.sent[1].message).substr(12))
        << "the same branch: for a peer that has got both it is one request";
    loop.advance(milliseconds(500));
    EXPECT_EQ(sender.again, 1) << "now it is sent again as UDP has it";
    answer(180);
    EXPECT_EQ(responses, 1);
}

TEST_F(LargeRequestsTest, ARefusalAtOnceBringsItOverUdpAtOnce) {
    sender.tcp_fails = true;
    send();
    EXPECT_EQ(ways(), "udp");
    EXPECT_EQ(stats.requests_by_tcp, 0U);
}

TEST_F(LargeRequestsTest, SilenceOverTcpBringsItOverUdpTooAfterTwoSeconds) {
    send();
    loop.advance(milliseconds(1'999));
    EXPECT_EQ(ways(), "tcp");
    loop.advance(milliseconds(1));
    EXPECT_EQ(ways(), "tcp udp");
}

TEST_F(LargeRequestsTest, OverUdpItHasTheTimeOfEveryRequest) {
    send();
    client.on_send_error(sender.sent[0].key);
    loop.advance(seconds(31));
    EXPECT_TRUE(failures.empty());
    loop.advance(seconds(1));
    EXPECT_EQ(failures, (std::vector{TxnFailure::timeout}));
}

TEST_F(LargeRequestsTest, AnAnswerEndsTheDoubt) {
    send();
    answer(100);
    loop.advance(seconds(10));
    EXPECT_EQ(ways(), "tcp");
    client.on_send_error(sender.sent[0].key);
    EXPECT_EQ(ways(), "tcp");
    EXPECT_TRUE(failures.empty());
}

TEST_F(LargeRequestsTest, APeerThatTakesNoTcpIsNotAskedAgainForFiveMinutes) {
    send();
    client.on_send_error(sender.sent[0].key);
    send();
    EXPECT_EQ(ways(), "tcp udp udp");
    loop.advance(kTcpRefusedFor);
    send();
    EXPECT_EQ(sender.sent.back().transport, SipTransport::tcp);
}

TEST_F(LargeRequestsTest, AnAckFollowsTheWayThatIsProved) {
    ASSERT_TRUE(client.send_ack(request("ACK", 1'400), tcp()));
    EXPECT_EQ(ways(), "udp") << "nobody could tell whether it arrived";
    send();
    answer(200);
    ASSERT_TRUE(client.send_ack(request("ACK", 1'400), tcp()));
    ASSERT_TRUE(client.send_ack(request("ACK", 100), tcp()));
    EXPECT_EQ(ways(), "udp tcp tcp udp");
}

TEST_F(LargeRequestsTest, TheAckOfARefusalAndTheCancelGoTheWayOfTheInvite) {
    send();
    answer(180);
    client.cancel(ClientTxn{sender.sent[0].key}, "");
    ASSERT_EQ(ways(), "tcp tcp");
    const SipMessage response = make_response(sender.sent[0].message, 487, "", "peer");
    (void)client.on_response(response, top_via(response), loop.clock().now());
    EXPECT_EQ(ways(), "tcp tcp tcp");
    EXPECT_EQ(sender.sent[2].message.method, "ACK");
}

TEST(LargeRequests, PeersAreBounded) {
    LargeRequests large;
    for (std::uint16_t i = 0; i < 2'000; ++i)
        large.refused({IpAddress::v4(192, 0, 2, 1), 0, static_cast<std::uint16_t>(i + 1)}, {});
    EXPECT_EQ(large.size(), kTcpPeers);
}

}  // namespace
}  // namespace weir::signaling
