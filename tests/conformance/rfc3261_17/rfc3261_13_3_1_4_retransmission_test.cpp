// SPDX-License-Identifier: Apache-2.0
// RFC 3261 13.3.1.4: our 2xx to an INVITE is sent again until its ACK comes.
#include <gtest/gtest.h>

#include "signaling/sip/accepted_invites.hpp"
#include "tests/support/fake_loop.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Rfc3261Section13314 : public testing::Test {
protected:
    std::int64_t now_ms() const { return (loop.clock().now().ns - start.ns) / 1'000'000; }

    tests::FakeLoop loop;
    MonoTime start = loop.clock().now();
    std::vector<std::int64_t> again;
    std::vector<std::int64_t> ends;
    AcceptedInvites accepted{loop,
                             milliseconds(500),
                             milliseconds(4000),
                             {[this](ServerTxn) { again.push_back(now_ms()); },
                              [this](ServerTxn) { ends.push_back(now_ms()); }}};
    AckKey key{"call", "theirs", "ours", 1};
};

// "an interval that starts at T1 seconds and doubles for each retransmission until it reaches T2
// seconds ... Response retransmissions cease when an ACK request for the response is received. This
// is independent of whatever transport protocols are used to send the response."
TEST_F(Rfc3261Section13314, IntervalsDoubleUpToT2) {
    accepted.start(ServerTxn{1}, key);
    loop.advance(seconds(60));
    EXPECT_EQ(again, (std::vector<std::int64_t>{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500,
                                                27500, 31500}));
}

// "If the server retransmits the 2xx response for 64*T1 seconds without receiving an ACK".
TEST_F(Rfc3261Section13314, WithoutAckItEndsAfter64T1) {
    accepted.start(ServerTxn{1}, key);
    loop.advance(seconds(60));
    EXPECT_EQ(ends, std::vector<std::int64_t>{32000});
}

TEST_F(Rfc3261Section13314, AckEndsIt) {
    accepted.start(ServerTxn{1}, key);
    loop.advance(milliseconds(1600));
    EXPECT_EQ(accepted.take(key), ServerTxn{1});
    loop.advance(seconds(60));
    EXPECT_EQ(again, (std::vector<std::int64_t>{500, 1500}));
    EXPECT_TRUE(ends.empty());
}

// 13.2.2.4: the ACK's CSeq number is that of its INVITE: an ACK of another one does not count.
TEST_F(Rfc3261Section13314, AckOfAnEarlierInviteDoesNotCount) {
    accepted.start(ServerTxn{2}, AckKey{"call", "theirs", "ours", 2});
    EXPECT_EQ(accepted.take(key), std::nullopt);
    loop.advance(milliseconds(500));
    EXPECT_EQ(again.size(), 1U);
}

}  // namespace
}  // namespace weir::signaling
