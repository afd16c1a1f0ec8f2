// SPDX-License-Identifier: Apache-2.0
// RFC 3261 8.1.3: what we make of responses, and of none.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section813 : public tests::CallBench {};

// 8.1.3.1: "a timeout ... MUST be treated as if a 408", "a fatal transport error as a 503".
TEST_F(Rfc3261Section813, SilenceIsARequestTimeout) {
    const auto txn = call();
    stack.events().on_failure(invite_out().txn, TxnFailure::timeout);
    EXPECT_EQ(last_answer(txn).status, 408);
}

TEST_F(Rfc3261Section813, TransportErrorIsUnavailableServiceAndHuntsOn) {
    add_peer(21, "2..", "", "192.0.2.21").preference = 1;
    apply();
    call();
    stack.events().on_failure(invite_out().txn, TxnFailure::transport);
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_EQ(invite_out(1).request.path.remote, tests::at("192.0.2.21"));
}

// 8.1.3.2: "a UAC MUST treat any final response it does not recognize as being equivalent to the
// x00 response code of that class".
TEST_F(Rfc3261Section813, UnknownFailuresAreThoseOfTheirClass) {
    for (const auto& [unknown, known] : {std::pair{499, 400}, {599, 500}, {699, 600}}) {
        const auto first = call();
        answer(stack.sent_with("INVITE").back(), known);
        auto again = invite();
        again.set("Call-ID", "of-" + std::to_string(unknown));
        const auto second = call(again);
        answer(stack.sent_with("INVITE").back(), unknown);
        EXPECT_EQ(last_answer(second).status, last_answer(first).status) << unknown;
        EXPECT_EQ(table.size(), 0U) << unknown;
    }
}

TEST_F(Rfc3261Section813, UnknownSuccessIsASuccess) {
    const auto txn = call();
    answer(invite_out(), 299, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 200);
    EXPECT_EQ(stack.acks.size(), 1U);
}

// "MUST treat any provisional response different than 100 that they don't recognize as 183".
TEST_F(Rfc3261Section813, UnknownProvisionalResponseIsProgress) {
    const auto txn = call();
    answer(invite_out(), 188, sdp("192.0.2.20", 5000));
    const auto progress = last_answer(txn);
    EXPECT_GT(progress.status, 100);
    EXPECT_LT(progress.status, 200);
    EXPECT_FALSE(progress.body.empty()) << "its early media are heard as those of a 183";
}

// 8.1.3.5: 413, 415, 420 could be repeated without what is refused ("SHOULD"); here they are
// failures of the attempt, and what we do not need we do not require.
TEST_F(Rfc3261Section813, NothingIsRequiredUnlessConfigured) {
    call();
    EXPECT_EQ(header(invite_out().request.message, "Require"), "(none)");
    EXPECT_EQ(header(invite_out().request.message, "Proxy-Require"), "(none)");
}

}  // namespace
}  // namespace weir::signaling
