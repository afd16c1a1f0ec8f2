// SPDX-License-Identifier: Apache-2.0
// Call: the room that a call takes while it stands.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

// A byte more and the allocator takes 5 KB for each: 20 MB of a node with 20,000 calls. What is
// mostly absent goes into a Boxed.
static_assert(sizeof(Call) <= 4096);

using CallMemoryTest = tests::CallBench;

TEST_F(CallMemoryTest, ACallThatStandsKeepsOnlyWhatItGoesOnWith) {
    connect();
    const auto calls = table.calls();
    ASSERT_EQ(calls.size(), 1U);
    const Call* call = table.find_call(calls[0].view.id);
    ASSERT_NE(call, nullptr);
    const CallSetup& setup = call->setup();
    EXPECT_EQ(setup.invite.message.headers.size(), 1U);  // CSeq
    EXPECT_TRUE(setup.invite.message.body.empty());
    ASSERT_EQ(setup.routes.size(), 1U);
    EXPECT_TRUE(setup.routes[0].identity.empty());
    EXPECT_TRUE(setup.routes[0].codecs.codecs.empty());
    EXPECT_TRUE(setup.codecs.codecs.empty());
}

}  // namespace
}  // namespace weir::signaling
