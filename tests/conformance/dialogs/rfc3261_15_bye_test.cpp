// SPDX-License-Identifier: Apache-2.0
// RFC 3261 section 15: ending a session.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section15 : public tests::CallBench {};

// 15: "the callee's UA MUST NOT send a BYE on a confirmed dialog until it has received an ACK".
TEST_F(Rfc3261Section15, NoByeTowardTheCallerBeforeItsAck) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    send_from_callee("BYE");
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    ack(txn);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
}

// 15.1.1: "If the response for the BYE is a 481 or a 408 or no response at all ... the dialog is
// terminated".
TEST_F(Rfc3261Section15, DialogEndsWhateverTheAnswerToTheBye) {
    for (const int status : {200, 408, 481, 500, 0}) {
        connect();
        send_from_caller("BYE");
        const auto bye = stack.sent_with("BYE").back();
        if (status == 0)
            stack.events().on_failure(bye.txn, TxnFailure::timeout);
        else
            answer(bye, status);
        media.deliver();
        EXPECT_EQ(table.size(), 0U) << status;
        stack.sent.clear();
        caller_cseq_ = 1;
    }
}

// 15.1.2: pending requests get 487 when the BYE comes, and the BYE a 200.
TEST_F(Rfc3261Section15, PendingRequestIs487WhenTheByeComes) {
    connect();
    const auto pending = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    const auto bye = send_from_caller("BYE");
    EXPECT_EQ(last_answer(pending).status, 487);
    EXPECT_EQ(last_answer(bye).status, 200);
}

// 15.1.2: a BYE in an early dialog ends it, and the INVITE with 487.
TEST_F(Rfc3261Section15, ByeOfTheCallerInTheEarlyDialogEndsTheInvite) {
    const auto txn = call();
    answer(invite_out(), 180);
    send_from_caller("BYE");
    EXPECT_EQ(last_answer(txn).status, 487);
    EXPECT_EQ(stack.cancelled.size(), 1U);
}

// 15: BYEs that cross: each is answered, nobody waits.
TEST_F(Rfc3261Section15, ByesThatCrossEndTheCall) {
    connect();
    send_from_caller("BYE");
    const auto crossing = send_from_callee("BYE");
    EXPECT_EQ(last_answer(crossing).status, 200);
    EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace weir::signaling
