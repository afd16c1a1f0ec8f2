// SPDX-License-Identifier: Apache-2.0
// RFC 3264 8.4: hold and resume in every form, translated for the leg (spec B.5, offer call-hold),
// and the call that begins on hold while mid-call signalling is blocked (spec B.6).
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::held;
using tests::sdp;

class Rfc3264Hold : public tests::MidcallBench {};

TEST_F(Rfc3264Hold, EveryFormReachesTheOtherSideAsDirection) {
    connect();
    for (const char* how : {"sendonly", "inactive", "recvonly"}) {
        const auto txn = send_from_caller("INVITE", held("203.0.113.5", 4000, how));
        EXPECT_TRUE(has(body_out(), how)) << body_out();
        answer(last_out("INVITE"), 200, held("192.0.2.20", 5000, "inactive"));
        ack(txn);
    }
    const auto txn = send_from_caller("INVITE", sdp("0.0.0.0", 4000));
    EXPECT_TRUE(has(body_out(), "a=sendonly"));
    EXPECT_FALSE(has(body_out(), "0.0.0.0"));
    answer(last_out("INVITE"), 200, held("192.0.2.20", 5000, "recvonly"));
    ack(txn);
}

// offer call-hold conn-addr, of the leg that is told.
TEST_F(Rfc3264Hold, DirectionBecomesTheNullAddressWhereThePeerWantsIt) {
    of_peer(20).call_hold = config::CallHold::conn_addr;
    apply();
    connect();
    send_from_caller("INVITE", held("203.0.113.5", 4000));
    EXPECT_TRUE(has(body_out(), "c=IN IP4 0.0.0.0\r\n")) << body_out();
    EXPECT_FALSE(has(body_out(), "a=sendonly"));
}

TEST_F(Rfc3264Hold, AnswerToTheNullAddressIsRecvonlyForWhoSaidSendonly) {
    of_peer(20).call_hold = config::CallHold::conn_addr;
    apply();
    connect();
    const auto txn = send_from_caller("INVITE", held("203.0.113.5", 4000));
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));  // RFC 2543: nothing about it
    EXPECT_TRUE(has(last_answer(txn).body, "a=recvonly"));
}

TEST_F(Rfc3264Hold, ResumeGoesOutWithOurAddress) {
    of_peer(20).call_hold = config::CallHold::conn_addr;
    apply();
    connect();
    const auto txn = send_from_caller("INVITE", held("203.0.113.5", 4000));
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_FALSE(has(body_out(), "0.0.0.0"));
    EXPECT_FALSE(has(body_out(), "a=sendonly"));
}

// Spec B.6: "offer sendonly | block on either leg | offer sendrecv".
TEST_F(Rfc3264Hold, CallThatBeginsOnHoldIsOfferedBothWaysWhenALegBlocks) {
    of_peer(20).midcall_signaling = config::MidcallSignaling::block;
    apply();
    const auto txn = call(invite(held("203.0.113.5", 4000)));
    EXPECT_FALSE(has(body_out(), "a=sendonly"));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_TRUE(has(last_answer(txn).body, "a=recvonly"));
}

TEST_F(Rfc3264Hold, AnswerOnHoldIsNotTellableToAPartyThatIsBlocked) {
    of_peer(10).midcall_signaling = config::MidcallSignaling::block;
    apply();
    const auto txn = call();
    answer(invite_out(), 200, held("192.0.2.20", 5000));
    EXPECT_FALSE(has(last_answer(txn).body, "a=sendonly"));
}

// Spec B.12: timers hold.
TEST_F(Rfc3264Hold, HoldForTooLongEndsTheCall) {
    config.sip_ua.timer_hold = std::chrono::minutes(15);
    apply();
    connect();
    const auto txn = send_from_caller("INVITE", held("203.0.113.5", 4000));
    answer(last_out("INVITE"), 200, held("192.0.2.20", 5000, "recvonly"));
    ack(txn);
    loop.advance(std::chrono::minutes(14));
    EXPECT_EQ(count_out("BYE"), 0U);
    loop.advance(std::chrono::minutes(2));
    EXPECT_EQ(count_out("BYE"), 2U);
}

TEST_F(Rfc3264Hold, ResumeStopsTheTimerOfTheHold) {
    config.sip_ua.timer_hold = std::chrono::minutes(15);
    apply();
    connect();
    auto txn = send_from_caller("INVITE", held("203.0.113.5", 4000));
    answer(last_out("INVITE"), 200, held("192.0.2.20", 5000, "recvonly"));
    ack(txn);
    txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    loop.advance(std::chrono::hours(1));
    EXPECT_EQ(count_out("BYE"), 0U);
}

}  // namespace
}  // namespace weir::signaling
