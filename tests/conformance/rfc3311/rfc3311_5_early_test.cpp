// SPDX-License-Identifier: Apache-2.0
// RFC 3311 section 5: UPDATE in early dialogs (spec E.6).
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3311Section5Early : public tests::ReliableBench {
protected:
    // Both legs have answered reliably: the caller has PRACKed.
    void settle() {
        reliable_call();
        reliable(183, 1, early());
        prack();
    }
    static std::string other() { return sdp("192.0.2.20", 6000); }
};

// 5.1, 5.2: an offer of the caller goes on to the callee, whose answer is the answer.
TEST_F(Rfc3311Section5Early, OfferOfTheCallerPassesBothWays) {
    settle();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4444));
    const auto updates = stack.sent_with("UPDATE");
    ASSERT_EQ(updates.size(), 1U);
    EXPECT_TRUE(statuses(txn).empty());
    answer(updates[0], 200, early());
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4444"));
    // The 2xx of the INVITE does not fall back behind it.
    answer_callee(200);
    EXPECT_EQ(media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4444"));
}

TEST_F(Rfc3311Section5Early, OfferOfTheCalleePassesToACallerThatAllowsUpdate) {
    settle();
    const auto txn = send_from_callee("UPDATE", other());
    const auto updates = stack.sent_with("UPDATE");
    ASSERT_EQ(updates.size(), 1U);
    answer(updates[0], 200, sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:6000"));
}

// 5.2: "If an UPDATE is received that contains an offer, and the UAS has not generated an answer"
// to the INVITE's: 500 with Retry-After between 0 and 10 seconds.
TEST_F(Rfc3311Section5Early, OfferBeforeTheAnswerToTheInviteIs500WithRetryAfter) {
    reliable_call();
    answer_callee(180);
    prack();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4444));
    EXPECT_EQ(last_answer(txn).status, 500);
    const int seconds = std::stoi(header(last_answer(txn), "Retry-After"));
    EXPECT_GE(seconds, 0);
    EXPECT_LE(seconds, 10);
}

// 5.2: "If the UAS has an offer outstanding it MUST reject with 491": ours in the INVITE.
TEST_F(Rfc3311Section5Early, OfferOfTheCalleeBeforeItsAnswerIs491) {
    reliable_call();
    answer_callee(183, early());  // unreliable: not yet the answer
    EXPECT_EQ(last_answer(send_from_callee("UPDATE", other())).status, 491);
}

// Spec E.6: before the PRACK of the reliable response that completes offer/answer: 491.
TEST_F(Rfc3311Section5Early, OfferBeforeThePrackIs491) {
    reliable_call();
    reliable(183, 1, early());
    EXPECT_EQ(last_answer(send_from_caller("UPDATE", sdp("203.0.113.5", 4444))).status, 491);
}

// 5.2: two offers at once: 500 for a second of the same side, 491 for one of the other.
TEST_F(Rfc3311Section5Early, SecondOfferWhileOneIsUnderWayIsRefused) {
    settle();
    (void)send_from_caller("UPDATE", sdp("203.0.113.5", 4444));
    EXPECT_EQ(last_answer(send_from_caller("UPDATE", sdp("203.0.113.5", 4446))).status, 500);
    EXPECT_EQ(last_answer(send_from_callee("UPDATE", other())).status, 491);
}

// 5.3: a refused UPDATE leaves the session as it was; the refusal passes.
TEST_F(Rfc3311Section5Early, RefusalPassesAndChangesNothing) {
    settle();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4444));
    answer(stack.sent_with("UPDATE")[0], 491);
    EXPECT_EQ(last_answer(txn).status, 491);
    EXPECT_EQ(media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4000"));
}

TEST_F(Rfc3311Section5Early, UnansweredUpdateIsRefusedAndTheCallGoesOn) {
    settle();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4444));
    stack.events().on_failure(stack.sent_with("UPDATE")[0].txn, TxnFailure::timeout);
    EXPECT_GE(last_answer(txn).status, 400);
    answer_callee(200);
    EXPECT_EQ(last_answer(invite_).status, 200);
}

// A call that ends leaves no UPDATE without its final response.
TEST_F(Rfc3311Section5Early, EndOfTheCallAnswersThePendingUpdate) {
    settle();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4444));
    cancel(invite_);
    EXPECT_EQ(last_answer(txn).status, 487);
}

