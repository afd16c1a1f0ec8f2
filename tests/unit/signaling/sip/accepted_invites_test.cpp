// SPDX-License-Identifier: Apache-2.0
// 2xx to INVITEs, sent again until the ACK comes, in virtual time (RFC 3261 13.3.1.4).
#include "signaling/sip/accepted_invites.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;

class AcceptedInvitesTest : public testing::Test {
protected:
    tests::FakeLoop loop;
    std::vector<std::int64_t> sent_at_ms;
    std::vector<ServerTxn> timeouts;
    AcceptedInvites accepted{
        loop,
        milliseconds(500),
        milliseconds(4000),
        {.send_again =
             [this](ServerTxn) { sent_at_ms.push_back(loop.clock().now().ns / 1'000'000 - 1000); },
         .on_timeout = [this](ServerTxn txn) { timeouts.push_back(txn); }}};
    AckKey key{.call_id = "c", .from_tag = "f", .to_tag = "t", .cseq = 101};
};

TEST_F(AcceptedInvitesTest, IntervalsDoubleUpToT2AndEndAfter64T1) {
    accepted.start(ServerTxn{7}, key);
    loop.advance(milliseconds(40'000));
    EXPECT_EQ(sent_at_ms, (std::vector<std::int64_t>{500, 1500, 3500, 7500, 11500, 15500, 19500,
                                                     23500, 27500, 31500}));
    EXPECT_EQ(timeouts, std::vector<ServerTxn>{ServerTxn{7}});
    EXPECT_EQ(accepted.size(), 0U);
}

TEST_F(AcceptedInvitesTest, TheAckEndsIt) {
    accepted.start(ServerTxn{7}, key);
    loop.advance(milliseconds(600));
    EXPECT_EQ(accepted.take(key), ServerTxn{7});
    EXPECT_EQ(accepted.take(key), std::nullopt);
    loop.advance(milliseconds(40'000));
    EXPECT_EQ(sent_at_ms.size(), 1U);
    EXPECT_TRUE(timeouts.empty());
}

TEST_F(AcceptedInvitesTest, AnAckOfAnotherDialogOrRequestDoesNot) {
    accepted.start(ServerTxn{7}, key);
    for (auto other : {AckKey{"x", "f", "t", 101}, AckKey{"c", "x", "t", 101},
                       AckKey{"c", "f", "x", 101}, AckKey{"c", "f", "t", 102}})
        EXPECT_EQ(accepted.take(other), std::nullopt);
}

TEST_F(AcceptedInvitesTest, AckAndAnswerHaveTheSameKey) {
    SipMessage message;
    message.headers = {{"From", "<sip:a@b>;tag=f"},
                       {"To", "\"x\" <sip:c@d>;tag=t"},
                       {"Call-ID", "c"},
                       {"CSeq", "101 ACK"}};
    EXPECT_EQ(AckKey::of(message), key);
    message.remove("CSeq");
    EXPECT_EQ(AckKey::of(message), std::nullopt);
}

}  // namespace
}  // namespace weir::signaling
