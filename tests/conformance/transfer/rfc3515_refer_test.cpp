// SPDX-License-Identifier: Apache-2.0
// RFC 3515 and RFC 5589: REFER, passed from leg to leg and consumed (spec B.6).
#include "tests/conformance/transfer/transfer_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;
using Told = std::vector<std::string>;

class Rfc3515 : public tests::TransferBench {};

// ---- Passed: the two parties do it among themselves --------------------------------------------

// 2.4.2: the answer is the other party's; the NOTIFYs come back the same way.
TEST_F(Rfc3515, PassesToTheOtherPartyAndItsNotifyBack) {
    connect();
    const auto txn = refer();
    const auto passed = last_out("REFER");
    EXPECT_EQ(header(passed.request.message, "Refer-To"), "<sip:300@192.0.2.20>");
    EXPECT_TRUE(statuses(txn).empty()) << "nobody has accepted it yet";
    answer(passed, 202);
    EXPECT_EQ(last_answer(txn).status, 202);
    auto notify = from_caller("NOTIFY");
    notify.add("Event", "refer");
    notify.add("Subscription-State", "terminated;reason=noresource");
    notify.add("Content-Type", "message/sipfrag");
    notify.body = "SIP/2.0 200 OK\r\n";
    const auto told = stack.receive(std::move(notify), caller_path(), now());
    const auto out = last_out("NOTIFY");
    EXPECT_EQ(out.request.message.body, "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(header(out.request.message, "Event"), "refer");
    answer(out, 200);
    EXPECT_EQ(last_answer(told).status, 200);
}

// Spec B.2: with address-hiding the target is a user of ours.
TEST_F(Rfc3515, HidesTheAddressOfTheTarget) {
    config.voice.address_hiding = true;
    apply();
    connect();
    refer("\"X\" <sip:300@192.0.2.20:5070?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>");
    EXPECT_EQ(header(last_out("REFER").request.message, "Refer-To"),
              "\"X\" <sip:300@198.51.100.1?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>");
}

// Spec B.6: the line of the peer that sends the REFER decides, beside the global one.
TEST_F(Rfc3515, IsConsumedWhereTheTransferorsPeerSaysSo) {
    config.dial_peers[config::DialPeerTag{20}].kept.push_back(
        {"supplementary-service sip refer", "no supplementary-service sip refer"});
    apply();
    connect();
    auto of_caller = from_caller("REFER");
    of_caller.add("Refer-To", "<sip:300@203.0.113.5>");
    stack.receive(std::move(of_caller), caller_path(), now());
    EXPECT_EQ(stack.sent_with("REFER").size(), 1U) << "the caller's own peer passes it";
    EXPECT_EQ(last_answer(refer()).status, 202);
    EXPECT_EQ(stack.sent_with("REFER").size(), 1U);
}

// refer-ood is off: no call is set up for one who has none.
TEST_F(Rfc3515, OutsideOfACallItIs403) {
    SipMessage message = request("REFER", "sip:200@198.51.100.1");
    message.add("Refer-To", "<sip:300@192.0.2.20>");
    EXPECT_EQ(last_answer(stack.receive(std::move(message), caller_path(), now())).status, 403);
    EXPECT_TRUE(stack.sent.empty());
}

// ---- Consumed ----------------------------------------------------------------------------------

class Rfc3515Consumed : public Rfc3515 {
protected:
    Rfc3515Consumed() { consume("refer"); }
    // The target has answered and the caller has taken the new session.
    void complete() {
        answer_of_target(200, sdp("192.0.2.30", 6000));
        answer(last_out("INVITE"), 200, sdp("203.0.113.5", 4000), "");
    }
};

// 2.4.1
TEST_F(Rfc3515Consumed, WithoutOneReferToItIs400) {
    connect();
    EXPECT_EQ(last_answer(request_of_callee("REFER", {})).status, 400);
    EXPECT_EQ(last_answer(refer("<sip:300@a>", {{"Refer-To", "<sip:301@a>"}})).status, 400);
    EXPECT_EQ(last_answer(refer("<mailto:a@b.example>")).status, 400);
}

// 2.4.4: "The agent MUST ... send a NOTIFY immediately" with 100 Trying.
TEST_F(Rfc3515Consumed, IsAcceptedAndNotifiedAtOnce) {
    connect();
    const auto txn = refer();
    EXPECT_EQ(statuses(txn), (std::vector<int>{202}));
    const SipMessage notify = last_out("NOTIFY").request.message;
    EXPECT_EQ(notify.body, "SIP/2.0 100 Trying\r\n");
    EXPECT_EQ(header(notify, "Event"), "refer");
    EXPECT_EQ(header(notify, "Content-Type"), "message/sipfrag;version=2.0");
    EXPECT_TRUE(header(notify, "Subscription-State").starts_with("active;expires="));
}

// The target is found by the ordinary outbound lookup and hears the party that remains.
TEST_F(Rfc3515Consumed, CallsTheTargetByItsDialPeer) {
    connect();
    refer();
    const auto out = invite_out(1).request;
    EXPECT_EQ(out.message.request_uri, "sip:300@192.0.2.30");
    EXPECT_EQ(out.path.remote, tests::at("192.0.2.30"));
    EXPECT_NE(header(out.message, "From").find("sip:100@"), std::string::npos);
    EXPECT_NE(header(out.message, "Referred-By").find("sip:200@"), std::string::npos);
    EXPECT_NE(out.message.body.find("m=audio"), std::string::npos);
}

// 2.4.5: the sipfrag is what the target said, not what it means to us.
TEST_F(Rfc3515Consumed, TheProgressIsTheTargetsOwn) {
    connect();
    refer();
    progress();
    answer_of_target(182);
    progress();
    answer_of_target(183, sdp("192.0.2.30", 6000));
    EXPECT_EQ(progress(), (Told{"100", "182", "183"}));
    EXPECT_EQ(last_out("NOTIFY").request.message.body, "SIP/2.0 183 Session Progress\r\n");
}

// Spec N5, in a transfer: what the target plays before it answers reaches the one who waits for it.
TEST_F(Rfc3515Consumed, EarlyMediaOfTheTargetReachTheRemainingParty) {
    connect();
    refer();
    answer_of_target(183, sdp("192.0.2.30", 6000));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.30:6000", 0));
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.opened, 1U);
}

