// SPDX-License-Identifier: Apache-2.0
// RFC 3261 13.3: how we answer INVITEs.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;
using tests::sdp;

class Rfc3261Section133 : public tests::CallBench {};

// 13.3.1: "If the request is an INVITE that contains an Expires header field, the UAS core sets a
// timer for the number of seconds": the callee is told our own limit, and ours ends it in time.
TEST_F(Rfc3261Section133, CalleeHasAsLongAsWeWait) {
    const auto txn = call();
    const auto limit = std::stoi(header(invite_out().request.message, "Expires"));
    answer(invite_out(), 180);
    loop.advance(seconds(limit - 1));
    EXPECT_LT(last_answer(txn).status, 200);
    loop.advance(seconds(2));
    EXPECT_GE(last_answer(txn).status, 400);
    EXPECT_EQ(stack.cancelled.size(), 1U);
}

// 13.3.1.1: "Each of these MUST indicate the same dialog ID".
TEST_F(Rfc3261Section133, ProvisionalResponsesAreOfOneDialogWhateverForksSay) {
    const auto txn = call();
    answer(invite_out(), 180, "", "one");
    answer(invite_out(), 183, sdp("192.0.2.31", 5500), "two");
    answer(invite_out(), 180, "", "three");
    answer(invite_out(), 200, sdp("192.0.2.20", 5000), "three");
    std::string tag;
    for (const auto& response : stack.answers_to(txn)) {
        if (response.status == 100) continue;
        const std::string to = header(response, "To");
        if (tag.empty()) tag = to;
        EXPECT_EQ(to, tag) << response.status;
        EXPECT_EQ(header(response, "Contact"), "<sip:200@198.51.100.1>") << response.status;
    }
}

// 13.3.1.3: a caller that cannot be served learns why, before anything rings.
TEST_F(Rfc3261Section133, UnusableOfferIs488AndNobodyIsCalled) {
    const auto txn = call(invite(sdp("203.0.113.5", 4000, "", "18")));
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_TRUE(stack.sent_with("INVITE").empty());
}

// 13.3.1.4: the 2xx names the methods and extensions that may be used in the dialog.
TEST_F(Rfc3261Section133, SuccessNamesWhatTheDialogCanDo) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    const auto response = last_answer(txn);
    for (const char* method : {"INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "OPTIONS"})
        EXPECT_TRUE(response.lists("Allow", method)) << method;
}

// "If the server retransmits the 2xx response for 64*T1 seconds without receiving an ACK, the
// dialog is confirmed, but the session SHOULD be terminated ... with a BYE"; the CDR says so. (The
// retransmission itself: rfc3261_17/rfc3261_13_3_1_4_retransmission_test.cpp.)
TEST_F(Rfc3261Section133, SuccessThatNobodyAcknowledgesEndsBothLegs) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    stack.events().on_ack_timeout(txn);
    ASSERT_EQ(stack.sent_with("BYE").size(), 2U);
    confirm_byes();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(log.end.q850_cause, 102);
}

// "the UAS MUST NOT send a BYE ... until it has received an ACK ... or until the server transaction
// times out" (15): a callee that hangs up meanwhile waits for that.
TEST_F(Rfc3261Section133, ByeOfTheCalleeWaitsForTheEndOfTheTransaction) {
    const auto txn = call();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    send_from_callee("BYE");
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    stack.events().on_ack_timeout(txn);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
}

}  // namespace
}  // namespace weir::signaling
