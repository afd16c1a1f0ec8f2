// SPDX-License-Identifier: Apache-2.0
// RFC 6337 2: the six patterns of offer and answer through both legs (table 1).
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc6337 : public tests::MidcallBench {
protected:
    static std::string reliable_sdp() { return sdp("192.0.2.20", 5000); }
    void expect_media() {
        EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
        EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    }
};

TEST_F(Rfc6337, Pattern1OfferInInviteAnswerInSuccess) {
    const auto txn = call();
    EXPECT_TRUE(has(body_out(), "m=audio 16386"));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio 16384"));
    ack(txn);
    expect_media();
}

TEST_F(Rfc6337, Pattern2OfferInSuccessAnswerInAck) {
    const auto txn = call(invite(""));
    EXPECT_TRUE(body_out().empty());
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio 16384"));
    EXPECT_TRUE(stack.acks.empty());
    ack(txn, sdp("203.0.113.5", 4000));
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_TRUE(has(stack.acks[0].message.body, "m=audio 16386"));
    expect_media();
}

TEST_F(Rfc6337, Pattern3OfferInInviteAnswerInReliableProvisional) {
    const auto txn = call();
    answer_with(invite_out(), 183, {{"Require", "100rel"}, {"RSeq", "7"}}, reliable_sdp());
    const auto prack = last_out("PRACK");
    EXPECT_TRUE(prack.request.message.body.empty());
    answer(prack, 200);
    answer(invite_out(), 200);
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio 16384"));
    ack(txn);
    expect_media();
}

// The caller cannot be asked before the 2xx: we answer the callee in its place (spec E.4, 6).
TEST_F(Rfc6337, Pattern4OfferInReliableProvisionalAnswerInPrack) {
    call(invite(""));
    answer_with(invite_out(), 183, {{"Require", "100rel"}, {"RSeq", "7"}}, reliable_sdp());
    EXPECT_TRUE(has(last_out("PRACK").request.message.body, "m=audio 16386"));
}

TEST_F(Rfc6337, Pattern6OfferInUpdateAnswerInItsSuccess) {
    connect();
    const auto txn = send_from_caller("UPDATE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    EXPECT_TRUE(has(body_out("UPDATE"), "a=sendonly"));
    answer(last_out("UPDATE"), 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    EXPECT_TRUE(has(last_answer(txn).body, "a=recvonly"));
}

// 3.1, 5.1: patterns 1 and 2 inside the dialog.
TEST_F(Rfc6337, ReInviteWithoutOfferIsPattern2FromEndToEnd) {
    connect();
    const auto txn = send_from_callee("INVITE");
    EXPECT_TRUE(body_out().empty());
    stack.answer(last_out("INVITE"), 200, "", sdp("203.0.113.5", 4000));
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio 16386"));
    ack_from_callee(txn, sdp("192.0.2.20", 5600));
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5600"));
}

// 5.3: an ACK without the answer that it owes leaves the session.
TEST_F(Rfc6337, AckWithoutTheAnswerLeavesTheSession) {
    connect();
    const auto txn = send_from_caller("INVITE");
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5500));
    ack(txn);
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
    expect_media();
}

}  // namespace
}  // namespace weir::signaling
