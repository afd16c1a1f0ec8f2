// SPDX-License-Identifier: Apache-2.0
// RFC 3262 section 4: the UAC, our leg to the callee.
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3262Section4 : public tests::ReliableBench {
protected:
    std::string out(const char* name) const { return header(invite_out().request.message, name); }
};

// "When the UAC creates a new request, it can insist on reliable delivery" by Require, or offer it
// by Supported (spec E.1).
TEST_F(Rfc3262Section4, SupportedIsOffered) {
    call();
    EXPECT_TRUE(invite_out().request.message.lists("Supported", "100rel"));
    EXPECT_EQ(out("Require"), "(none)");
}

TEST_F(Rfc3262Section4, RequireIsInsistedOn) {
    set_rel1xx(20, Mode::require);
    call();
    EXPECT_EQ(out("Require"), "100rel");
    EXPECT_FALSE(invite_out().request.message.lists("Supported", "100rel"));
}

TEST_F(Rfc3262Section4, DisabledSaysNothingAndDoesNotAcknowledge) {
    set_rel1xx(20, Mode::disable);
    call();
    EXPECT_FALSE(invite_out().request.message.lists("Supported", "100rel"));
    EXPECT_EQ(out("Require"), "(none)");
    reliable(183, 1, early());
    EXPECT_TRUE(pracks().empty());
    EXPECT_EQ(last_answer(invite_).status, 183);  // counts as an unreliable one
}

// "If a provisional response is received for an initial request, and that response contains a
// Require header field containing the option tag 100rel, the response is to be sent reliably":
// PRACK inside the early dialog, with RAck.
TEST_F(Rfc3262Section4, ReliableResponseIsAcknowledgedInItsDialog) {
    call();
    reliable(183, 3344, early());
    ASSERT_EQ(pracks().size(), 1U);
    const SipMessage prack = pracks()[0].request.message;
    EXPECT_EQ(header(prack, "RAck"), "3344 101 INVITE");
    EXPECT_EQ(header(prack, "CSeq"), "102 PRACK");
    EXPECT_EQ(prack.request_uri, "sip:200@192.0.2.20");
    EXPECT_NE(header(prack, "To").find("tag=callee"), std::string::npos);
    EXPECT_TRUE(prack.body.empty());
}

TEST_F(Rfc3262Section4, UnreliableResponseIsNotAcknowledged) {
    call();
    answer_callee(183, early());
    EXPECT_TRUE(pracks().empty());
}

// "the UAC MUST NOT retransmit the PRACK request when it receives a retransmission of the
// provisional response being acknowledged"
TEST_F(Rfc3262Section4, RepetitionIsIgnored) {
    call();
    reliable(183, 1, early());
    reliable(183, 1, early());
    EXPECT_EQ(pracks().size(), 1U);
    EXPECT_EQ(count_of(183), 1U);
    EXPECT_EQ(table.reliable_stats().out_of_order, 1U);
}

// "If the RSeq is not one higher than the value of the sequence number, the response MUST NOT be
// acknowledged with a PRACK, and MUST NOT be processed further."
TEST_F(Rfc3262Section4, GapIsIgnored) {
    call();
    reliable(180, 1);
    reliable(183, 3, early());
    EXPECT_EQ(pracks().size(), 1U);
    EXPECT_EQ(count_of(183), 0U);
    reliable(182, 2);
    reliable(183, 3, early());
    EXPECT_EQ(pracks().size(), 3U);
    EXPECT_EQ(count_of(183), 1U);
}

// "handling of subsequent reliable provisional responses for the same initial request follows the
// same rules" for each early dialog on its own.
TEST_F(Rfc3262Section4, EachForkHasItsOwnNumbers) {
    call();
    reliable(183, 100, early(), "one");
    reliable(183, 7, early(), "two");
    ASSERT_EQ(pracks().size(), 2U);
    EXPECT_EQ(header(pracks()[1].request.message, "RAck"), "7 101 INVITE");
    EXPECT_NE(header(pracks()[1].request.message, "To").find("tag=two"), std::string::npos);
    reliable(180, 101, {}, "one");
    ASSERT_EQ(pracks().size(), 3U);
    EXPECT_NE(header(pracks()[2].request.message, "To").find("tag=one"), std::string::npos);
    EXPECT_EQ(header(pracks()[2].request.message, "CSeq"), "103 PRACK");
}

// A response that is blocked toward the caller is acknowledged all the same (spec E.5).
TEST_F(Rfc3262Section4, BlockedResponseIsAcknowledged) {
    peer(20).sip.block[183] = config::BlockWhen::always;
    apply();
    call();
    reliable(183, 1, early());
    EXPECT_EQ(pracks().size(), 1U);
    EXPECT_EQ(count_of(183), 0U);
}

// 420 of a callee that cannot: the attempt has failed, hunting decides.
TEST_F(Rfc3262Section4, RequiredButUnsupportedByTheCalleeFailsTheAttempt) {
    set_rel1xx(20, Mode::require);
    call();
    answer_callee(420);
    EXPECT_GE(last_answer(invite_).status, 400);
    EXPECT_EQ(table.size(), 0U);
}

// A PRACK of ours that is refused changes nothing of the call.
TEST_F(Rfc3262Section4, RefusedPrackIsCountedAndTheCallGoesOn) {
    const auto txn = call();
    reliable(183, 1, early());
    answer(pracks()[0], 481);
    EXPECT_EQ(table.reliable_stats().prack_failed, 1U);
    answer_callee(200);
    ack(txn);
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(Rfc3262Section4, PrackInTheCalleesOwnDirectionIs481) {
    call();
    reliable(183, 1, early());
    EXPECT_EQ(last_answer(send_from_callee("PRACK")).status, 481);
}

}  // namespace
}  // namespace weir::signaling
