// SPDX-License-Identifier: Apache-2.0
// RFC 3261 17.2 and RFC 6026: server transactions over UDP and over streams, timers G, H, I, J and
// L, in virtual time.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "signaling/sip/server_transactions.hpp"
#include "signaling/sip/wire_parser.hpp"
#include "tests/support/fake_loop.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using Kind = ServerTransactions::Kind;
using Times = std::vector<std::int64_t>;

class Rfc3261Section172 : public testing::TestWithParam<SipTransport> {
protected:
    static SipMessage request(const std::string& method) {
        SipMessage message;
        message.method = method;
        message.request_uri = "sip:1000@192.0.2.1";
        message.headers = {{"Via", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1"},
                           {"From", "<sip:a@192.0.2.9>;tag=from"},
                           {"To", "<sip:1000@192.0.2.1>"},
                           {"Call-ID", "call-1"},
                           {"CSeq", "101 " + method}};
        return message;
    }
    ServerTransactions::Taken take(const std::string& method) {
        SipPath path;
        path.transport = GetParam();
        const SipMessage message = request(method);
        return server.take(message, top_via(message).via,
                           {.connection = 1, .path = path, .reply_to = {}});
    }
    // What the server answers to a request of that method.
    void respond(ServerTxn txn, const std::string& method, int status) {
        (void)server.respond(txn, make_response(request(method), status, "", "us"));
    }
    ServerTxn refused_invite() {
        const ServerTxn invite = take("INVITE").txn;
        respond(invite, "INVITE", 486);
        sent.clear();
        return invite;
    }
    // When answers with that status leave within `ms` of virtual time.
    Times left_within(int ms, int status) {
        constexpr int kStep = 250;
        Times times;
        for (int at = kStep; at <= ms; at += kStep) {
            sent.clear();
            loop.advance(milliseconds(kStep));
            for (const int each : sent)
                if (each == status) times.push_back(at);
        }
        return times;
    }
    bool is_udp() const { return GetParam() == SipTransport::udp; }

    tests::FakeLoop loop;
    std::vector<int> sent;  // statuses
    ServerTransactions server{loop,
                              {},  // T1 500 ms, T2 4 s, T4 5 s
                              [this](const RequestOrigin&, const std::string& text) {
                                  sent.push_back(parse_wire(text).message.status);
                                  return true;
                              }};
};

// 17.2.1: "if a request retransmission is received while in the Proceeding state, the most recent
// provisional response ... MUST be passed to the transport layer"; the program hears of one
// request.
TEST_P(Rfc3261Section172, RetransmittedInviteGetsTheLatestProvisionalResponse) {
    const ServerTxn invite = take("INVITE").txn;
    EXPECT_EQ(take("INVITE").kind, Kind::absorbed);
    EXPECT_TRUE(sent.empty()) << "nothing was answered yet";
    respond(invite, "INVITE", 100);
    respond(invite, "INVITE", 180);
    EXPECT_EQ(take("INVITE").kind, Kind::absorbed);
    EXPECT_EQ(sent, (std::vector{100, 180, 180}));
}

// 17.2.1: "The server transaction MUST generate a 100 (Trying) response unless it knows that the TU
// will generate a provisional or final response within 200 ms".
TEST_P(Rfc3261Section172, TryingIsSentAfter200MsUnlessTheProgramAnswers) {
    const ServerTxn invite = take("INVITE").txn;
    server.promise_trying(invite, request("INVITE"));
    loop.advance(milliseconds(199));
    EXPECT_TRUE(sent.empty());
    loop.advance(milliseconds(1));
    EXPECT_EQ(sent, (std::vector{100}));
    EXPECT_EQ(take("INVITE").kind, Kind::absorbed);
    EXPECT_EQ(sent, (std::vector{100, 100}));
}

TEST_P(Rfc3261Section172, TryingIsNotSentBehindAnAnswer) {
    const ServerTxn invite = take("INVITE").txn;
    server.promise_trying(invite, request("INVITE"));
    respond(invite, "INVITE", 180);
    loop.advance(milliseconds(1'000));
    EXPECT_EQ(sent, (std::vector{180}));
}

// Timer G: T1, doubling up to T2, over unreliable transports only; timer H ends it at 64*T1.
TEST_P(Rfc3261Section172, RefusalIsRepeatedByTimerGUntilTimerH) {
    (void)refused_invite();
    const Times expected =
        is_udp() ? Times{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500} : Times{};
    EXPECT_EQ(left_within(40'000, 486), expected);
    EXPECT_EQ(server.size(), 0U);
}

// "... in the Completed state ... a request retransmission is received, the transaction SHOULD pass
// the response to the transport".
TEST_P(Rfc3261Section172, RetransmittedInviteGetsTheRefusalAgain) {
    (void)refused_invite();
    EXPECT_EQ(take("INVITE").kind, Kind::absorbed);
    EXPECT_EQ(sent, (std::vector{486}));
}

// "If an ACK is received while the server transaction is in the Completed state, the server
// transaction MUST transition to the Confirmed state": no more retransmissions.
TEST_P(Rfc3261Section172, AckEndsTheRepetition) {
    (void)refused_invite();
    EXPECT_EQ(left_within(1'000, 486), is_udp() ? Times{500} : Times{});
    EXPECT_EQ(take("ACK").kind, Kind::absorbed) << "it is the transaction's, not the call's";
    EXPECT_EQ(left_within(33'000, 486), Times{});
    EXPECT_EQ(server.size(), 0U);
}

// Timer I: T4 over UDP, zero over a stream; in Confirmed further ACKs are absorbed.
TEST_P(Rfc3261Section172, FurtherAcksAreAbsorbedUntilTimerI) {
    (void)refused_invite();
    EXPECT_EQ(take("ACK").kind, Kind::absorbed);
    EXPECT_EQ(server.size(), is_udp() ? 1U : 0U);
    loop.advance(milliseconds(4'999));
    EXPECT_EQ(take("ACK").kind, is_udp() ? Kind::absorbed : Kind::ack);
    loop.advance(milliseconds(1));
    EXPECT_EQ(server.size(), 0U);
}

// Timer H has ended it: the same bytes are a new request (it is "destroyed", 17.2.1).
TEST_P(Rfc3261Section172, BehindTimerHTheInviteIsANewOne) {
    (void)refused_invite();
    EXPECT_EQ(take("INVITE").kind, Kind::absorbed);
    loop.advance(milliseconds(32'000));
    EXPECT_EQ(take("INVITE").kind, Kind::fresh);
}

// 17.2.2: in Completed "the server transaction MUST pass the final response to the transport layer
// for retransmission whenever a retransmission of the request is received"; nothing of its own.
// Timer J: 64*T1, and zero over a stream.
TEST_P(Rfc3261Section172, FinalResponseOfOtherMethodsIsRepeatedWhenAskedUntilTimerJ) {
    respond(take("OPTIONS").txn, "OPTIONS", 404);
    EXPECT_EQ(left_within(31'750, 404), Times{});
    sent.clear();
    EXPECT_EQ(take("OPTIONS").kind, is_udp() ? Kind::absorbed : Kind::fresh);
    EXPECT_EQ(sent, is_udp() ? std::vector{404} : std::vector<int>{});
}

TEST_P(Rfc3261Section172, BehindTimerJTheRequestIsANewOne) {
    respond(take("OPTIONS").txn, "OPTIONS", 404);
    loop.advance(milliseconds(32'100));
    EXPECT_EQ(server.size(), 0U);
    EXPECT_EQ(take("OPTIONS").kind, Kind::fresh);
}

// RFC 6026 7.1, Accepted: retransmissions of the INVITE are absorbed, before its ACK and behind it,
// until timer L.
TEST_P(Rfc3261Section172, BehindA2xxTheInviteIsAbsorbedUntilTimerL) {
    const ServerTxn invite = take("INVITE").txn;
    respond(invite, "INVITE", 200);
    sent.clear();
    EXPECT_EQ(take("INVITE").kind, Kind::absorbed);
    EXPECT_EQ(take("ACK").kind, Kind::ack) << "the call's, not the transaction's";
    server.finish(invite);
    if (!is_udp()) {
        EXPECT_EQ(server.size(), 0U) << "a stream repeats nothing";
        return;
    }
    loop.advance(milliseconds(31'999));
    EXPECT_EQ(take("INVITE").kind, Kind::absorbed);
    loop.advance(milliseconds(100));
    EXPECT_EQ(server.size(), 0U);
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(loop.pending_timers(), 0U);
}

// 17.2.3 tells transactions apart by the branch alone; SIPp, and not it alone, gives a request that
// is made once more the branch of the first.
TEST_P(Rfc3261Section172, ARequestWithAHigherCSeqIsNoRetransmission) {
    respond(take("UPDATE").txn, "UPDATE", 500);
    SipMessage next = request("UPDATE");
    next.set("CSeq", "102 UPDATE");
    SipPath path;
    path.transport = GetParam();
    const auto taken =
        server.take(next, top_via(next).via, {.connection = 1, .path = path, .reply_to = {}});
    EXPECT_EQ(taken.kind, Kind::fresh);
}

// 17.2.3: the CANCEL of an INVITE matches it by its branch, and is a transaction of its own.
TEST_P(Rfc3261Section172, CancelMatchesItsInvite) {
    const ServerTxn invite = take("INVITE").txn;
    const auto cancel = take("CANCEL");
    EXPECT_EQ(cancel.kind, Kind::cancels);
    EXPECT_EQ(cancel.txn, invite);
    EXPECT_EQ(sent, (std::vector{200}));
}

INSTANTIATE_TEST_SUITE_P(Over, Rfc3261Section172,
                         testing::Values(SipTransport::udp, SipTransport::tcp),
                         [](const auto& over) { return std::string(to_string(over.param)); });

}  // namespace
}  // namespace weir::signaling
