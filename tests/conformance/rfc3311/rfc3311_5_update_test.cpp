// SPDX-License-Identifier: Apache-2.0
// RFC 3311 5: UPDATE inside a confirmed dialog, both ways.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::held;
using tests::sdp;

class Rfc3311 : public tests::MidcallBench {};

// 5.1, 5.2: the offer passes, its answer is the answer.
TEST_F(Rfc3311, UpdateWithOfferIsAnsweredFromTheOtherSide) {
    connect();
    const auto txn = send_from_callee("UPDATE", held("192.0.2.20", 5000));
    EXPECT_EQ(header(last_out("UPDATE").request.message, "Call-ID"), "one@203.0.113.5");
    stack.answer(last_out("UPDATE"), 200, "", held("203.0.113.5", 4000, "recvonly"));
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_TRUE(has(last_answer(txn).body, "a=recvonly"));
}

// 5.2: "If an UPDATE is received that contains an offer, and the UAS has generated an offer ... to
// which it has not yet received an answer, the UAS MUST reject the UPDATE with a 491".
TEST_F(Rfc3311, OfferThatCrossesOursGets491) {
    connect();
    send_from_caller("UPDATE", held("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(send_from_callee("UPDATE", sdp("192.0.2.20", 5000))).status, 491);
}

// 5.2: "... has received an offer ... to which it has not yet generated an answer ... 500 ... with
// a Retry-After header field whose value is randomly chosen between 0 and 10 seconds".
TEST_F(Rfc3311, SecondOfferOfOneSideGets500) {
    connect();
    send_from_caller("UPDATE", held("203.0.113.5", 4000));
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(txn).status, 500);
    EXPECT_LE(std::stoi(header(last_answer(txn), "Retry-After")), 10);
}

// 5.1: a refused UPDATE leaves the session as it was.
TEST_F(Rfc3311, RefusedUpdateChangesNothing) {
    connect();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.9", 4000));
    answer(last_out("UPDATE"), 488);
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
}

// 5.3: an UPDATE is a target refresh request.
TEST_F(Rfc3311, UpdateWithoutOfferMovesTheTarget) {
    connect();
    caller_sends("UPDATE", "", {{"Contact", "<sip:100@203.0.113.77>"}});
    send_from_callee("BYE");
    EXPECT_EQ(last_out("BYE").request.message.request_uri, "sip:100@203.0.113.77");
}

// The sender of an UPDATE gives up after 64*T1: it hears from us before, whatever rings.
TEST_F(Rfc3311, UpdateThatWentOnAsAReInviteIsAnsweredInTime) {
    const auto invite = call();
    answer_with(invite_out(), 200, {}, sdp("192.0.2.20", 5000), "INVITE, ACK, BYE");
    ack(invite);
    const auto txn = send_from_caller("UPDATE", held("203.0.113.5", 4000));
    answer(last_out("INVITE"), 180);
    loop.advance(seconds(26));
    ASSERT_EQ(stack.cancelled.size(), 1U);
    answer(last_out("INVITE"), 487);
    EXPECT_EQ(last_answer(txn).status, 487);
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

}  // namespace
}  // namespace weir::signaling
