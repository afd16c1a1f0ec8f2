// SPDX-License-Identifier: Apache-2.0
// RFC 6141 3: re-INVITEs that fail, are cancelled or cross: the session is what it was before.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::held;
using tests::sdp;

class Rfc6141 : public tests::MidcallBench {
protected:
    void expect_as_before() {
        EXPECT_EQ(table.calls().at(0).state, CallState::connected);
        EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
        EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
        EXPECT_EQ(log.text(), "connected");
    }
};

// 3.4: "If ... an error response ... the UAs MUST consider that ... the session parameters
// negotiated so far ... as if the re-INVITE had never been sent".
TEST_F(Rfc6141, RefusedReInviteChangesNothing) {
    connect();
    for (const int status : {403, 415, 486, 488, 500, 503, 606}) {
        const auto txn = send_from_caller("INVITE", sdp("203.0.113.9", 4900));
        answer(last_out("INVITE"), status);
        EXPECT_EQ(last_answer(txn).status, status);
        expect_as_before();
    }
}

TEST_F(Rfc6141, OfferAfterARefusalIsTakenAgain) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.9", 4900));
    answer(last_out("INVITE"), 488);
    const auto txn = send_from_callee("INVITE", held("192.0.2.20", 5000));
    stack.answer(last_out("INVITE"), 200, "", held("203.0.113.5", 4000, "recvonly"));
    EXPECT_EQ(last_answer(txn).status, 200);
}

TEST_F(Rfc6141, CancelledReInviteChangesNothing) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.9", 4900));
    cancel(txn);
    answer(last_out("INVITE"), 487);
    EXPECT_EQ(last_answer(txn).status, 487);
    expect_as_before();
}

// The 2xx crossed the CANCEL: both sides have the new session.
TEST_F(Rfc6141, AcceptedReInviteStandsAlthoughItWasCancelled) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.9", 4900));
    cancel(txn);
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.9:4900"));
}

// A 2xx that comes again is acknowledged again.
TEST_F(Rfc6141, RepeatedSuccessIsAcknowledgedAgain) {
    connect();
    const auto txn = send_from_caller("INVITE", held("203.0.113.5", 4000));
    const auto out = last_out("INVITE");
    answer(out, 200, held("192.0.2.20", 5000, "recvonly"));
    ack(txn);
    const auto acks = stack.acks.size();
    answer(out, 200, held("192.0.2.20", 5000, "recvonly"));
    EXPECT_EQ(stack.acks.size(), acks + 1);
}

// RFC 3261 14.2: two re-INVITEs that cross.
TEST_F(Rfc6141, ReInviteThatCrossesAnotherGets491) {
    connect();
    const auto first = send_from_caller("INVITE", held("203.0.113.5", 4000));
    const auto second = send_from_callee("INVITE", held("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(second).status, 491);
    answer(last_out("INVITE"), 491);
    EXPECT_EQ(last_answer(first).status, 491);
    expect_as_before();
}

TEST_F(Rfc6141, SecondReInviteBeforeTheFinalResponseOfTheFirstGets500) {
    connect();
    send_from_caller("INVITE", held("203.0.113.5", 4000));
    const auto second = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(second).status, 500);
    EXPECT_LE(std::stoi(header(last_answer(second), "Retry-After")), 10);
}

}  // namespace
}  // namespace weir::signaling
