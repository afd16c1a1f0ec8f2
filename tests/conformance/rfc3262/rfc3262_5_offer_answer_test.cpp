// SPDX-License-Identifier: Apache-2.0
// RFC 3262 section 5: offers and answers in reliable responses, PRACK and its 2xx (spec E.3, E.4).
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3262Section5 : public tests::ReliableBench {
protected:
    // The m-line of a body.
    static std::string media(const SipMessage& message) {
        const auto begin = message.body.find("m=");
        if (begin == std::string::npos) return "(none)";
        return message.body.substr(begin, message.body.find("\r\n", begin) - begin);
    }
};

// "If the INVITE contained an offer, the UAS MAY generate an answer in a reliable provisional
// response": it is the answer, and the 2xx has none.
TEST_F(Rfc3262Section5, AnswerInTheReliableResponseIsNotRepeatedInThe2xx) {
    reliable_call();
    reliable(183, 1, early());
    EXPECT_NE(last_reliable().body, "");
    prack();
    answer_callee(200);
    EXPECT_EQ(last_answer(invite_).status, 200);
    EXPECT_EQ(last_answer(invite_).body, "");
    ack(invite_);
    EXPECT_EQ(log.text(), "connected");
}

// What has been answered reliably stays: a later text in the same dialog is not another answer.
TEST_F(Rfc3262Section5, SecondReliableResponseHasNoDescription) {
    reliable_call();
    reliable(183, 1, early());
    prack();
    reliable(183, 2, sdp("192.0.2.20", 6000));
    EXPECT_EQ(count_of(183), 2U);
    EXPECT_EQ(last_answer(invite_).body, "");
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:5000"));
}

// Spec E.4, 5: a caller without 100rel gets it unreliably, and the 2xx repeats it to the letter.
TEST_F(Rfc3262Section5, CallerWithout100relGetsTheSameDescriptionInThe2xx) {
    call_with("");
    reliable(183, 1, early());
    EXPECT_EQ(pracks().size(), 1U);
    const SipMessage early_media = last_answer(invite_);
    EXPECT_EQ(early_media.status, 183);
    EXPECT_EQ(header(early_media, "RSeq"), "(none)");
    ASSERT_FALSE(early_media.body.empty());
    answer_callee(200);
    EXPECT_EQ(last_answer(invite_).status, 200);
    EXPECT_EQ(last_answer(invite_).body, early_media.body);
}

// A reliable 18x without description leaves the answer to the 2xx.
TEST_F(Rfc3262Section5, WithoutDescriptionInTheResponseThe2xxHasTheAnswer) {
    reliable_call();
    reliable(180, 1);
    prack();
    answer_callee(200, early());
    EXPECT_FALSE(last_answer(invite_).body.empty());
}

// "If the UAC receives a reliable provisional response with an offer, it MUST generate an answer in
// the PRACK": ours waits for the caller's, which is asked in the same way.
TEST_F(Rfc3262Section5, OfferInTheReliableResponseIsAnsweredByTheCallersPrack) {
    reliable_call("");
    reliable(183, 3344, sdp("192.0.2.20", 5000));
    EXPECT_TRUE(pracks().empty());
    ASSERT_EQ(last_answer(invite_).status, 183);
    EXPECT_NE(media(last_reliable()), "(none)");
    EXPECT_EQ(last_answer(prack(sdp("203.0.113.5", 4000))).status, 200);
    ASSERT_EQ(pracks().size(), 1U);
    EXPECT_EQ(header(pracks()[0].request.message, "RAck"), "3344 101 INVITE");
    EXPECT_NE(media(pracks()[0].request.message), "(none)");
    // Media flow before the answer, both ways.
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:5000"));
    answer_callee(200);
    EXPECT_EQ(last_answer(invite_).status, 200);
    EXPECT_EQ(last_answer(invite_).body, "");
    ack(invite_);
    EXPECT_EQ(log.text(), "connected");
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.acks[0].message.body, "");
}

TEST_F(Rfc3262Section5, PrackWithoutTheOwedAnswerFailsTheCallWith488) {
    reliable_call("");
    reliable(183, 1, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(prack()).status, 488);
    EXPECT_EQ(last_answer(invite_).status, 488);
    EXPECT_EQ(stack.cancelled.size(), 1U);
}

