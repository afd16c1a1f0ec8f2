// SPDX-License-Identifier: Apache-2.0
// RFC 3261 14: re-INVITEs of both sides, beside what RFC 6141 and RFC 3264 8 say of them.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section14 : public tests::MidcallBench {};

// 14.1: both parties may send one; tags and Call-ID are those of the leg it goes to.
TEST_F(Rfc3261Section14, ReInviteOfEitherSideReachesTheOtherInItsOwnDialog) {
    connect();
    const auto of_callee = send_from_callee("INVITE", sdp("192.0.2.20", 5002));
    const SipMessage toward_caller = last_out("INVITE").request.message;
    EXPECT_EQ(header(toward_caller, "Call-ID"), "one@203.0.113.5");
    EXPECT_TRUE(header(toward_caller, "To").ends_with(";tag=caller"));
    stack.answer(last_out("INVITE"), 200, "", sdp("203.0.113.5", 4000));
    EXPECT_EQ(last_answer(of_callee).status, 200);
    ack_from_callee(of_callee);
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5002"));
}

// "a UAC MUST NOT initiate a new INVITE transaction within a dialog while another INVITE
// transaction is in progress in either direction".
TEST_F(Rfc3261Section14, NoSecondInviteGoesOutWhileOneIsUnderWay) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    const auto before = count_out("INVITE");
    send_from_caller("INVITE", sdp("203.0.113.5", 4004));
    send_from_callee("INVITE", sdp("192.0.2.20", 5002));
    EXPECT_EQ(count_out("INVITE"), before);
}

// "If a UA receives a non-2xx final response to a re-INVITE, the session parameters MUST remain
// unchanged, as if no re-INVITE had been issued": and the next one is taken.
TEST_F(Rfc3261Section14, AfterA491TheOffererMayTryAgain) {
    connect();
    const auto first = send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    answer(last_out("INVITE"), 491);
    EXPECT_EQ(last_answer(first).status, 491) << "who offered waits, as RFC 3261 14.1 tells it to";
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
    const auto second = send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(second).status, 200);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4002"));
}

// "If a UAC receives no response for a re-INVITE at all ... the UAC ... treat as a 408" which ends
// the dialog (12.2.1.2): the offerer gets its final response first.
TEST_F(Rfc3261Section14, SilentPeerEndsTheCall) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    stack.events().on_failure(last_out("INVITE").txn, TxnFailure::timeout);
    EXPECT_GE(last_answer(txn).status, 400);
    ASSERT_GE(count_out("BYE"), 1U);
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
}

// 14.2: "A UAS that receives a second INVITE before it sends the final response to a first INVITE
// with a lower CSeq ... MUST return a 500 ... and MUST include a Retry-After ... between 0 and 10".
TEST_F(Rfc3261Section14, SecondInviteOfOneSideIs500AndTheFirstGoesOn) {
    connect();
    const auto first = send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    const auto second = send_from_caller("INVITE", sdp("203.0.113.5", 4004));
    EXPECT_EQ(last_answer(second).status, 500);
    const int wait = std::stoi(header(last_answer(second), "Retry-After"));
    EXPECT_GE(wait, 0);
    EXPECT_LE(wait, 10);
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(first).status, 200);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4002"));
}

// "A UAS that receives an INVITE on a dialog while an INVITE it had sent on that dialog is in
// progress MUST return a 491": and ours goes on.
TEST_F(Rfc3261Section14, InviteThatCrossesOursIs491AndOursGoesOn) {
    connect();
    const auto first = send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    EXPECT_EQ(last_answer(send_from_callee("INVITE", sdp("192.0.2.20", 5002))).status, 491);
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(first).status, 200);
}

// "If the UA ... receives no ACK for a re-INVITE's 2xx ... generate a BYE".
TEST_F(Rfc3261Section14, SuccessWithoutAckEndsTheCall) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5000));
    stack.events().on_ack_timeout(txn);
    EXPECT_EQ(count_out("BYE"), 2U);
}

// "the version of the session description MUST increase when it changes": and only then.
TEST_F(Rfc3261Section14, SameDescriptionAgainKeepsItsVersion) {
    connect();
    const auto origin = [](const std::string& body) {
        const auto begin = body.find("o=");
        return body.substr(begin, body.find("\r\n", begin) - begin);
    };
    const std::string first = origin(invite_out().request.message.body);
    send_from_caller("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_EQ(origin(body_out()), first);
}

}  // namespace
}  // namespace weir::signaling
