// SPDX-License-Identifier: Apache-2.0
// RFC 3261 section 9: CANCEL.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section9 : public tests::CallBench {};

// 9.1: "a CANCEL SHOULD NOT be sent to cancel a request other than INVITE"; the stack is asked
// once.
TEST_F(Rfc3261Section9, CancelGoesOutOnceForTheInvite) {
    const auto txn = call();
    answer(invite_out(), 180);
    cancel(txn);
    cancel(txn);
    ASSERT_EQ(stack.cancelled.size(), 1U);
    EXPECT_EQ(stack.cancelled[0].first, invite_out().txn);
}

// 9.2: the INVITE is answered 487 at once.
TEST_F(Rfc3261Section9, CancelledInviteIsAnswered487) {
    const auto txn = call();
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 487);
}

// 9.2: "If the UAS has already sent a final response for that request, the CANCEL has no effect".
TEST_F(Rfc3261Section9, CancelAfterTheFinalResponseHasNoEffect) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    cancel(txn);
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_TRUE(stack.cancelled.empty());
    EXPECT_TRUE(stack.sent_with("BYE").empty());
}

// 9.1: a 2xx that crosses the CANCEL begins a dialog, which is ended with a BYE (13.2.2.4, 15).
TEST_F(Rfc3261Section9, SuccessThatCrossesTheCancelIsAckedAndEnded) {
    const auto txn = call();
    cancel(txn);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(stack.acks.size(), 1U);
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "CSeq"), "102 BYE");
}

}  // namespace
}  // namespace weir::signaling
