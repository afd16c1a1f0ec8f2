// SPDX-License-Identifier: Apache-2.0
// RFC 3261 17.1.2: client transactions of other methods, timers E, F and K.
#include "tests/conformance/rfc3261_17/client_bench.hpp"

namespace weir::signaling {
namespace {

using tests::milliseconds;
using tests::seconds;
using Times = std::vector<std::int64_t>;

class Rfc3261Section1712 : public tests::ClientBench {};

// Timer E: "MIN(2*T1, T2) ... T2"; timer F: 64*T1.
TEST_F(Rfc3261Section1712, TimerEDoublesUpToT2UntilTimerF) {
    start("BYE");
    loop.advance(seconds(60));
    EXPECT_EQ(wire.times_of("BYE"),
              (Times{0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500}));
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0], std::pair(TxnFailure::timeout, std::int64_t{32000}));
}

// "If Timer E fires while in the Proceeding state, the request MUST be passed to the transport ...
// and Timer E MUST be reset with a value of T2"; timer F ends that as well.
TEST_F(Rfc3261Section1712, InProceedingTimerEIsT2) {
    start("BYE");
    loop.advance(milliseconds(100));
    respond(100);
    loop.advance(seconds(60));
    const Times times = wire.times_of("BYE");
    ASSERT_GE(times.size(), 4U);
    for (std::size_t i = 3; i < times.size(); ++i)
        EXPECT_EQ(times[i] - times[i - 1], 4000);
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_GE(failures[0].second, 32000);
    EXPECT_LE(failures[0].second, 32100);
}

TEST_F(Rfc3261Section1712, OverAStreamOnlyTimerFRuns) {
    start("OPTIONS", SipTransport::tcp);
    loop.advance(seconds(60));
    EXPECT_EQ(wire.times_of("OPTIONS"), Times{0});
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].second, 32000);
}

// Timer K: T4 for unreliable transports, "any additional response retransmissions ... MUST be
// discarded"; zero for reliable ones.
TEST_F(Rfc3261Section1712, TimerKSwallowsRepetitionsForT4) {
    start("OPTIONS");
    respond(200);
    loop.advance(milliseconds(4999));
    EXPECT_TRUE(respond(200));
    EXPECT_EQ(heard, std::vector<int>{200});
    loop.advance(milliseconds(1));
    EXPECT_EQ(client.size(), 0U);
    EXPECT_EQ(wire.times_of("OPTIONS"), Times{0});
}

TEST_F(Rfc3261Section1712, TimerKIsZeroOverAStream) {
    start("OPTIONS", SipTransport::tcp);
    respond(200);
    loop.advance(milliseconds(1));
    EXPECT_EQ(client.size(), 0U);
}

// Every final response ends it, none is acknowledged.
TEST_F(Rfc3261Section1712, NoFinalResponseIsAcknowledged) {
    for (const int status : {200, 302, 404, 500, 603}) {
        const std::size_t n = wire.sent.size();
        start("INFO");
        respond(status, n);
        EXPECT_EQ(heard.back(), status);
    }
    EXPECT_TRUE(wire.times_of("ACK").empty());
    loop.advance(seconds(6));
    EXPECT_EQ(client.size(), 0U);
}

// Spec B.12: fewer retries end a request earlier than timer F does.
TEST_F(Rfc3261Section1712, FewerRetriesOfTheOperatorEndItEarlier) {
    auto bye = request("BYE");
    bye.retries = 2;
    ASSERT_TRUE(client.send(bye));
    loop.advance(seconds(60));
    EXPECT_EQ(wire.times_of("BYE"), (Times{0, 500, 1500}));
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].second, 3500);
}

}  // namespace
}  // namespace weir::signaling
