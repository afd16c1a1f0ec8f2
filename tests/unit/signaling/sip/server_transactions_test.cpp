// SPDX-License-Identifier: Apache-2.0
// Server transactions over a stream in virtual time: RFC 3261 17.2, 9.2. Over UDP:
// tests/conformance/rfc3261_17.
#include "signaling/sip/server_transactions.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"

namespace weir::signaling {
namespace {

using Kind = ServerTransactions::Kind;
using Outcome = ServerTransactions::Outcome;

class ServerTransactionsTest : public testing::Test {
protected:
    static SipMessage request(const std::string& method, const std::string& branch = "z9hG4bKone") {
        SipMessage message;
        message.method = method;
        message.request_uri = "sip:1000@192.0.2.1";
        message.headers = {{"Via", "SIP/2.0/TLS 192.0.2.9:5061;branch=" + branch},
                           {"From", "<sip:a@192.0.2.9>;tag=1"},
                           {"To", "<sip:1000@192.0.2.1>"},
                           {"Call-ID", "abc"},
                           {"CSeq", "1 " + method}};
        return message;
    }
    static SipMessage answer(int status, const std::string& method = "INVITE") {
        return make_response(request(method), status, "", "us");
    }
    ServerTransactions::Taken take(const SipMessage& message) {
        SipPath path;
        path.transport = SipTransport::tls;
        return server.take(message, top_via(message).via,
                           {.connection = 5, .path = path, .reply_to = {}});
    }
    std::string last() const { return sent.empty() ? "" : sent.back(); }

    tests::FakeLoop loop;
    std::vector<std::string> sent;  // start lines
    std::vector<std::string> texts;
    bool broken = false;
    ServerTransactions server{loop, {}, [this](const RequestOrigin&, const std::string& text) {
                                  if (broken) return false;
                                  texts.push_back(text);
                                  sent.push_back(text.substr(0, text.find("\r\n")));
                                  return true;
                              }};
};

TEST_F(ServerTransactionsTest, ARetransmissionGetsTheLastResponseAgain) {
    const auto invite = take(request("INVITE"));
    ASSERT_EQ(invite.kind, Kind::fresh);
    EXPECT_EQ(server.respond(invite.txn, answer(180)), Outcome::sent);
    EXPECT_EQ(take(request("INVITE")).kind, Kind::absorbed);
    EXPECT_EQ(sent.size(), 2U);
    EXPECT_EQ(last(), "SIP/2.0 180 Ringing");
}

TEST_F(ServerTransactionsTest, TheAckOfARefusalEndsItAndGoesNoFurther) {
    const auto invite = take(request("INVITE"));
    EXPECT_EQ(server.respond(invite.txn, answer(486)), Outcome::sent);
    EXPECT_EQ(take(request("ACK")).kind, Kind::absorbed);
    EXPECT_EQ(server.size(), 0U);
    EXPECT_EQ(loop.pending_timers(), 0U);
}

TEST_F(ServerTransactionsTest, ARefusalIsForgottenAfterTimerHAndNeverRepeated) {
    const auto invite = take(request("INVITE"));
    (void)server.respond(invite.txn, answer(486));
    loop.advance(std::chrono::milliseconds(31'999));
    EXPECT_EQ(server.size(), 1U);
    loop.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(server.size(), 0U);
    EXPECT_EQ(sent.size(), 1U);
}

TEST_F(ServerTransactionsTest, ASuccessWaitsForItsAckWhichGoesUp) {
    const auto invite = take(request("INVITE"));
    EXPECT_EQ(server.respond(invite.txn, answer(200)), Outcome::accepted);
    EXPECT_EQ(take(request("ACK", "z9hG4bKack")).kind, Kind::ack);
    server.send_again(invite.txn);
    EXPECT_EQ(sent.size(), 2U);
    server.finish(invite.txn);
    EXPECT_EQ(server.size(), 0U);
}

TEST_F(ServerTransactionsTest, OtherMethodsEndWithTheirFinalResponse) {
    const auto options = take(request("OPTIONS"));
    EXPECT_EQ(server.respond(options.txn, answer(200, "OPTIONS")), Outcome::sent);
    EXPECT_EQ(server.size(), 0U);
    EXPECT_EQ(server.respond(options.txn, answer(200, "OPTIONS")), Outcome::ignored);
}

TEST_F(ServerTransactionsTest, ACancelIsAnsweredAndNamesItsInvite) {
    const auto invite = take(request("INVITE"));
    const auto cancel = take(request("CANCEL"));
    EXPECT_EQ(cancel.kind, Kind::cancels);
    EXPECT_EQ(cancel.txn, invite.txn);
    EXPECT_EQ(last(), "SIP/2.0 200 OK");
}

TEST_F(ServerTransactionsTest, ASecondCancelIsAnsweredAndGoesNoFurther) {
    (void)take(request("INVITE"));
    EXPECT_EQ(take(request("CANCEL")).kind, Kind::cancels);
    EXPECT_EQ(take(request("CANCEL")).kind, Kind::absorbed);
    EXPECT_EQ(sent.size(), 2U);
}

TEST_F(ServerTransactionsTest, TheAnswerToACancelHasTheTagOfTheInvitesAnswer) {
    const auto invite = take(request("INVITE"));
    (void)server.respond(invite.txn, make_response(request("INVITE"), 180, "", "ours"));
    (void)take(request("CANCEL"));
    EXPECT_NE(texts.back().find(";tag=ours"), std::string::npos);
}

TEST_F(ServerTransactionsTest, ACancelBehindTheFinalResponseChangesNothing) {
    const auto invite = take(request("INVITE"));
    (void)server.respond(invite.txn, answer(486));
    EXPECT_EQ(take(request("CANCEL")).kind, Kind::absorbed);
    EXPECT_EQ(last(), "SIP/2.0 200 OK");
}

TEST_F(ServerTransactionsTest, ACancelOfNothingIs481) {
    EXPECT_EQ(take(request("CANCEL")).kind, Kind::no_invite);
    EXPECT_EQ(last().substr(0, 11), "SIP/2.0 481");
}

TEST_F(ServerTransactionsTest, OfTwoPeersWithOneBranchEachHasItsOwn) {
    SipMessage other = request("INVITE");
    other.set("Via", "SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bKone");
    EXPECT_EQ(take(request("INVITE")).kind, Kind::fresh);
    EXPECT_EQ(take(other).kind, Kind::fresh);
}

TEST_F(ServerTransactionsTest, AnAnswerWithoutAWayBackIsAFailure) {
    const auto invite = take(request("INVITE"));
    broken = true;
    EXPECT_EQ(server.respond(invite.txn, answer(200)), Outcome::failed);
    EXPECT_EQ(server.size(), 0U);
}

}  // namespace
}  // namespace weir::signaling
