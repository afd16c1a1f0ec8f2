// SPDX-License-Identifier: Apache-2.0
// RFC 3261 13.2.2.4: what follows the 2xx of a callee.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section13224 : public tests::CallBench {
protected:
    void accept(const tests::FakeSipStack::Sent& to, const char* tag, const char* contact) {
        SipMessage response = make_response(to.request.message, 200, "", tag);
        response.add("Contact", contact);
        response.add("Content-Type", "application/sdp");
        response.body = sdp("192.0.2.20", 5000);
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }
};

// "The sequence number of the CSeq header field MUST be the same as the INVITE being acknowledged,
// but the CSeq method MUST be ACK": also behind a request that has counted on meanwhile.
TEST_F(Rfc3261Section13224, AckHasTheNumberOfItsInvite) {
    const auto txn = call(invite(""));  // the ACK waits for the caller's answer
    accept(invite_out(), "callee", "<sip:200@192.0.2.20>");
    send_from_caller("INFO");
    ack(txn, sdp("203.0.113.5", 4000));
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(header(stack.acks[0].message, "CSeq"), "101 ACK");
}

// To, Request-URI and way are those of the dialog that the 2xx began.
TEST_F(Rfc3261Section13224, AckGoesToTheContactOfTheSuccess) {
    call();
    accept(invite_out(), "callee", "<sip:200@192.0.2.77:5090>");
    ASSERT_EQ(stack.acks.size(), 1U);
    const auto& ack = stack.acks[0];
    EXPECT_EQ(ack.message.request_uri, "sip:200@192.0.2.77:5090");
    EXPECT_EQ(ack.path.remote, tests::at("192.0.2.77:5090"));
    EXPECT_TRUE(header(ack.message, "To").ends_with(";tag=callee"));
    EXPECT_EQ(header(ack.message, "From"), header(invite_out().request.message, "From"));
}

// "The ACK MUST contain the same credentials as the INVITE".
TEST_F(Rfc3261Section13224, AckHasTheCredentialsOfTheInvite) {
    config.dial_peers[config::DialPeerTag{20}].sip.authentication = {
        {"weir", *config::secret_of(0, "secret"), "provider", false}};
    apply();
    const auto txn = call();
    SipMessage challenge = make_response(invite_out().request.message, 401, "", "callee");
    challenge.add("WWW-Authenticate", R"(Digest realm="provider",nonce="n1")");
    stack.events().on_response({invite_out().txn, std::move(challenge), now()});
    const SipMessage again = invite_out(1).request.message;
    accept(invite_out(1), "callee", "<sip:200@192.0.2.20>");
    ack(txn);
    ASSERT_EQ(stack.acks.size(), 1U);
    ASSERT_NE(header(again, "Authorization"), "(none)");
    EXPECT_EQ(header(stack.acks[0].message, "Authorization"), header(again, "Authorization"));
    // A later INVITE is not challenged, so its ACK has none.
    send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    answer(stack.sent_with("INVITE").back(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(header(stack.acks.back().message, "Authorization"), "(none)");
}

// "the ACK MUST be passed to the client transport every time a retransmission of the 2xx arrives":
// the same to the letter, with its answer.
TEST_F(Rfc3261Section13224, EachRetransmittedSuccessIsAcknowledgedWithTheSame) {
    const auto txn = call(invite(""));
    accept(invite_out(), "callee", "<sip:200@192.0.2.20>");
    accept(invite_out(), "callee", "<sip:200@192.0.2.20>");
    EXPECT_TRUE(stack.acks.empty()) << "there is no answer yet";
    ack(txn, sdp("203.0.113.5", 4000));
    accept(invite_out(), "callee", "<sip:200@192.0.2.20>");
    ASSERT_EQ(stack.acks.size(), 2U);
    EXPECT_EQ(stack.acks[0].message, stack.acks[1].message);
    EXPECT_FALSE(stack.acks[1].message.body.empty());
}

// "If, after acknowledging any 2xx response to an INVITE, the UAC does not want to continue with
// that dialog, then the UAC MUST terminate the dialog by sending a BYE": to each fork by its own
// target.
TEST_F(Rfc3261Section13224, EachOtherForkIsAcknowledgedAndEndedAtItsOwnTarget) {
    connect();
    for (const char* tag : {"second", "third"})
        accept(invite_out(), tag, tag[0] == 's' ? "<sip:200@192.0.2.32>" : "<sip:200@192.0.2.33>");
    ASSERT_EQ(stack.sent_with("BYE").size(), 2U);
    EXPECT_EQ(stack.sent_with("BYE")[0].request.message.request_uri, "sip:200@192.0.2.32");
    EXPECT_EQ(stack.sent_with("BYE")[1].request.message.request_uri, "sip:200@192.0.2.33");
    EXPECT_EQ(stack.acks.size(), 3U);
    EXPECT_EQ(log.text(), "connected") << "the call itself goes on";
}

// Each retransmission has its ACK again, also that of a fork that has its BYE already.
TEST_F(Rfc3261Section13224, RepeatedSuccessOfAnotherForkIsAcknowledgedAgainAndEndedOnce) {
    connect();
    for (int times = 0; times < 3; ++times)
        accept(invite_out(), "second", "<sip:200@192.0.2.32>");
    ASSERT_EQ(stack.acks.size(), 4U);
    for (std::size_t i = 1; i < 4; ++i)
        EXPECT_TRUE(header(stack.acks[i].message, "To").ends_with(";tag=second"));
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
}

// The session is what the first 2xx said, not what an early dialog of another fork did.
TEST_F(Rfc3261Section13224, SuccessOfAnotherForkThanTheEarlyOneDecides) {
    call();
    answer(invite_out(), 183, sdp("192.0.2.31", 5500), "early");
    answer(invite_out(), 200, sdp("192.0.2.20", 5000), "late");
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    EXPECT_TRUE(header(stack.acks.at(0).message, "To").ends_with(";tag=late"));
}

// A 2xx that cannot be used is acknowledged all the same, and ended.
TEST_F(Rfc3261Section13224, SuccessWithoutAnAnswerIsAcknowledgedAndEnded) {
    const auto txn = call();
    answer(invite_out(), 200);
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_GE(last_answer(txn).status, 400);
}

}  // namespace
}  // namespace weir::signaling
