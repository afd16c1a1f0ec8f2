// SPDX-License-Identifier: Apache-2.0
// RFC 3262 section 3: the UAS, our leg to the caller.
#include <chrono>

#include "signaling/call/reliable_limits.hpp"
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using namespace std::chrono_literals;
using tests::sdp;

class Rfc3262Section3 : public tests::ReliableBench {};

// "The UAS MUST send any non-100 provisional response reliably if the initial request contained a
// Require header field with the option tag 100rel."
TEST_F(Rfc3262Section3, RequiredByTheCallerEvery18xIsReliable) {
    call_with("Require");
    answer_callee(180);
    EXPECT_EQ(header(last_answer(invite_), "Require"), "100rel");
    EXPECT_NE(last_rseq(), "(none)");
}

// "A UAS MUST NOT attempt to send a 100 (Trying) response reliably."
TEST_F(Rfc3262Section3, TryingIsNeverReliable) {
    call_with("Require");
    ASSERT_EQ(stack.answers_to(invite_).front().status, 100);
    EXPECT_EQ(header(stack.answers_to(invite_).front(), "RSeq"), "(none)");
}

// "If the initial request contained neither Supported nor Require ... MUST NOT be sent reliably."
TEST_F(Rfc3262Section3, WithoutSupportNothingIsReliable) {
    set_rel1xx(10, Mode::require);
    call_with("");
    answer_callee(183, early());
    EXPECT_EQ(last_answer(invite_).status, 183);
    EXPECT_EQ(header(last_answer(invite_), "Require"), "(none)");
}

// Spec E.1: supported of ours never asks by itself.
TEST_F(Rfc3262Section3, SupportedAloneIsNotMadeReliableByOurPeerSupported) {
    call_with("Supported");
    reliable(183, 1, early());
    EXPECT_EQ(header(last_answer(invite_), "RSeq"), "(none)");
}

// "If the UAS does not wish to be reliable it MUST reject with 420 and Unsupported: 100rel."
TEST_F(Rfc3262Section3, RequireWhereDisabledIs420WithUnsupported) {
    set_rel1xx(10, Mode::disable);
    call_with("Require");
    EXPECT_EQ(last_answer(invite_).status, 420);
    EXPECT_EQ(header(last_answer(invite_), "Unsupported"), "100rel");
    EXPECT_TRUE(stack.sent_with("INVITE").empty());
}

// RFC 3261 21.4.16, spec E.1: 421 names what the caller must announce; only the strict switch asks
// for it.
TEST_F(Rfc3262Section3, StrictRequireOfAnUnannounced100relIs421) {
    set_rel1xx(10, Mode::require);
    config.dial_peers[config::DialPeerTag{10}].sip.rel1xx->strict = true;
    apply();
    call_with("");
    EXPECT_EQ(last_answer(invite_).status, 421);
    EXPECT_EQ(header(last_answer(invite_), "Require"), "100rel");
    EXPECT_TRUE(stack.sent_with("INVITE").empty());
}

