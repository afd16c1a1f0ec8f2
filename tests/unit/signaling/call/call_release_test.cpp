// SPDX-License-Identifier: Apache-2.0
// How calls end: BYE, CANCEL and their races, missing ACKs, lost media; one end, one record, no
// leak.
#include "config/base/limits.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class CallReleaseTest : public tests::CallBench {
protected:
    void expect_over() {
        EXPECT_EQ(table.size(), 0U);
        EXPECT_EQ(media.opened, media.closed);
        EXPECT_EQ(loop.pending_timers(), 0U);
        EXPECT_EQ(sink.lines.size(), 1U);
        EXPECT_EQ(std::count(log.events.begin(), log.events.end(), "ended"), 1);
    }
};

TEST_F(CallReleaseTest, ByeOfTheCallerEndsTheCalleeThenTheMedia) {
    connect();
    const auto bye = send_from_caller("BYE");
    EXPECT_EQ(statuses(bye), (std::vector{200}));
    EXPECT_EQ(log.text(), "connected releasing");
    const auto out = stack.sent_with("BYE");
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(header(out[0].request.message, "Reason"), "Q.850;cause=16");
    EXPECT_EQ(header(out[0].request.message, "CSeq"), "102 BYE");
    EXPECT_EQ(media.closed, 0U);
    confirm_byes();
    EXPECT_EQ(log.text(), "connected releasing ended");
    EXPECT_EQ(log.end.released_by, Side::a);
    EXPECT_EQ(log.end.q850_cause, 16);
    expect_over();
}

TEST_F(CallReleaseTest, ByeOfTheCalleeEndsTheCaller) {
    connect();
    const auto bye = send_from_callee("BYE");
    EXPECT_EQ(statuses(bye), (std::vector{200}));
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "To"),
              "\"Ann\" <sip:100@pbx.example.net>;tag=caller");
    confirm_byes();
    EXPECT_EQ(log.end.released_by, Side::b);
    expect_over();
}

TEST_F(CallReleaseTest, ByesThatCrossAreBothAnswered) {
    connect();
    send_from_caller("BYE");
    const auto bye = send_from_callee("BYE");
    EXPECT_EQ(statuses(bye), (std::vector{200}));
    answer(stack.sent_with("BYE")[0], 481);
    expect_over();
}

TEST_F(CallReleaseTest, CalleeThatNeverConfirmsItsByeIsForgotten) {
    connect();
    send_from_caller("BYE");
    loop.advance(kByeGuard);
    media.deliver();
    expect_over();
}

TEST_F(CallReleaseTest, ByeOfTheCalleeBeforeTheCallersAckWaitsForIt) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    send_from_callee("BYE");
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    ack(txn);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    confirm_byes();
    expect_over();
}

TEST_F(CallReleaseTest, MissingAckEndsBothLegsWithTimerExpiry) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    stack.events().on_ack_timeout(txn);
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 2U);
    EXPECT_EQ(header(byes[0].request.message, "Reason"), "Q.850;cause=102");
    confirm_byes();
    EXPECT_EQ(log.end.q850_cause, 102);
    EXPECT_FALSE(log.end.released_by.has_value());
    expect_over();
}

TEST_F(CallReleaseTest, CancelEndsTheInviteAndTheCallee) {
    const auto txn = call();
    answer(invite_out(), 180);
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 487);
    ASSERT_EQ(stack.cancelled.size(), 1U);
    EXPECT_EQ(stack.cancelled[0].second, "Q.850;cause=16");
    answer(invite_out(), 487);
    media.deliver();
    EXPECT_EQ(log.text(), "ended");
    EXPECT_EQ(log.end.sip_status, 487);
    expect_over();
}

TEST_F(CallReleaseTest, AnswerThatCrossesTheCancelIsAcknowledgedAndReleased) {
    const auto txn = call();
    cancel(txn);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(statuses(txn), (std::vector{100, 487}));
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    media.deliver();
    EXPECT_EQ(log.text(), "ended");
    expect_over();
}

TEST_F(CallReleaseTest, CancelAfterTheAnswerHasNoEffect) {
    const auto txn = connect();
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(CallReleaseTest, CancelBeforeThePortsAreLeasedGivesThemBack) {
    const auto txn = stack.receive(invite(), caller_path(), now());
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 487);
    media.deliver();
    EXPECT_TRUE(stack.sent_with("INVITE").empty());
    expect_over();
}

TEST_F(CallReleaseTest, CancelWhileTheAnswerWaitsForTheWorker) {
    media.answer_opened = false;
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 487);
    EXPECT_EQ(stack.acks.size(), 1U);
    confirm_byes();
    expect_over();
}

