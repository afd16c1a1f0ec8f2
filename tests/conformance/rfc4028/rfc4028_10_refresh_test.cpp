// SPDX-License-Identifier: Apache-2.0
// RFC 4028 10: refreshes at half of the interval, and the BYE when nobody refreshes.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc4028Refresh : public tests::MidcallBench {
protected:
    // A call whose callee leg has a timer of 600 s.
    void connect_with(const char* refresher,
                      const char* allow = "INVITE, ACK, BYE, CANCEL, UPDATE") {
        of_peer(20).session_refresh = true;
        of_peer(20).timer = config::SessionTimer{90, 600};
        apply();
        const auto txn = call();
        answer_with(last_out("INVITE"), 200,
                    {{"Session-Expires", std::string("600;refresher=") + refresher}},
                    sdp("192.0.2.20", 5000), allow);
        ack(txn);
    }
};

TEST_F(Rfc4028Refresh, OursIsAnUpdateWithoutOfferAtHalfOfTheInterval) {
    connect_with("uac");
    loop.advance(seconds(299));
    EXPECT_EQ(count_out("UPDATE"), 0U);
    loop.advance(seconds(2));
    ASSERT_EQ(count_out("UPDATE"), 1U);
    const auto update = last_out("UPDATE").request.message;
    EXPECT_TRUE(update.body.empty());
    EXPECT_EQ(header(update, "Session-Expires"), "600;refresher=uac");
}

TEST_F(Rfc4028Refresh, PeerWithoutUpdateGetsAReInviteWithTheSameDescription) {
    connect_with("uac", "INVITE, ACK, BYE, CANCEL");
    loop.advance(seconds(301));
    ASSERT_EQ(count_out("INVITE"), 2U);
    EXPECT_EQ(body_out(), invite_out(0).request.message.body);
    answer_with(last_out("INVITE"), 200, {{"Session-Expires", "600;refresher=uac"}},
                sdp("192.0.2.20", 5000), "INVITE, ACK, BYE, CANCEL");
    EXPECT_EQ(stack.acks.size(), 2U);
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(Rfc4028Refresh, CallLivesAsLongAsRefreshesAreAnswered) {
    connect_with("uac");
    for (unsigned i = 1; i <= 10; ++i) {
        loop.advance(seconds(301));
        ASSERT_EQ(count_out("UPDATE"), i);
        answer_with(last_out("UPDATE"), 200, {{"Session-Expires", "600;refresher=uac"}});
    }
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

// "it sends a BYE at min(32 seconds, one third of the session interval) before expiration"
TEST_F(Rfc4028Refresh, PeerThatDoesNotRefreshLosesTheCall) {
    connect_with("uas");
    loop.advance(seconds(600 - 33));
    EXPECT_EQ(count_out("BYE"), 0U);
    loop.advance(seconds(2));
    EXPECT_EQ(count_out("BYE"), 2U);
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(log.end.q850_cause, 102);
}

TEST_F(Rfc4028Refresh, RefreshOfThePeerBeginsTheIntervalAnew) {
    connect_with("uas");
    loop.advance(seconds(400));
    const auto txn = send_from_callee("UPDATE");
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(header(last_answer(txn), "Session-Expires"), "600;refresher=uas");
    loop.advance(seconds(400));
    EXPECT_EQ(count_out("BYE"), 0U);
}

TEST_F(Rfc4028Refresh, DialogThatThePeerDoesNotKnowEndsTheCall) {
    connect_with("uac");
    loop.advance(seconds(301));
    answer_with(last_out("UPDATE"), 481, {});
    EXPECT_EQ(count_out("BYE"), 1U);  // to the caller alone
}

TEST_F(Rfc4028Refresh, RefreshThatNobodyAnswersEndsTheCall) {
    connect_with("uac");
    loop.advance(seconds(301));
    stack.events().on_failure(last_out("UPDATE").txn, TxnFailure::timeout);
    EXPECT_EQ(count_out("BYE"), 2U);
}

TEST_F(Rfc4028Refresh, OtherFailureIsTriedAgainAndEndsOnlyWithTheInterval) {
    connect_with("uac");
    loop.advance(seconds(301));
    answer_with(last_out("UPDATE"), 503, {});
    EXPECT_EQ(count_out("BYE"), 0U);
    loop.advance(seconds(80));
    EXPECT_EQ(count_out("UPDATE"), 2U);
}

// RFC 3261 14.1: the Call-ID toward the callee is ours: 2.1 to 4 s.
TEST_F(Rfc4028Refresh, RefreshThatMeetsAnOfferWaitsItsTime) {
    connect_with("uac");
    loop.advance(seconds(301));
    answer_with(last_out("UPDATE"), 491, {});
    loop.advance(milliseconds(2000));
    EXPECT_EQ(count_out("UPDATE"), 1U);
    loop.advance(milliseconds(2001));
    EXPECT_EQ(count_out("UPDATE"), 2U);
}

TEST_F(Rfc4028Refresh, UpdateThatIsNotAllowedAfterAllBecomesAReInvite) {
    connect_with("uac");
    loop.advance(seconds(301));
    answer_with(last_out("UPDATE"), 405, {}, {}, "INVITE, ACK, BYE");
    EXPECT_EQ(count_out("INVITE"), 2U);
}

// The legs are independent: what expires on one ends both.
TEST_F(Rfc4028Refresh, CallerThatStopsRefreshingLosesTheCall) {
    const auto txn = call_with({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    loop.advance(seconds(1800 - 31));
    EXPECT_EQ(count_out("BYE"), 2U);
}

// Spec B.7: refreshes pass end to end. The UPDATE of one side refreshes the other leg where that is
// ours.
TEST_F(Rfc4028Refresh, RefreshOfTheCallerRefreshesTheCalleeToo) {
    const auto txn = call_with({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    answer_with(invite_out(), 200, {{"Session-Expires", "1800;refresher=uac"}},
                sdp("192.0.2.20", 5000));
    ack(txn);
    loop.advance(seconds(900));
    EXPECT_EQ(count_out("UPDATE"), 0U);  // the caller's comes first
    const auto refresh = caller_sends("UPDATE", "", {{"Supported", "timer"}});
    EXPECT_EQ(header(last_answer(refresh), "Session-Expires"), "1800;refresher=uac");
    EXPECT_EQ(count_out("UPDATE"), 1U);
}

TEST_F(Rfc4028Refresh, ReInviteThatRefreshesPasses) {
    const auto txn = call_with({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    answer_with(invite_out(), 200, {{"Session-Expires", "1800;refresher=uac"}},
                sdp("192.0.2.20", 5000));
    ack(txn);
    loop.advance(seconds(800));
    const auto refresh =
        caller_sends("INVITE", sdp("203.0.113.5", 4000),
                     {{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    EXPECT_EQ(header(last_out("INVITE").request.message, "Session-Expires"), "1800;refresher=uac");
    answer_with(last_out("INVITE"), 200, {{"Session-Expires", "1800;refresher=uac"}},
                sdp("192.0.2.20", 5000));
    EXPECT_EQ(header(last_answer(refresh), "Session-Expires"), "1800;refresher=uac");
    ack(refresh);
    loop.advance(seconds(1700));
    EXPECT_EQ(count_out("BYE"), 0U);
}

TEST_F(Rfc4028Refresh, ByeLeavesNoTimerBehind) {
    connect_with("uac");
    send_from_caller("BYE");
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
    loop.advance(std::chrono::hours(1));
    EXPECT_EQ(count_out("UPDATE"), 0U);
}

}  // namespace
}  // namespace weir::signaling