// early-media update block: the callee's offer is answered here, the caller learns nothing.
TEST_F(Rfc3311Section5Early, BlockedOfferIsAnsweredHere) {
    peer(20).sip.early_media_update = config::EarlyMediaUpdate::block;
    settle();
    const auto txn = send_from_callee("UPDATE", other());
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_NE(last_answer(txn).body.find("RTP/AVP 0 101"), std::string::npos);
    EXPECT_EQ(media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:6000"));
}

// Spec N6: a caller whose Allow has no UPDATE gets none.
TEST_F(Rfc3311Section5Early, CallerWithoutUpdateGetsNone) {
    set_rel1xx(10, Mode::require);
    SipMessage message = invite();
    message.set("Allow", "INVITE, ACK, BYE, CANCEL, PRACK");
    message.add("Supported", "100rel");
    call(message);
    reliable(183, 1, early());
    prack();
    const auto txn = send_from_callee("UPDATE", other());
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
    EXPECT_EQ(last_answer(txn).status, 200);
}

// ---- forks (RFC 3261 12.1, spec E.6) ---------------------------------------------------------

// Another fork's description goes to the caller in an UPDATE of its one dialog.
TEST_F(Rfc3311Section5Early, DescriptionOfAnotherForkGoesToTheCallerByUpdate) {
    reliable_call();
    reliable(183, 1, early(), "one");
    prack();
    reliable(183, 1, other(), "two");
    const auto updates = stack.sent_with("UPDATE");
    ASSERT_EQ(updates.size(), 1U);
    EXPECT_NE(header(updates[0].request.message, "To").find("tag=caller"), std::string::npos);
    answer(updates[0], 200, sdp("203.0.113.5", 4002));
    EXPECT_EQ(media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4002"));
    EXPECT_EQ(media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:6000"));
    prack();
    answer_callee(200, {}, "two");
    EXPECT_EQ(last_answer(invite_).status, 200);
    EXPECT_EQ(media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:6000"));
}

TEST_F(Rfc3311Section5Early, DescriptionOfAnotherForkIsConsumedWhereUpdatesAreBlocked) {
    peer(20).sip.early_media_update = config::EarlyMediaUpdate::block;
    reliable_call();
    reliable(183, 1, early(), "one");
    prack();
    reliable(183, 1, other(), "two");
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
    EXPECT_EQ(media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:6000"));
}

// early-media update block re-negotiate: what the caller was not told is mended once the call is
// up.
TEST_F(Rfc3311Section5Early, AnswerOfAnotherCodecIsRenegotiatedOnceTheCallIsUp) {
    for (const std::uint32_t tag : {10U, 20U})
        peer(tag).codec = config::CodecPreference{1, config::Codec::transparent, {}};
    peer(20).sip.early_media_update = config::EarlyMediaUpdate::block_renegotiate;
    set_rel1xx(10, Mode::require);
    const auto txn = call_with("Supported", sdp("203.0.113.5", 4000, "", "0 8 101"));
    reliable(183, 1, early(), "one");
    prack();
    reliable(183, 1, sdp("192.0.2.20", 6000, "", "8 101"), "two");
    answer_callee(200, {}, "two");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    ack(txn);
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_EQ(invite_out(1).request.message.body, "");
}

TEST_F(Rfc3311Section5Early, AnswerOfTheSameCodecNeedsNoRenegotiation) {
    peer(20).sip.early_media_update = config::EarlyMediaUpdate::block_renegotiate;
    reliable_call();
    reliable(183, 1, early(), "one");
    prack();
    reliable(183, 1, other(), "two");
    answer_callee(200, {}, "two");
    ack(invite_);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

// Without PRACK the caller keeps the first description; media follow the fork that speaks.
TEST_F(Rfc3311Section5Early, WithoutPrackTheFirstDescriptionStandsForAllForks) {
    call_with("");
    reliable(183, 1, early(), "one");
    const std::string first = last_answer(invite_).body;
    reliable(183, 1, other(), "two");
    EXPECT_EQ(last_answer(invite_).body, first);
    EXPECT_TRUE(stack.sent_with("UPDATE").empty());
    EXPECT_EQ(media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:6000"));
    // The one that answers is the one that is heard, and its request dialog is its own.
    answer_callee(200, {}, "one");
    EXPECT_EQ(last_answer(invite_).body, first);
    EXPECT_EQ(media.remote(0, dataplane::Side::b), tests::at("192.0.2.20:5000"));
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_NE(header(stack.acks[0].message, "To").find("tag=one"), std::string::npos);
}

// RFC 3261 13.2.2.4: the 2xx of another fork is ACKed and ended.
TEST_F(Rfc3311Section5Early, LaterAnswerOfAnotherForkIsAckedAndEnded) {
    call_with("");
    reliable(183, 1, early(), "one");
    reliable(183, 1, other(), "two");
    answer_callee(200, {}, "one");
    answer_callee(200, other(), "two");
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_NE(header(stack.sent_with("BYE")[0].request.message, "To").find("tag=two"),
              std::string::npos);
}

}  // namespace
}  // namespace weir::signaling