// A description that fits no offer of ours changes nothing.
TEST_F(Rfc3515Consumed, EarlyMediaInAForeignCodecAreNotHeard) {
    connect();
    refer();
    answer_of_target(183, sdp("192.0.2.30", 6000, "", "18"));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
}

TEST_F(Rfc3515Consumed, AfterAFailureTheTransferorIsHeardAgain) {
    connect();
    refer();
    answer_of_target(183, sdp("192.0.2.30", 6000));
    answer_of_target(486);
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
}

TEST_F(Rfc3515Consumed, TheTransferorMayLeaveUnderTheEarlyMedia) {
    connect();
    refer();
    answer_of_target(183, sdp("192.0.2.30", 6000));
    send_from_callee("BYE");
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.30:6000", 0));
}

// RFC 5589 6.1: 180 and 200 are told; then the transferor gets its BYE.
TEST_F(Rfc3515Consumed, BlindTransferJoinsCallerAndTarget) {
    connect();
    refer();
    progress();
    answer_of_target(180);
    progress();
    complete();
    EXPECT_EQ(progress(), (Told{"100", "180", "200"}));
    EXPECT_EQ(header(last_out("NOTIFY").request.message, "Subscription-State"),
              "terminated;reason=noresource");
    const auto bye = last_out("BYE");
    EXPECT_EQ(bye.request.path.remote, tests::at("192.0.2.20"));
    answer(bye, 200);
    EXPECT_EQ(table.size(), 1U);
    // The caller was told of the target's session and of the target.
    const SipMessage told = invite_out(2).request.message;
    EXPECT_EQ(header(told, "Call-ID"), "one@203.0.113.5");
    EXPECT_NE(header(told, "Remote-Party-ID").find("sip:300@"), std::string::npos);
    // Media go to the target now.
    EXPECT_EQ(table.calls().at(0).remote_rtp[0][1], *Endpoint::parse("192.0.2.30:6000", 0));
    EXPECT_EQ(log.changed.parties[1].number, "300");
    EXPECT_EQ(log.text(), "connected media");
    // And the call ends with the target's BYE.
    send_from_caller("BYE");
    EXPECT_EQ(last_out("BYE").request.path.remote, tests::at("192.0.2.30"));
}

TEST_F(Rfc3515Consumed, TheTransferorMayLeaveAtOnce) {
    connect();
    refer();
    const auto bye = send_from_callee("BYE");
    EXPECT_EQ(last_answer(bye).status, 200);
    EXPECT_TRUE(stack.sent_with("BYE").empty()) << "the caller waits for the target";
    complete();
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(log.changed.parties[1].number, "300");
}

TEST_F(Rfc3515Consumed, AFailureAfterTheTransferorHasLeftEndsTheCall) {
    connect();
    refer();
    send_from_callee("BYE");
    answer_of_target(486);
    EXPECT_EQ(last_out("BYE").request.path.remote, tests::at("203.0.113.5"));
}

// Spec B.6: the failure is told by its code; the call goes on as it was.
TEST_F(Rfc3515Consumed, AFailureIsNotifiedAndTheCallGoesOn) {
    for (const int status : {404, 480, 484, 486, 502, 503, 603}) {
        SCOPED_TRACE(status);
        connect();
        refer();
        progress();
        answer_of_target(status);
        EXPECT_EQ(progress(), (Told{"100", std::to_string(status)}));
        EXPECT_TRUE(stack.sent_with("BYE").empty());
        send_from_caller("BYE");
        answer(last_out("BYE"), 200);
        media.deliver();
        EXPECT_EQ(table.size(), 0U);
        stack.sent.clear();
        notifies_answered_ = 0;
        caller_cseq_ = 1;
        callee_cseq_ = 0;
    }
}

