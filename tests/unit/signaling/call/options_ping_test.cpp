// SPDX-License-Identifier: Apache-2.0
// options-ping (spec A.12): the table of one leg, and OPTIONS inside the dialogs of a call.
#include "signaling/call/options_ping.hpp"

#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;
using tests::sdp;
using Next = OptionsPing::Next;

TEST(OptionsPing, IsOffWithoutAnInterval) {
    OptionsPing ping;
    EXPECT_EQ(ping.start(seconds(0)), Next::nothing);
    EXPECT_EQ(ping.due(false), Next::nothing);
    EXPECT_EQ(ping.answered(481), Next::nothing);
}

TEST(OptionsPing, AsksEachIntervalAndWaitsForTheAnswer) {
    OptionsPing ping;
    EXPECT_EQ(ping.start(seconds(60)), Next::wait);
    EXPECT_EQ(ping.due(false), Next::ask);
    EXPECT_EQ(ping.due(false), Next::nothing) << "one at a time";
    EXPECT_EQ(ping.answered(200), Next::wait);
    EXPECT_EQ(ping.due(false), Next::ask);
}

TEST(OptionsPing, ASessionTimerTakesItsPlace) {
    OptionsPing ping;
    (void)ping.start(seconds(60));
    EXPECT_EQ(ping.due(true), Next::wait);
    EXPECT_EQ(ping.due(false), Next::ask);
}

TEST(OptionsPing, OnlyADialogThatIsGoneIsLost) {
    for (const int status : {200, 403, 405, 488, 500, 501, 503}) {
        OptionsPing ping;
        (void)ping.start(seconds(60));
        (void)ping.due(false);
        EXPECT_EQ(ping.answered(status), Next::wait) << status;
    }
    for (const int status : {0, 408, 481}) {
        OptionsPing ping;
        (void)ping.start(seconds(60));
        (void)ping.due(false);
        EXPECT_EQ(ping.answered(status), Next::lost) << status;
        EXPECT_EQ(ping.state(), OptionsPing::State::off);
    }
}

class DialogPingTest : public tests::CallBench {
protected:
    void ping(std::uint32_t peer, std::uint16_t interval) {
        config.dial_peers[config::DialPeerTag{peer}].sip.options_ping = interval;
        apply();
    }
    auto pings() const { return stack.sent_with("OPTIONS"); }
    void fail(const tests::FakeSipStack::Sent& sent) {
        stack.events().on_failure(sent.txn, TxnFailure::timeout);
    }
};

TEST_F(DialogPingTest, TheLegOfThePeerThatAsksIsPingedInsideItsDialog) {
    ping(20, 60);
    connect();
    loop.advance(seconds(59));
    EXPECT_TRUE(pings().empty());
    loop.advance(seconds(1));
    ASSERT_EQ(pings().size(), 1U);
    const SipMessage out = pings()[0].request.message;
    EXPECT_EQ(header(out, "Call-ID"), header(invite_out().request.message, "Call-ID"));
    EXPECT_TRUE(header(out, "To").ends_with(";tag=callee"));
    EXPECT_EQ(header(out, "CSeq"), "102 OPTIONS");
    answer(pings()[0], 200);
    loop.advance(seconds(60));
    EXPECT_EQ(pings().size(), 2U);
}

TEST_F(DialogPingTest, BothLegsArePingedWhereTheGlobalLevelSaysSo) {
    config.voice.sip.options_ping = 60;
    apply();
    connect();
    loop.advance(seconds(60));
    ASSERT_EQ(pings().size(), 2U);
    EXPECT_EQ(pings()[0].request.path.remote, tests::at("203.0.113.5"));
    EXPECT_EQ(pings()[1].request.path.remote, tests::at("192.0.2.20"));
}

TEST_F(DialogPingTest, NoAnswerEndsTheCallWithCause102) {
    ping(20, 60);
    connect();
    loop.advance(seconds(60));
    fail(pings()[0]);
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 2U);
    for (const auto& bye : byes)
        EXPECT_EQ(header(bye.request.message, "Reason"), "Q.850;cause=102");
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(log.text(), "connected releasing ended");
}

// RFC 5057 5.1: 481 says that there is no dialog: a BYE into it would only be refused.
TEST_F(DialogPingTest, A481EndsTheCallWithoutAByeToWhoHasNone) {
    ping(20, 60);
    connect();
    loop.advance(seconds(60));
    answer(pings()[0], 481);
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 1U);
    EXPECT_EQ(byes[0].request.path.remote, tests::at("203.0.113.5"));
    EXPECT_EQ(header(byes[0].request.message, "Reason"), "Q.850;cause=127");
}

TEST_F(DialogPingTest, AnotherRefusalIsASignOfLife) {
    ping(20, 60);
    connect();
    loop.advance(seconds(60));
    answer(pings()[0], 405);
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    loop.advance(seconds(60));
    EXPECT_EQ(pings().size(), 2U);
}

TEST_F(DialogPingTest, ALegWithASessionTimerIsNotPinged) {
    ping(10, 60);
    SipMessage message = invite();
    message.add("Supported", "timer");
    message.add("Session-Expires", "1800;refresher=uac");
    const auto txn = call(message);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    loop.advance(seconds(600));
    EXPECT_TRUE(pings().empty());
}

TEST_F(DialogPingTest, NothingIsPingedBeforeTheAckOrAfterTheBye) {
    ping(20, 60);
    const auto txn = call();
    answer(invite_out(), 180);
    loop.advance(seconds(90));
    EXPECT_TRUE(pings().empty());
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    send_from_caller("BYE");
    confirm_byes();
    loop.advance(seconds(600));
    EXPECT_TRUE(pings().empty());
    EXPECT_EQ(table.size(), 0U);
}

// A ping on its way when the call ends: its answer must not matter any more.
TEST_F(DialogPingTest, AnAnswerBehindTheByeChangesNothing) {
    ping(20, 60);
    connect();
    loop.advance(seconds(60));
    send_from_caller("BYE");
    answer(pings()[0], 481);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace weir::signaling
