// SPDX-License-Identifier: Apache-2.0
// RFC 3261 sections 13 and 14: beginning and changing a session.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section13 : public tests::CallBench {};

// 13.2.2.4: an ACK for each 2xx, also the retransmitted ones; its CSeq number is the INVITE's.
TEST_F(Rfc3261Section13, EachSuccessIsAcked) {
    connect();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ASSERT_EQ(stack.acks.size(), 3U);
    for (const auto& each : stack.acks)
        EXPECT_EQ(header(each.message, "CSeq"), "101 ACK");
}

// 13.2.2.4: 2xx of other forks are acknowledged and then ended with a BYE.
TEST_F(Rfc3261Section13, OtherForksThatAnswerAreEnded) {
    connect();
    answer(invite_out(), 200, sdp("192.0.2.30", 5000), "second");
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_TRUE(header(stack.sent_with("BYE")[0].request.message, "To").ends_with(";tag=second"));
}

// 13.3.1.4: no ACK within 64*T1: the dialog is confirmed, but ended with a BYE.
TEST_F(Rfc3261Section13, MissingAckEndsTheDialogWithABye) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    stack.events().on_ack_timeout(txn);
    EXPECT_EQ(stack.sent_with("BYE").size(), 2U);
}

// 14.1: a re-INVITE that fails leaves the session as if it had not been.
TEST_F(Rfc3261Section13, FailedReInviteChangesNothing) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.77", 4000));
    answer(stack.sent_with("INVITE").back(), 606);
    EXPECT_EQ(last_answer(txn).status, 606);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_TRUE(stack.sent_with("BYE").empty());
}

// 14.2: a second INVITE before the final response to the first: 500 with Retry-After 0 to 10.
TEST_F(Rfc3261Section13, SecondOfferBeforeTheFirstIsAnsweredIs500) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(txn).status, 500);
    EXPECT_LE(std::stoi(header(last_answer(txn), "Retry-After")), 10);
}

// 14.2: an INVITE while one of ours is pending: 491.
TEST_F(Rfc3261Section13, OffersThatCrossAre491) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(send_from_callee("INVITE", sdp("192.0.2.20", 5000))).status, 491);
}

// 14.1 and 12.2.1.2: 481 and 408 to a re-INVITE end the dialog.
TEST_F(Rfc3261Section13, ReInviteToADeadDialogEndsTheCall) {
    for (const int status : {481, 408}) {
        connect();
        send_from_caller("INVITE", sdp("203.0.113.5", 4000));
        answer(stack.sent_with("INVITE").back(), status);
        ASSERT_FALSE(stack.sent_with("BYE").empty()) << status;
        confirm_byes();
        EXPECT_EQ(table.size(), 0U) << status;
        stack.sent.clear();
        caller_cseq_ = 1;
    }
}

}  // namespace
}  // namespace weir::signaling