TEST_F(Rfc3515Consumed, WithoutARouteTheTransferFails) {
    connect();
    refer("<sip:999@192.0.2.20>");
    EXPECT_EQ(progress(), (Told{"100", "404"}));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

// 2.4.4: one NOTIFY at a time, the final one is never lost.
TEST_F(Rfc3515Consumed, ASlowTransferorStillHearsTheEnd) {
    connect();
    refer();
    answer_of_target(180);
    answer_of_target(486);
    EXPECT_EQ(stack.sent_with("NOTIFY").size(), 1U);
    EXPECT_EQ(progress(), (Told{"100", "486"}));
}

// RFC 4488: no subscription, no NOTIFY.
TEST_F(Rfc3515Consumed, NoReferSubMeansNoNotify) {
    connect();
    const auto txn = refer("<sip:300@192.0.2.20>", {{"Refer-Sub", "false"}});
    EXPECT_EQ(header(last_answer(txn), "Refer-Sub"), "false");
    complete();
    EXPECT_TRUE(stack.sent_with("NOTIFY").empty());
    EXPECT_EQ(last_out("BYE").request.path.remote, tests::at("192.0.2.20"));
}

TEST_F(Rfc3515Consumed, TheRemainingPartyHangsUpUnderIt) {
    connect();
    refer();
    progress();
    send_from_caller("BYE");
    EXPECT_EQ(stack.cancelled.size(), 1U);
    EXPECT_EQ(progress().back(), "487");
    answer_of_target(487);
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_TRUE(media.open.empty());
}

// A 2xx of the target that crosses the CANCEL gets its ACK and BYE.
TEST_F(Rfc3515Consumed, AnAnswerThatCrossesTheCancelIsEnded) {
    connect();
    refer();
    send_from_caller("BYE");
    answer_of_target(200, sdp("192.0.2.30", 6000));
    EXPECT_EQ(last_out("BYE").request.path.remote, tests::at("192.0.2.30"));
}

TEST_F(Rfc3515Consumed, OneTransferAtATime) {
    connect();
    refer();
    EXPECT_EQ(last_answer(refer()).status, 491);
    EXPECT_EQ(last_answer(send_from_caller("INVITE", sdp("203.0.113.5", 4002))).status, 491);
}

// 2.4.6: a second REFER in the dialog is told apart by its id.
TEST_F(Rfc3515Consumed, TheSecondSubscriptionHasAnId) {
    connect();
    refer();
    answer_of_target(486);
    progress();
    refer();
    EXPECT_EQ(header(last_out("NOTIFY").request.message, "Event"),
              "refer;id=" + std::to_string(callee_cseq_));
}

// Two systems that send the call to each other do not do so for ever.
TEST_F(Rfc3515Consumed, TransfersOfOneCallAreBounded) {
    connect();
    int accepted = 0;
    for (int i = 0; i < 40; ++i) {
        if (last_answer(refer()).status != 202) continue;
        ++accepted;
        answer_of_target(486);
        progress();
    }
    EXPECT_EQ(accepted, 16);
}

// The caller's refusal of the re-INVITE by glare: again after a while (RFC 3261 14.1).
TEST_F(Rfc3515Consumed, GlareWithTheRemainingPartyIsTriedAgain) {
    connect();
    refer();
    answer_of_target(200, sdp("192.0.2.30", 6000));
    answer(last_out("INVITE"), 491);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
    loop.advance(std::chrono::seconds(4));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 4U);
    answer(last_out("INVITE"), 200, sdp("203.0.113.5", 4000), "");
    EXPECT_EQ(log.text(), "connected media");
}

// A callee that refers at once overtakes the caller's ACK; the caller is told behind it.
TEST_F(Rfc3515Consumed, AReferThatOvertakesTheCallersAckIsTaken) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(refer()).status, 202);
    answer_of_target(200, sdp("192.0.2.30", 6000));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 2U);
    ack(txn);
    loop.advance(std::chrono::seconds(1));
    EXPECT_EQ(header(last_out("INVITE").request.message, "Call-ID"), "one@203.0.113.5");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
}

// A target that does not answer: CANCEL after `timers expires`, the transferor keeps the call.
TEST_F(Rfc3515Consumed, ATargetThatRingsForEverIsCancelled) {
    connect();
    refer();
    answer_of_target(180);
    progress();
    loop.advance(std::chrono::seconds(181));
    EXPECT_EQ(stack.cancelled.size(), 1U);
    EXPECT_EQ(progress().back(), "480");
}

}  // namespace
}  // namespace weir::signaling
