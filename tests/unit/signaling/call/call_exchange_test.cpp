// SPDX-License-Identifier: Apache-2.0
// re-INVITE and UPDATE of a connected call: hold, resume, glare, failure, added streams.
#include "config/base/limits.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class CallExchangeTest : public tests::CallBench {
protected:
    // The request of that method that went out last.
    tests::FakeSipStack::Sent last_out(const char* method) const {
        const auto all = stack.sent_with(method);
        EXPECT_FALSE(all.empty());
        return all.empty() ? tests::FakeSipStack::Sent{} : all.back();
    }
    // A callee without UPDATE in its Allow.
    void answer_without_update(const tests::FakeSipStack::Sent& to) {
        stack.answer(to, 200, "callee", sdp("192.0.2.20", 5000),
                     {{"Contact", "<sip:200@192.0.2.20>"}, {"Allow", "INVITE, ACK, BYE"}});
        media.deliver();
    }
};

TEST_F(CallExchangeTest, HoldOfTheCallerPassesAndIsTold) {
    connect();
    loop.advance(seconds(1));
    const MonoTime offered = now();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    const auto out = last_out("INVITE");
    EXPECT_EQ(header(out.request.message, "CSeq"), "102 INVITE");
    EXPECT_NE(out.request.message.body.find("a=sendonly"), std::string::npos);
    loop.advance(milliseconds(300));
    answer(out, 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    EXPECT_EQ(statuses(txn), (std::vector{100, 200}));
    EXPECT_NE(last_answer(txn).body.find("a=recvonly"), std::string::npos);
    EXPECT_EQ(stack.acks.size(), 2U);
    ack(txn);
    EXPECT_EQ(log.text(), "connected media");
    EXPECT_EQ(log.changed_since, offered);
    EXPECT_TRUE(log.changed.streams[0].sends[0]);
    EXPECT_FALSE(log.changed.streams[0].sends[1]);
}

TEST_F(CallExchangeTest, HoldByAddressStopsTheMediaTowardThatParty) {
    connect();
    send_from_caller("INVITE", sdp("0.0.0.0", 4000));
    EXPECT_NE(last_out("INVITE").request.message.body.find("a=sendonly"), std::string::npos);
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    EXPECT_FALSE(media.remote(0, Side::a).is_set());
    EXPECT_FALSE(log.changed.streams[0].sends[1]);
}

TEST_F(CallExchangeTest, CalleeCanHoldAndResumeToo) {
    connect();
    const auto hold = send_from_callee("INVITE", sdp("192.0.2.20", 5000, "a=inactive\r\n"));
    answer(last_out("INVITE"), 200, sdp("203.0.113.5", 4000, "a=inactive\r\n"));
    EXPECT_EQ(last_answer(hold).status, 200);
    EXPECT_FALSE(log.changed.streams[0].sends[0] || log.changed.streams[0].sends[1]);
    stack.events().on_ack(hold, {});
    const auto resume = send_from_callee("INVITE", sdp("192.0.2.20", 5000));
    answer(last_out("INVITE"), 200, sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(resume).status, 200);
    EXPECT_TRUE(log.changed.streams[0].sends[0] && log.changed.streams[0].sends[1]);
}

TEST_F(CallExchangeTest, VersionOfOurDescriptionRisesOnlyWhenItChanges) {
    connect();
    const auto version = [](const std::string& body) {
        return body.substr(body.find("o=Weir "), body.find(" IN IP4") - body.find("o=Weir "));
    };
    const auto first = version(invite_out().request.message.body);
    const auto same = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(version(last_out("INVITE").request.message.body), first);
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    ack(same);
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    EXPECT_NE(version(last_out("INVITE").request.message.body), first);
}

TEST_F(CallExchangeTest, FailureLeavesTheCallAsItWas) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.9", 4000));
    answer(last_out("INVITE"), 488);
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

TEST_F(CallExchangeTest, OfferWithoutACommonCodecIsRefusedHere) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "", "18"));
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(CallExchangeTest, OfferThatCrossesOursGets491) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    const auto glare = send_from_callee("INVITE", sdp("192.0.2.20", 5000, "a=sendonly\r\n"));
    EXPECT_EQ(last_answer(glare).status, 491);
    const auto update = send_from_callee("UPDATE", sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(update).status, 491);
}

TEST_F(CallExchangeTest, Our491FromTheOtherSideIsPassedOn) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    answer(last_out("INVITE"), 491);
    EXPECT_EQ(last_answer(txn).status, 491);
}

TEST_F(CallExchangeTest, SecondOfferOfTheSameSideGets500WithRetryAfter) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    const auto second = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(second).status, 500);
    EXPECT_NE(header(last_answer(second), "Retry-After"), "(none)");
}

TEST_F(CallExchangeTest, StaleSequenceGets500) {
    connect();
    auto old = from_caller("INVITE", sdp("203.0.113.5", 4000));
    old.set("CSeq", "1 INVITE");
    const auto txn = stack.receive(old, caller_path(), now());
    EXPECT_EQ(statuses(txn), (std::vector{500}));
}