TEST_F(CallReleaseTest, ByeOfTheCallerBeforeTheAnswerIsLikeACancel) {
    const auto txn = call();
    answer(invite_out(), 180);
    const auto bye = send_from_caller("BYE");
    EXPECT_EQ(statuses(bye), (std::vector{200}));
    EXPECT_EQ(last_answer(txn).status, 487);
    answer(invite_out(), 487);
    media.deliver();
    expect_over();
}

TEST_F(CallReleaseTest, LostMediaSessionEndsTheCall) {
    connect();
    media.go_down();
    media.open.clear();
    media.come_up();
    media.deliver();
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
    EXPECT_EQ(log.end.q850_cause, 41);
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(log.text(), "connected releasing ended");
}

TEST_F(CallReleaseTest, MediaPlaneThatComesBackWithTheSessionKeepsTheCall) {
    connect();
    media.go_down();
    media.come_up();
    media.deliver();
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(media.sent<dataplane::AdoptSession>().size(), 1U);
    EXPECT_TRUE(table.orphans().empty());
}

TEST_F(CallReleaseTest, WhatWasSaidWhileTheMediaPlaneWasAwayIsSaidAgain) {
    const auto txn = call();
    media.go_down();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    EXPECT_FALSE(media.remote(0, dataplane::Side::b).address.is_set());
    media.commands.clear();
    media.come_up();
    media.deliver();
    EXPECT_EQ(media.remote(0, dataplane::Side::b),
              (Endpoint{IpAddress::v4(192, 0, 2, 20), 0, 5000}));
    EXPECT_EQ(media.remote(0, dataplane::Side::a),
              (Endpoint{IpAddress::v4(203, 0, 113, 5), 0, 4000}));
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(CallReleaseTest, AHoldWhileTheMediaPlaneWasAwayIsSaidAgain) {
    connect();
    media.go_down();
    const auto hold = send_from_caller("INVITE", sdp("0.0.0.0", 4000));
    answer(invite_out(1), 200, sdp("192.0.2.20", 5000));
    ack(hold);
    media.come_up();
    media.deliver();
    EXPECT_FALSE(media.remote(0, dataplane::Side::a).address.is_set());
}

TEST_F(CallReleaseTest, AListedSessionIsOpenEvenIfItsConfirmationWasLost) {
    media.answer_opened = false;
    const auto txn = call();
    media.go_down();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(statuses(txn), (std::vector{100}));
    media.come_up();
    media.deliver();
    EXPECT_EQ(statuses(txn), (std::vector{100, 200}));
}

TEST_F(CallReleaseTest, AListThatWasNotAskedForByAReturnRepeatsNothing) {
    media.hold_session({9, 4}, Guid{{1, 2, 3, 4}});
    media.come_up();
    media.deliver();
    connect();
    media.commands.clear();
    loop.advance(kOrphanIdle);
    media.deliver();
    EXPECT_FALSE(media.sent<dataplane::ListSessions>().empty());
    EXPECT_TRUE(media.sent<dataplane::SetRemote>().empty());
}

TEST_F(CallReleaseTest, ReleaseOfAllCallsEndsEachOnce) {
    connect();
    table.release_all(41);
    table.release_all(41);
    confirm_byes();
    EXPECT_EQ(log.end.q850_cause, 41);
    expect_over();
}

TEST_F(CallReleaseTest, PartiesThatDoNotAnswerTheirByesAreGivenUp) {
    connect();
    table.give_up_byes();
    EXPECT_EQ(log.text(), "connected") << "only calls that are being released";
    table.release_all(41);
    table.give_up_byes();
    media.deliver();
    EXPECT_EQ(log.text(), "connected releasing ended");
    EXPECT_EQ(sink.lines.size(), 1U);
}

TEST_F(CallReleaseTest, RecordHoldsPartiesPeersAndCause) {
    connect();
    loop.advance(seconds(10));
    send_from_caller("BYE");
    confirm_byes();
    ASSERT_EQ(sink.lines.size(), 1U);
    for (const char* part :
         {"\"duration_ms\":10000", "\"cause\":16", "\"released_by\":\"caller\"", "\"dial_peer\":10",
          "\"dial_peer\":20", "\"rtp\":\"203.0.113.5:4000\""})
        EXPECT_NE(sink.lines[0].find(part), std::string::npos) << part << "\n" << sink.lines[0];
}

}  // namespace
}  // namespace weir::signaling
