// SPDX-License-Identifier: Apache-2.0
// RFC 3261 22, RFC 7616, RFC 8760: requests of a call that are challenged, and INVITEs that we
// challenge. The hashes themselves are in tests/unit/signaling/edge.
#include "signaling/edge/digest_text.hpp"
#include "tests/conformance/transfer/transfer_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section22 : public tests::TransferBench {
protected:
    Rfc3261Section22() {
        config.dial_peers[config::DialPeerTag{20}].sip.authentication = {
            {"weir", *config::secret_of(0, "secret"), "provider", false}};
        apply();
    }
    void challenge(const tests::FakeSipStack::Sent& to, int status, const std::string& parameters) {
        SipMessage response = make_response(to.request.message, status, "", "callee");
        response.add(status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate",
                     "Digest " + parameters);
        stack.events().on_response({to.txn, std::move(response), now()});
        media.deliver();
    }
    static std::string parameter(const SipMessage& message, const char* header, const char* name) {
        const std::string* value = message.find(header);
        const auto parameters = value == nullptr ? std::nullopt : digest_parameters(*value);
        return parameters && parameters->contains(name) ? parameters->at(name) : "(none)";
    }
};

// 22.2: the request again, CSeq higher by one, the same Call-ID, From and To.
TEST_F(Rfc3261Section22, InviteIsRepeatedWithAnAnswer) {
    const auto txn = call();
    challenge(invite_out(), 401, R"(realm="provider",nonce="n1",qop="auth",algorithm=SHA-256)");
    const SipMessage first = invite_out(0).request.message;
    const SipMessage again = invite_out(1).request.message;
    EXPECT_EQ(again.cseq()->number, first.cseq()->number + 1);
    for (const char* same : {"Call-ID", "From", "To"})
        EXPECT_EQ(header(again, same), header(first, same));
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(parameter(again, "Authorization", "username"), "weir");
    EXPECT_EQ(parameter(again, "Authorization", "uri"), again.request_uri);
    EXPECT_EQ(parameter(again, "Authorization", "algorithm"), "SHA-256");
    // The answer is acknowledged with the CSeq of the INVITE that was answered.
    answer(invite_out(1), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.acks[0].message.cseq()->number, again.cseq()->number);
}

// 12.2.1.1: what follows in the early dialog counts on from the repeated INVITE.
TEST_F(Rfc3261Section22, ThePrackBehindARepeatedInviteHasANewCSeq) {
    call();
    challenge(invite_out(), 401, R"(realm="provider",nonce="n1")");
    const auto to = invite_out(1);
    SipMessage progress = make_response(to.request.message, 183, "", "callee");
    progress.add("Contact", "<sip:200@192.0.2.20>");
    progress.add("Require", "100rel");
    progress.add("RSeq", "1");
    stack.events().on_response({to.txn, std::move(progress), now()});
    const std::uint32_t invited = to.request.message.cseq()->number;
    const SipMessage prack = last_out("PRACK").request.message;
    EXPECT_EQ(prack.cseq()->number, invited + 1);
    EXPECT_EQ(header(prack, "RAck"), "1 " + std::to_string(invited) + " INVITE");
}

// 22.3
TEST_F(Rfc3261Section22, AProxyIsAnsweredInItsOwnHeader) {
    call();
    challenge(invite_out(), 407, R"(realm="provider",nonce="n1")");
    EXPECT_EQ(parameter(invite_out(1).request.message, "Proxy-Authorization", "nonce"), "n1");
    EXPECT_EQ(header(invite_out(1).request.message, "Authorization"), "(none)");
}

// RFC 7616 3.3: an answer that is refused is not sent again; a stale nonce is renewed once.
TEST_F(Rfc3261Section22, AWrongPasswordEndsTheAttempt) {
    const auto txn = call();
    challenge(invite_out(), 401, R"(realm="provider",nonce="n1")");
    challenge(invite_out(1), 401, R"(realm="provider",nonce="n2")");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_GE(last_answer(txn).status, 400);
}

TEST_F(Rfc3261Section22, AStaleNonceIsRenewedButNotForEver) {
    call();
    challenge(invite_out(0), 401, R"(realm="provider",nonce="n1")");
    challenge(invite_out(1), 401, R"(realm="provider",nonce="n2",stale=true)");
    EXPECT_EQ(parameter(invite_out(2).request.message, "Authorization", "nonce"), "n2");
    challenge(invite_out(2), 401, R"(realm="provider",nonce="n3",stale=true)");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
}

TEST_F(Rfc3261Section22, AnotherRealmHasNoPassword) {
    const auto txn = call();
    challenge(invite_out(), 401, R"(realm="stranger",nonce="n1")");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_GE(last_answer(txn).status, 400);
}

TEST_F(Rfc3261Section22, ACancelledInviteIsNotRepeated) {
    const auto txn = call();
    cancel(txn);
    challenge(invite_out(), 401, R"(realm="provider",nonce="n1")");
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    media.deliver();
    EXPECT_EQ(table.size(), 0U);
}

// 22.2 holds for every request: the BYE, too.
TEST_F(Rfc3261Section22, AByeIsRepeatedWithAnAnswer) {
    connect();
    send_from_caller("BYE");
    const auto bye = last_out("BYE");
    challenge(bye, 401, R"(realm="provider",nonce="n1")");
    const auto again = last_out("BYE");
    EXPECT_EQ(again.request.message.cseq()->number, bye.request.message.cseq()->number + 1);
    EXPECT_EQ(parameter(again.request.message, "Authorization", "nonce"), "n1");
    answer(again, 200);
    media.deliver();
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(Rfc3261Section22, AReInviteIsRepeatedWithAnAnswer) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4002));
    challenge(invite_out(1), 401, R"(realm="provider",nonce="n1")");
    answer(invite_out(2), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(stack.acks.back().message.cseq()->number,
              invite_out(2).request.message.cseq()->number);
}

// ---- We challenge: authentication ... realm R challenge ----------------------------------------

class Challenging : public tests::TransferBench {
protected:
    Challenging() {
        config.dial_peers[config::DialPeerTag{10}].sip.authentication = {
            {"ann", *config::secret_of(0, "pw"), "weir", true}};
        apply();
    }
    SipMessage answered(const SipMessage& challenge, const char* password) {
        SipMessage again = invite();
        again.set("CSeq", "2 INVITE");
        const auto header = digest_answer(digest_challenges(challenge).at(0), {"ann", password},
                                          {"INVITE", again.request_uri, "", "c0ffee", 1});
        again.add(header->name, header->value);
        return again;
    }
};

TEST_F(Challenging, AnInviteNeedsThePassword) {
    const SipMessage challenge = last_answer(call());
    EXPECT_EQ(challenge.status, 401);
    EXPECT_EQ(table.size(), 0U) << "nothing is kept for one who has not answered";
    const auto txn = call(answered(challenge, "pw"));
    EXPECT_EQ(statuses(txn), (std::vector<int>{100}));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(header(invite_out().request.message, "Authorization"), "(none)");
}

TEST_F(Challenging, TheWrongOneIs403) {
    EXPECT_EQ(last_answer(call(answered(last_answer(call()), "guess"))).status, 403);
}

}  // namespace
}  // namespace weir::signaling
