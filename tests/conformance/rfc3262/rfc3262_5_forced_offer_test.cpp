// SPDX-License-Identifier: Apache-2.0
// RFC 3262 section 5 and RFC 6337's pattern 4 under early-offer forced (spec B.5): the callee's
// early answer is the caller's offer, in a reliable 18x; the caller's answer is in its PRACK.
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using dataplane::Side;
using tests::sdp;

class Rfc3262ForcedOffer : public tests::ReliableBench {
protected:
    Rfc3262ForcedOffer() {
        peer(20).sip.early_offer = config::EarlyOffer::forced;
        apply();
    }
    static bool has(const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    }
    static std::string answer_of_caller() { return sdp("203.0.113.5", 4000); }
    std::size_t invites() const { return stack.sent_with("INVITE").size(); }
};

// "If the INVITE did not contain an offer, the first reliable provisional response SHOULD contain
// one": what the callee has answered to ours.
TEST_F(Rfc3262ForcedOffer, ReliableAnswerOfTheCalleeIsTheOfferOfOurReliableResponse) {
    reliable_call("");
    EXPECT_TRUE(has(invite_out().request.message.body, "m=audio 16386 RTP/AVP 0 101"));
    reliable(183, 1, early());
    ASSERT_EQ(pracks().size(), 1U);
    EXPECT_TRUE(pracks()[0].request.message.body.empty());
    EXPECT_EQ(last_reliable().status, 183);
    EXPECT_TRUE(has(last_reliable().body, "m=audio 16384 RTP/AVP 0 101\r\n"));
    const auto txn = prack(answer_of_caller());
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_TRUE(last_answer(txn).body.empty());
    EXPECT_EQ(pracks().size(), 1U) << "the callee is not asked again";
    // Early media flow before the answer.
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    answer_callee(200);
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_TRUE(stack.acks[0].message.body.empty());
    EXPECT_EQ(last_answer(invite_).status, 200);
    EXPECT_TRUE(last_answer(invite_).body.empty());
    ack(invite_);
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(invites(), 1U) << "nothing to bring together";
}

TEST_F(Rfc3262ForcedOffer, UnreliableAnswerOfTheCalleeServesAsWell) {
    reliable_call("");
    answer_callee(183, early());
    EXPECT_TRUE(pracks().empty());
    EXPECT_TRUE(has(last_reliable().body, "m=audio 16384 RTP/AVP 0 101\r\n"));
    prack(answer_of_caller());
    answer_callee(200, early());
    EXPECT_TRUE(last_answer(invite_).body.empty());
    ack(invite_);
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(invites(), 1U);
}

// RFC 3262 3, spec E.4: the callee gets its ACK at once, the caller its 2xx after the PRACK.
TEST_F(Rfc3262ForcedOffer, AnswerThatOvertakesThePrackWaits) {
    reliable_call("");
    reliable(183, 1, early());
    answer_callee(200);
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(count_of(200), 0U);
    prack(answer_of_caller());
    EXPECT_EQ(count_of(200), 1U);
    EXPECT_EQ(stack.acks.size(), 1U);
    ack(invite_);
    EXPECT_EQ(log.text(), "connected");
}

// Spec B.5: "the PRACK answer is checked for a common codec".
TEST_F(Rfc3262ForcedOffer, PrackWithoutACommonCodecFailsTheCallWith488) {
    reliable_call("");
    reliable(183, 1, early());
    EXPECT_EQ(last_answer(prack(sdp("203.0.113.5", 4000, "", "18"))).status, 488);
    EXPECT_EQ(last_answer(invite_).status, 488);
}

TEST_F(Rfc3262ForcedOffer, ResponseBeforeTheAnswerGoesUnreliably) {
    reliable_call("");
    answer_callee(180);
    EXPECT_EQ(header(last_answer(invite_), "RSeq"), "(none)");
    answer_callee(183, early());
    EXPECT_FALSE(last_reliable().body.empty());
}

// "Require: 100rel" leaves no unreliable response: the caller is offered what we offer the callee.
TEST_F(Rfc3262ForcedOffer, CallerThatRequires100relIsOfferedOurCodecsAtOnce) {
    call_with("Require", "");
    answer_callee(180);
    EXPECT_TRUE(has(last_reliable().body, "m=audio 16384 RTP/AVP 0 101"));
    prack(answer_of_caller());
    answer_callee(200, early());
    EXPECT_EQ(last_answer(invite_).status, 200);
    EXPECT_TRUE(last_answer(invite_).body.empty());
    ack(invite_);
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    EXPECT_EQ(invites(), 1U) << "both have chosen the same codec";
}