TEST_F(CallExchangeTest, UpdateWithOfferPassesAsUpdateWhereItIsAllowed) {
    connect();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4100));
    answer(last_out("UPDATE"), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(statuses(txn), (std::vector{200}));
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4100"));
    EXPECT_EQ(log.text(), "connected media");
}

TEST_F(CallExchangeTest, UpdateBecomesAReInviteTowardAPartyWithoutIt) {
    const auto invite = call();
    answer_without_update(invite_out());
    ack(invite);
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4100));
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(statuses(txn), (std::vector{200}));
    EXPECT_EQ(stack.acks.size(), 2U);
}

TEST_F(CallExchangeTest, UpdateWithoutOfferIsAnsweredHere) {
    connect();
    EXPECT_EQ(statuses(send_from_caller("UPDATE")), (std::vector{200}));
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
}

TEST_F(CallExchangeTest, UpdateBeforeTheAnswerIsTooEarly) {
    call();
    answer(invite_out(), 180);
    EXPECT_EQ(statuses(send_from_caller("UPDATE", sdp("203.0.113.5", 4000))), (std::vector{500}));
    EXPECT_EQ(statuses(send_from_callee("UPDATE", sdp("192.0.2.20", 5000))), (std::vector{491}));
}

TEST_F(CallExchangeTest, DelayedOfferInAReInviteTravelsBackward) {
    connect();
    const auto txn = send_from_caller("INVITE");
    EXPECT_TRUE(last_out("INVITE").request.message.body.empty());
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5500));
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_NE(last_answer(txn).body.find("m=audio 16384"), std::string::npos);
    ack(txn, sdp("203.0.113.5", 4000));
    EXPECT_EQ(stack.acks.size(), 2U);
    EXPECT_NE(stack.acks[1].message.body.find("m=audio 16386"), std::string::npos);
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5500"));
    EXPECT_EQ(log.text(), "connected media");
}

TEST_F(CallExchangeTest, AddedVideoGetsAStreamOfItsOwn) {
    connect();
    const std::string video = "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n";
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, video));
    EXPECT_EQ(media.sent<dataplane::AddStream>().size(), 1U);
    EXPECT_NE(last_out("INVITE").request.message.body.find("m=video 16390"), std::string::npos);
    answer(last_out("INVITE"), 200,
           sdp("192.0.2.20", 5000, "m=video 5002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"));
    ASSERT_EQ(log.changed.streams.size(), 2U);
    EXPECT_EQ(log.changed.streams[1].media, "video");
    EXPECT_EQ(media.remote(1, Side::b), tests::at("192.0.2.20:5002"));
}

TEST_F(CallExchangeTest, VideoThatGetsNoPortIsOfferedAsRefused) {
    connect();
    media.refuse = true;
    const std::string video = "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n";
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, video));
    EXPECT_NE(last_out("INVITE").request.message.body.find("m=video 0 RTP/AVP 97"),
              std::string::npos);
}

TEST_F(CallExchangeTest, CancelledReInviteEndsAsTheOtherSideDecides) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    cancel(txn);
    EXPECT_EQ(stack.cancelled.size(), 1U);
    answer(last_out("INVITE"), 487);
    EXPECT_EQ(statuses(txn), (std::vector{100, 487}));
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(CallExchangeTest, ByeUnderAReInviteEndsBoth) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    const auto out = last_out("INVITE");
    send_from_caller("BYE");
    EXPECT_EQ(last_answer(txn).status, 487);
    answer(out, 200, sdp("192.0.2.20", 5000));  // crossed our CANCEL
    EXPECT_EQ(stack.acks.size(), 2U);
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(log.text(), "connected releasing ended");
}

TEST_F(CallExchangeTest, DialogThatTheOtherSideDoesNotKnowEnds) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    answer(last_out("INVITE"), 481);
    EXPECT_EQ(last_answer(txn).status, 481);
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);  // to the caller alone
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(CallExchangeTest, ReInviteThatNobodyAnswersEndsTheCall) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    stack.events().on_failure(last_out("INVITE").txn, TxnFailure::timeout);
    EXPECT_EQ(last_answer(txn).status, 408);
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
}

TEST_F(CallExchangeTest, OffersWithoutEndAreRefused) {
    connect();
    for (std::size_t i = 0; i < kMaxReInvites; ++i) {
        send_from_caller("UPDATE", sdp("203.0.113.5", 4000));
        answer(last_out("UPDATE"), 200, sdp("192.0.2.20", 5000));
    }
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(txn).status, 500);
}

TEST_F(CallExchangeTest, OptionsInsideTheDialogIsAnsweredAndPublishIsNotOffered) {
    connect();
    const auto options = send_from_caller("OPTIONS");
    EXPECT_EQ(last_answer(options).status, 200);
    EXPECT_EQ(header(last_answer(options), "Accept"), "application/sdp");
    EXPECT_NE(header(last_answer(options), "Allow").find("INVITE"), std::string::npos);
    const auto publish = send_from_callee("PUBLISH");
    EXPECT_EQ(last_answer(publish).status, 405);
    EXPECT_NE(header(last_answer(publish), "Allow").find("UPDATE"), std::string::npos);
}

}  // namespace
}  // namespace weir::signaling