TEST_F(Rfc3262Section3, StrictTakesWhoAnnounces100rel) {
    set_rel1xx(10, Mode::require);
    config.dial_peers[config::DialPeerTag{10}].sip.rel1xx->strict = true;
    apply();
    call_with("Supported");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

// "The value of the header field for the first reliable provisional response MUST be between 1 and
// 2**31 - 1", chosen at random, one higher for each next.
TEST_F(Rfc3262Section3, RSeqBeginsBelow2To31AndGrowsByOne) {
    reliable_call();
    answer_callee(180);
    const auto first = std::stoul(last_rseq());
    EXPECT_GE(first, 1U);
    EXPECT_LE(first, 0x7fffffffU);
    prack();
    answer_callee(183, early());
    EXPECT_EQ(std::stoul(last_rseq()), first + 1);
}

// "the provisional response is passed to the transaction layer periodically with an interval that
// starts at T1 seconds and doubles for each retransmission"
TEST_F(Rfc3262Section3, RepeatedAtDoublingIntervalsUntilThePrack) {
    reliable_call();
    answer_callee(183, early());
    EXPECT_EQ(count_of(183), 1U);
    loop.advance(499ms);
    EXPECT_EQ(count_of(183), 1U);
    loop.advance(1ms);
    EXPECT_EQ(count_of(183), 2U);
    loop.advance(999ms);
    EXPECT_EQ(count_of(183), 2U);
    loop.advance(1ms);
    EXPECT_EQ(count_of(183), 3U);
    prack();
    loop.advance(60s);
    EXPECT_EQ(count_of(183), 3U);
}

// "If a reliable provisional response is retransmitted for 64*T1 seconds without reception of a
// corresponding PRACK, the UAS SHOULD reject the original request with a 5xx response." (N1, N2)
TEST_F(Rfc3262Section3, NeverAcknowledgedItIs504After32SecondsWithCause102) {
    reliable_call();
    answer_callee(183, early());
    loop.advance(32s - 1ms);
    EXPECT_EQ(count_of(183), 7U);  // and six repetitions (retry rel1xx 6)
    EXPECT_EQ(count_of(504), 0U);
    loop.advance(1ms);
    EXPECT_EQ(last_answer(invite_).status, 504);
    EXPECT_EQ(header(last_answer(invite_), "Reason"), "Q.850;cause=102");
    ASSERT_EQ(stack.cancelled.size(), 1U);
    EXPECT_EQ(stack.cancelled[0].second, "Q.850;cause=102");
    EXPECT_EQ(table.reliable_stats().given_up, 1U);
}

// "If a PRACK request is received that does not match any unacknowledged reliable provisional
// response, the UAS MUST respond to the PRACK with a 481."
TEST_F(Rfc3262Section3, PrackOfAnotherNumberIs481AndTheResponseStaysUnacknowledged) {
    reliable_call();
    answer_callee(183, early());
    EXPECT_EQ(last_answer(prack_as("77")).status, 481);
    loop.advance(500ms);
    EXPECT_EQ(count_of(183), 2U);
}

TEST_F(Rfc3262Section3, PrackOfAnotherRequestIs481) {
    reliable_call();
    answer_callee(183, early());
    EXPECT_EQ(last_answer(prack_with("RAck", last_rseq() + " 2 INVITE")).status, 481);
    EXPECT_EQ(last_answer(prack_with("RAck", last_rseq() + " 1 UPDATE")).status, 481);
}

TEST_F(Rfc3262Section3, SecondPrackOfTheSameResponseIs481) {
    reliable_call();
    answer_callee(183, early());
    EXPECT_EQ(last_answer(prack()).status, 200);
    EXPECT_EQ(last_answer(prack()).status, 481);
}

// "If the PRACK does match ... it MUST be responded to with a 2xx."
TEST_F(Rfc3262Section3, MatchingPrackIs200) {
    reliable_call();
    answer_callee(183, early());
    EXPECT_EQ(last_answer(prack()).status, 200);
    EXPECT_EQ(table.reliable_stats().acknowledged, 1U);
}

// "The UAS MUST NOT send a second reliable provisional response until the first is acknowledged."
TEST_F(Rfc3262Section3, SecondResponseWaitsForTheFirst) {
    reliable_call();
    answer_callee(180);
    answer_callee(183, early());
    EXPECT_EQ(count_of(183), 0U);
    prack();
    EXPECT_EQ(count_of(183), 1U);
}

// "If the UAS sent a session description in any reliable provisional response that is
// unacknowledged when the INVITE is accepted, the UAS MUST delay sending the 2xx until the
// provisional response is acknowledged." The callee is ACKed at once (spec E.4, 1).
TEST_F(Rfc3262Section3, AnswerWaitsForThePrackOfADescription) {
    reliable_call();
    reliable(183, 1, early());
    answer_callee(200);
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(count_of(200), 0U);
    loop.advance(500ms);
    EXPECT_EQ(count_of(183), 2U);  // still repeated
    prack();
    EXPECT_EQ(count_of(200), 1U);
}

// "Otherwise the UAS MAY send the 2xx prior to the PRACK": without a description it does, and ends
// the repetitions.
TEST_F(Rfc3262Section3, AnswerPassesAnUnacknowledgedResponseWithoutDescription) {
    reliable_call();
    answer_callee(180);
    answer_callee(200, early());
    EXPECT_EQ(count_of(200), 1U);
    loop.advance(60s);
    EXPECT_EQ(count_of(180), 1U);
}

// "the UAS ... MUST be prepared to process PRACK requests for those outstanding responses" behind
// the final one.
TEST_F(Rfc3262Section3, LatePrackBehindTheAnswerIs200) {
    const auto txn = reliable_call();
    answer_callee(180);
    answer_callee(200, early());
    EXPECT_EQ(last_answer(prack()).status, 200);
    EXPECT_EQ(last_answer(prack()).status, 481);
    ack(txn);
    EXPECT_EQ(log.text(), "connected");
}

// "A UAS MUST NOT send new reliable provisional responses after sending a final response": what
// waited in the queue is gone. A failure is not delayed by a PRACK that is owed (spec E.4).
TEST_F(Rfc3262Section3, FailurePassesAtOnceAndNothingFollows) {
    reliable_call();
    reliable(183, 1, early());
    answer_callee(180);
    answer_callee(486);
    EXPECT_EQ(last_answer(invite_).status, 486);
    prack();
    loop.advance(60s);
    EXPECT_EQ(last_answer(invite_).status, 486);
    EXPECT_EQ(count_of(180), 0U);
}

// Spec N3: CANCEL while the 200 is held back: 487 to the INVITE, BYE to the provider.
TEST_F(Rfc3262Section3, CancelWhileTheAnswerIsHeldReleasesBothSides) {
    const auto txn = reliable_call();
    reliable(183, 1, early());
    answer_callee(200);
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 487);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(log.text(), "");
}