// Spec E.4, 6: a caller without 100rel cannot be asked before the 2xx. The provider's offer is
// answered by us; the 2xx offers what was accepted, and the caller's ACK has the answer.
TEST_F(Rfc3262Section5, OfferlessCallerWithout100relIsOfferedInThe2xx) {
    peer(10).codec = config::CodecPreference{1, config::Codec::transparent, {}};
    peer(20).codec = config::CodecPreference{1, config::Codec::transparent, {}};
    call_with("", "");
    reliable(183, 1, sdp("192.0.2.20", 5000, "", "0 8 101"));
    EXPECT_EQ(last_answer(invite_).status, 183);
    EXPECT_EQ(last_answer(invite_).body, "");
    ASSERT_EQ(pracks().size(), 1U);
    EXPECT_NE(media(pracks()[0].request.message).find("RTP/AVP 0 101"), std::string::npos);
    answer_callee(200);
    ASSERT_EQ(last_answer(invite_).status, 200);
    EXPECT_NE(media(last_answer(invite_)).find("RTP/AVP 0 101"), std::string::npos);
    ack(invite_, sdp("203.0.113.5", 4000));
    EXPECT_EQ(log.text(), "connected");
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.acks[0].message.body, "");
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4000"));
}

// RFC 3261 13.2.1: an unreliable response cannot carry the offer to an INVITE without one.
TEST_F(Rfc3262Section5, UnreliableResponseMakesNoOffer) {
    call_with("", "");
    answer_callee(183, early());
    EXPECT_EQ(last_answer(invite_).body, "");
    answer_callee(200, early());
    EXPECT_FALSE(last_answer(invite_).body.empty());
}

// RFC 3261 13.2.1: "the initial offer MUST be in the first reliable non-failure message": where the
// callee has made none yet, we offer our codec list (spec E.3), and answer its own offer with what
// the caller has chosen.
TEST_F(Rfc3262Section5, FirstReliableResponseToAnOfferlessInviteHasAnOfferOfOurs) {
    const auto txn = reliable_call("");
    answer_callee(180);
    ASSERT_EQ(last_answer(txn).status, 180);
    EXPECT_NE(last_rseq(), "(none)");
    EXPECT_NE(media(last_reliable()).find("RTP/AVP 0 101"), std::string::npos);
    EXPECT_EQ(last_answer(prack(sdp("203.0.113.5", 4000))).status, 200);
    answer_callee(200, early());
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(last_answer(txn).body, "");
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_NE(media(stack.acks[0].message).find("RTP/AVP 0 101"), std::string::npos);
    ack(txn);
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(log.connected.streams.size(), 1U);
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:5000"));
}

// The callee's answer waits for the PRACK of that offer as for any other.
TEST_F(Rfc3262Section5, AnswerWithAnOfferWaitsForThePrackOfOurs) {
    const auto txn = reliable_call("");
    answer_callee(180);
    answer_callee(200, early());
    EXPECT_EQ(count_of(200), 0U);
    EXPECT_TRUE(stack.acks.empty());
    prack(sdp("203.0.113.5", 4000));
    EXPECT_EQ(count_of(200), 1U);
    EXPECT_EQ(stack.acks.size(), 1U);
    ack(txn);
    EXPECT_EQ(log.text(), "connected");
}

// What does not answer our offer is no answer.
TEST_F(Rfc3262Section5, PrackThatDoesNotAnswerOurOfferFailsTheCallWith488) {
    const auto txn = reliable_call("");
    answer_callee(180);
    EXPECT_EQ(last_answer(prack(sdp("203.0.113.5", 4000, "", "18"))).status, 488);
    EXPECT_EQ(last_answer(txn).status, 488);
}

// "the PRACK MAY contain an offer" once the first is answered; "the answer is in its 2xx". It goes
// on as an UPDATE to a callee that knows it (spec E.4).
TEST_F(Rfc3262Section5, OfferInThePrackIsPassedAsUpdate) {
    reliable_call();
    reliable(183, 1, early());
    const auto txn = prack(sdp("203.0.113.5", 4444));
    EXPECT_TRUE(statuses(txn).empty());
    const auto updates = stack.sent_with("UPDATE");
    ASSERT_EQ(updates.size(), 1U);
    // An answer that comes now waits for the one to the PRACK.
    answer_callee(200);
    EXPECT_EQ(count_of(200), 0U);
    answer(updates[0], 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_FALSE(last_answer(txn).body.empty());
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4444"));
    EXPECT_EQ(count_of(200), 1U);
}

// Where the callee has not settled its answer, or knows no UPDATE, the PRACK is answered here.
TEST_F(Rfc3262Section5, OfferInThePrackIsAnsweredHereWhereItCannotPass) {
    reliable_call();
    answer_callee(183, early());
    const auto txn = prack(sdp("203.0.113.5", 4444));
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_NE(media(last_answer(txn)).find("RTP/AVP 0 101"), std::string::npos);
    EXPECT_EQ(CallBench::media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4444"));
}

}  // namespace
}  // namespace weir::signaling
