// SPDX-License-Identifier: Apache-2.0
// RFC 7989: Session-ID end to end through a B2BUA, with parties that know it and parties that do
// not.
#include "signaling/header/session_id.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {
namespace {

using signaling::kNilSessionUuid;
using signaling::session_uuid;

const std::string kAlice = "a1111111111111111111111111111111";
const std::string kBob = "b2222222222222222222222222222222";
const std::string kNil(kNilSessionUuid);

// ---- section 5: the header
// ------------------------------------------------------------------------

TEST(Rfc7989Syntax, AUuidIs32HexadecimalDigitsAndNotNil) {
    EXPECT_EQ(session_uuid(kAlice + ";remote=" + kNil), kAlice);
    EXPECT_EQ(session_uuid("A1111111111111111111111111111111"), kAlice);
    for (const std::string& value : {kNil, std::string("abc"), kAlice + "0",
                                     std::string("g") + kAlice.substr(1), std::string()})
        EXPECT_FALSE(session_uuid(value)) << value;
}

TEST(Rfc7989Syntax, AnOlderHeaderWithoutRemoteIsRead) {
    EXPECT_EQ(session_uuid(kAlice), kAlice);  // section 11
}

TEST(Rfc7989Syntax, AMadeUuidIsOfVersion4) {
    const std::string uuid = signaling::make_session_uuid(UINT64_MAX, UINT64_MAX);
    EXPECT_EQ(uuid, "ffffffffffff4fffbfffffffffffffff");
}

// ---- section 7: a B2BUA
// ---------------------------------------------------------------------------

class Rfc7989 : public CallBench {
protected:
    ServerTxn call_with(const std::string& session) {
        SipMessage message = invite();
        if (!session.empty()) message.add("Session-ID", session);
        return call(message);
    }
    void answer_with(int status, const std::string& body, const std::string& session) {
        std::vector<signaling::Header> headers{{"Contact", "<sip:200@192.0.2.20>"}};
        if (!session.empty()) headers.push_back({"Session-ID", session});
        stack.answer(invite_out(), status, "callee", body, std::move(headers));
        media.deliver();
    }
    std::string session_of(const SipMessage& message) const {
        return header(message, "Session-ID");
    }
};

TEST_F(Rfc7989, TheCallersUuidGoesOnWithANilRemote) {
    call_with(kAlice + ";remote=" + kNil);
    EXPECT_EQ(session_of(invite_out().request.message), kAlice + ";remote=" + kNil);
}

TEST_F(Rfc7989, AResponseHasTheCalleesUuidAndTheCallersAsRemote) {
    const auto txn = call_with(kAlice + ";remote=" + kNil);
    answer_with(180, {}, kBob + ";remote=" + kAlice);
    EXPECT_EQ(session_of(last_answer(txn)), kBob + ";remote=" + kAlice);
}

TEST_F(Rfc7989, AnAnswerOfOurOwnHasANilUuidUntilTheCalleeIsKnown) {
    const auto txn = call_with(kAlice + ";remote=" + kNil);
    EXPECT_EQ(statuses(txn), (std::vector<int>{100}));
    EXPECT_EQ(session_of(last_answer(txn)), kNil + ";remote=" + kAlice);
}

TEST_F(Rfc7989, EveryMessageOfTheCallCarriesBoth) {
    const auto txn = call_with(kAlice + ";remote=" + kNil);
    answer_with(200, sdp("192.0.2.20", 5000), kBob + ";remote=" + kAlice);
    ack(txn);
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(session_of(stack.acks[0].message), kAlice + ";remote=" + kBob);
    const auto bye = send_from_caller("BYE");
    EXPECT_EQ(session_of(last_answer(bye)), kBob + ";remote=" + kAlice);
    EXPECT_EQ(session_of(stack.sent_with("BYE")[0].request.message), kAlice + ";remote=" + kBob);
}

TEST_F(Rfc7989, WeSpeakForPartiesThatDoNotKnowTheHeader) {
    const auto txn = call_with("");
    const auto caller = session_uuid(session_of(invite_out().request.message));
    ASSERT_TRUE(caller);
    answer_with(200, sdp("192.0.2.20", 5000), "");
    const auto callee = session_uuid(session_of(last_answer(txn)));
    ASSERT_TRUE(callee);
    EXPECT_NE(*caller, *callee);
    EXPECT_EQ(session_of(last_answer(txn)), *callee + ";remote=" + *caller);
    ack(txn);
    EXPECT_EQ(session_of(stack.acks[0].message), *caller + ";remote=" + *callee);
}

TEST_F(Rfc7989, AnotherPartyBehindTheCalleeChangesItsUuid) {
    const auto txn = call_with(kAlice + ";remote=" + kNil);
    answer_with(180, {}, kBob + ";remote=" + kAlice);
    const std::string carol = "c3333333333333333333333333333333";
    answer_with(200, sdp("192.0.2.20", 5000), carol + ";remote=" + kAlice);
    EXPECT_EQ(session_of(last_answer(txn)), carol + ";remote=" + kAlice);
}

TEST_F(Rfc7989, TheNextCandidateDoesNotInheritTheUuidOfTheLast) {
    add_peer(30, "2..", "", "192.0.2.30");
    config.dial_peers[config::DialPeerTag{30}].preference = 1;
    apply();
    call_with(kAlice + ";remote=" + kNil);
    answer_with(503, {}, kBob + ";remote=" + kAlice);
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_EQ(session_of(invite_out(1).request.message), kAlice + ";remote=" + kNil);
}

}  // namespace
}  // namespace weir::tests