// Spec N4: the provider's BYE while the 200 is held back: 480 to the caller, with its Reason.
TEST_F(Rfc3262Section3, ByeOfTheCalleeWhileTheAnswerIsHeldIs480) {
    const auto txn = reliable_call();
    reliable(183, 1, early());
    answer_callee(200);
    const auto bye = send_from_callee("BYE");
    EXPECT_EQ(last_answer(bye).status, 200);
    EXPECT_EQ(last_answer(txn).status, 480);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=16");
    EXPECT_TRUE(stack.sent_with("BYE").empty());
}

// The same with a Reason of the provider's own: the status stays 480, the cause is its cause.
TEST_F(Rfc3262Section3, TheReasonOfThatByeReachesTheCallerWithThe480) {
    const auto txn = reliable_call();
    reliable(183, 1, early());
    answer_callee(200);
    const SipMessage out = invite_out().request.message;
    SipMessage bye;
    bye.method = "BYE";
    bye.request_uri = "sip:100@198.51.100.1";
    bye.headers = {{"Via", "SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK9"},
                   {"From", *out.find("To") + ";tag=callee"},
                   {"To", *out.find("From")},
                   {"Call-ID", *out.find("Call-ID")},
                   {"CSeq", "900 BYE"},
                   {"Reason", "Q.850;cause=34"}};
    const SipPath path{SipTransport::udp, tests::at("198.51.100.1"), tests::at("192.0.2.20")};
    EXPECT_EQ(last_answer(stack.receive(std::move(bye), path, now())).status, 200);
    EXPECT_EQ(last_answer(txn).status, 480);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=34");
}

// Spec N1: the PRACK never comes although the callee has answered: 504 to the caller, BYE 102 to
// the callee; never a 200 that a BYE with cause 65 follows (the case this product is for).
TEST_F(Rfc3262Section3, HeldAnswerThatIsNeverAcknowledgedIs504AndBye102) {
    const auto txn = reliable_call();
    reliable(183, 1, early());
    answer_callee(200);
    loop.advance(32s);
    EXPECT_EQ(last_answer(txn).status, 504);
    EXPECT_EQ(count_of(200), 0U);
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "Reason"), "Q.850;cause=102");
    confirm_byes();
    media.deliver();
    EXPECT_EQ(log.end.q850_cause, 102);
    EXPECT_EQ(log.text(), "ended");  // it was never connected
    EXPECT_EQ(loop.pending_timers(), 0U);
}

// The queue is bounded: a callee cannot make it grow.
TEST_F(Rfc3262Section3, QueueBehindAnUnacknowledgedResponseIsBounded) {
    reliable_call();
    for (int i = 0; i < 40; ++i)
        answer_callee(182);
    EXPECT_EQ(count_of(182), 1U);
    for (int i = 0; i < 40; ++i)
        prack();
    EXPECT_EQ(count_of(182), 1U + kMaxQueuedProgress);
}

}  // namespace
}  // namespace weir::signaling