TEST_F(Rfc3262ForcedOffer, CallerWithout100relIsOfferedInThe2xx) {
    call_with("", "");
    reliable(183, 1, early());
    EXPECT_EQ(pracks().size(), 1U);
    EXPECT_TRUE(last_answer(invite_).body.empty());
    answer_callee(200);
    EXPECT_TRUE(has(last_answer(invite_).body, "m=audio 16384 RTP/AVP 0 101\r\n"));
    ack(invite_, answer_of_caller());
    EXPECT_EQ(log.text(), "connected");
}

// What the caller has agreed to is what the next candidate is offered.
TEST_F(Rfc3262ForcedOffer, NextCandidateIsOfferedWhatTheCallerHasAgreedTo) {
    peer(20).codec.reset();
    peer(20).codec_class = 7;
    peer(10).codec = config::CodecPreference{1, config::Codec::g711alaw, {}};
    config.codec_classes[7].preferences = {{1, config::Codec::g711ulaw, {}},
                                           {2, config::Codec::g711alaw, {}}};
    auto& second = add_peer(21, "2..", "", "192.0.2.21");
    second = peer(20);
    second.tag = config::DialPeerTag{21};
    second.preference = 5;
    second.target.address = *IpAddress::parse("192.0.2.21");
    apply();
    reliable_call("");
    reliable(183, 1, sdp("192.0.2.20", 5000, "", "8 101"));
    prack(sdp("203.0.113.5", 4000, "", "8 101"));
    answer_callee(503);
    ASSERT_EQ(invites(), 2U);
    EXPECT_TRUE(has(invite_out(1).request.message.body, "RTP/AVP 8 101\r\n"))
        << invite_out(1).request.message.body;
    answer(invite_out(1), 200, sdp("192.0.2.21", 5500, "", "8 101"));
    EXPECT_EQ(last_answer(invite_).status, 200);
    EXPECT_TRUE(last_answer(invite_).body.empty());
    ack(invite_);
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.21:5500"));
}

// Without the command the caller answers an offer of ours, and we the callee's: each by its own
// payload types.
TEST_F(Rfc3262ForcedOffer, PartiesThatAnsweredDifferentOffersKeepTheirNumbers) {
    peer(20).sip.early_offer.reset();
    apply();
    reliable_call("");
    answer_callee(180);
    prack(answer_of_caller());
    answer_callee(200,
                  "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
                  "m=audio 5000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n");
    ASSERT_FALSE(stack.acks.empty());
    EXPECT_TRUE(has(stack.acks[0].message.body, "RTP/AVP 0 96\r\n"));
    const auto numbers = media.sent<dataplane::SetPayloadTypes>();
    ASSERT_EQ(numbers.size(), 2U);
    EXPECT_EQ(numbers[0].side, Side::b);
    EXPECT_EQ(numbers[0].pairs[0], (dataplane::PayloadPair{96, 101}));
    EXPECT_EQ(numbers[1].pairs[0], (dataplane::PayloadPair{101, 96}));
}

// Another fork answers with another codec than the caller was told: both are brought together.
TEST_F(Rfc3262ForcedOffer, ForkWithAnotherCodecIsBroughtTogetherAfterTheAck) {
    peer(20).codec.reset();
    peer(20).codec_class = 7;
    peer(10).codec.reset();
    peer(10).codec_class = 7;
    config.codec_classes[7].preferences = {{1, config::Codec::g711ulaw, {}},
                                           {2, config::Codec::g711alaw, {}}};
    apply();
    reliable_call("");
    reliable(183, 1, early());
    prack(answer_of_caller());
    answer_callee(200, sdp("192.0.2.21", 5500, "", "8 101"), "other");
    EXPECT_EQ(last_answer(invite_).status, 200);
    ack(invite_);
    ASSERT_EQ(invites(), 2U);
    EXPECT_TRUE(invite_out(1).request.message.body.empty());
}

}  // namespace
}  // namespace weir::signaling
