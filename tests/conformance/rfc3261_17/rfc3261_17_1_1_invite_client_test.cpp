// SPDX-License-Identifier: Apache-2.0
// RFC 3261 17.1.1: INVITE client transactions, timers A, B and D; RFC 6026 7.2: accepted, timer M.
#include "tests/conformance/rfc3261_17/client_bench.hpp"

namespace weir::signaling {
namespace {

using tests::milliseconds;
using tests::seconds;
using Times = std::vector<std::int64_t>;

class Rfc3261Section1711 : public tests::ClientBench {};

// Timer A: "When timer A fires, the client transaction MUST retransmit the request ... and MUST
// reset the timer with a value of 2*T1 ... doubling"; timer B ends it 64*T1 after the beginning.
TEST_F(Rfc3261Section1711, TimerADoublesUntilTimerBEndsIt) {
    start("INVITE");
    loop.advance(seconds(60));
    EXPECT_EQ(wire.times_of("INVITE"), (Times{0, 500, 1500, 3500, 7500, 15500, 31500}));
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0], std::pair(TxnFailure::timeout, std::int64_t{32000}));
    EXPECT_EQ(client.size(), 0U);
}

// "If an unreliable transport is being used, the client transaction MUST start timer A"; over a
// reliable one it "SHOULD NOT start timer A"; timer B holds for both.
TEST_F(Rfc3261Section1711, OverAStreamOnlyTimerBRuns) {
    start("INVITE", SipTransport::tcp);
    loop.advance(seconds(60));
    EXPECT_EQ(wire.times_of("INVITE"), Times{0});
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].second, 32000);
}

// "If the client transaction receives a provisional response while in the Calling state ... the
// client transaction SHOULD NOT retransmit the request any longer"; each goes up.
TEST_F(Rfc3261Section1711, ProvisionalResponseStopsTimersAAndB) {
    start("INVITE");
    loop.advance(milliseconds(600));
    EXPECT_TRUE(respond(100));
    EXPECT_TRUE(respond(180));
    EXPECT_TRUE(respond(180));
    loop.advance(seconds(600));
    EXPECT_EQ(wire.times_of("INVITE"), (Times{0, 500}));
    EXPECT_EQ(heard, (std::vector<int>{100, 180, 180}));
    EXPECT_TRUE(failures.empty());
}

// "When in either the Calling or Proceeding states, reception of a response with status code from
// 300-699 ... MUST generate an ACK request"; timer D keeps the transaction for the repetitions.
TEST_F(Rfc3261Section1711, TimerDAcknowledgesRepeatedRefusalsFor32Seconds) {
    start("INVITE");
    respond(486);
    loop.advance(seconds(31));
    EXPECT_TRUE(respond(486));
    EXPECT_EQ(wire.times_of("ACK"), (Times{0, 31000}));
    EXPECT_EQ(heard, std::vector<int>{486}) << "only the first goes up";
    loop.advance(seconds(1));
    EXPECT_EQ(client.size(), 0U);
    EXPECT_FALSE(respond(486)) << "it belongs to nobody";
}

// "timer D ... zero seconds for reliable transports".
TEST_F(Rfc3261Section1711, TimerDIsZeroOverAStream) {
    start("INVITE", SipTransport::tcp);
    respond(486);
    loop.advance(milliseconds(1));
    EXPECT_EQ(client.size(), 0U);
}

// A refusal in Proceeding is acknowledged as one in Calling.
TEST_F(Rfc3261Section1711, RefusalBehindAProvisionalResponseIsAcknowledged) {
    start("INVITE");
    respond(180);
    loop.advance(seconds(100));
    respond(603);
    EXPECT_EQ(wire.times_of("ACK"), Times{100000});
    EXPECT_EQ(heard, (std::vector<int>{180, 603}));
}

// RFC 6026 7.2: 2xx are passed on, repeated and forked ones too, for 64*T1; no ACK from here.
TEST_F(Rfc3261Section1711, TimerMPassesEach2xxOnFor64T1) {
    for (const auto transport : {SipTransport::udp, SipTransport::tcp}) {
        heard.clear();
        const std::size_t first = wire.sent.size();
        start("INVITE", transport);
        respond(200, first, "one");
        loop.advance(seconds(20));
        respond(200, first, "one");
        loop.advance(seconds(11));
        respond(200, first, "two");
        EXPECT_EQ(heard, (std::vector<int>{200, 200, 200}));
        loop.advance(seconds(1));
        EXPECT_EQ(client.size(), 0U);
    }
    EXPECT_TRUE(wire.times_of("ACK").empty());
}

// RFC 6026 7.2: neither provisional responses nor refusals behind a 2xx go up.
TEST_F(Rfc3261Section1711, NothingButSuccessPassesBehindASuccess) {
    start("INVITE");
    respond(200);
    EXPECT_TRUE(respond(180));
    EXPECT_TRUE(respond(486));
    EXPECT_EQ(heard, std::vector<int>{200});
    EXPECT_TRUE(wire.times_of("ACK").empty());
}

// 17.1.1.3: "The ACK request ... MUST contain values for the Call-ID, From, and Request-URI that
// are equal ... The To header field in the ACK MUST equal the To ... in the response ... MUST
// contain a single Via ... equal to the top Via ... CSeq ... the same sequence number, but the
// method MUST be ACK ... If the INVITE request ... had Route header fields, those MUST appear".
TEST_F(Rfc3261Section1711, AckOfARefusalIsMadeOfTheInvite) {
    start("INVITE");
    respond(404, 0, "far");
    const SipMessage& invite = wire.sent.at(0);
    const SipMessage& ack = wire.sent.at(1);
    EXPECT_EQ(ack.request_uri, invite.request_uri);
    for (const char* same : {"Call-ID", "From", "Via", "Route"})
        EXPECT_EQ(ack.all(same), invite.all(same)) << same;
    EXPECT_EQ(*ack.find("To"), "<sip:1000@192.0.2.1>;tag=far");
    EXPECT_EQ(*ack.find("CSeq"), "101 ACK");
    EXPECT_TRUE(ack.body.empty());
}

// 17.1.4: "the client transaction SHOULD inform the TU that a transport failure has occurred".
TEST_F(Rfc3261Section1711, TransportErrorIsToldOnce) {
    start("INVITE");
    client.on_send_error(1);
    loop.advance(seconds(60));
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].first, TxnFailure::transport);
    EXPECT_EQ(wire.times_of("INVITE"), Times{0});
}

// 9.1: a CANCEL waits for a provisional response, has the branch of its INVITE and timers of its
// own; the INVITE without a final response counts as cancelled 64*T1 later.
TEST_F(Rfc3261Section1711, CancelHasTimersOfItsOwn) {
    start("INVITE");
    client.cancel(ClientTxn{1}, "");
    loop.advance(milliseconds(400));
    EXPECT_TRUE(wire.times_of("CANCEL").empty());
    respond(100);
    loop.advance(seconds(60));
    EXPECT_EQ(wire.times_of("CANCEL"),
              (Times{400, 900, 1900, 3900, 7900, 11900, 15900, 19900, 23900, 27900, 31900}));
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].second, 32400);
    EXPECT_EQ(client.size(), 0U);
}

}  // namespace
}  // namespace weir::signaling
