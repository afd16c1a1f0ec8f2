// SPDX-License-Identifier: Apache-2.0
// StackMux: the transport chooses the stack, and transactions come back to their own.
#include "signaling/tls/stack_mux.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_sip_stack.hpp"
#include "tests/support/recording_events.hpp"

namespace weir::signaling {
namespace {

class StackMuxTest : public testing::Test {
protected:
    StackMuxTest() { mux.set_events(events); }
    static OutgoingRequest request(SipTransport transport) {
        OutgoingRequest result;
        result.message.method = "INVITE";
        result.path.transport = transport;
        return result;
    }
    tests::RecordingEvents events;
    tests::FakeSipStack plain;
    tests::FakeSipStack secure;
    StackMux mux{plain, secure};
};

TEST_F(StackMuxTest, RequestsGoToTheStackOfTheirTransport) {
    ASSERT_TRUE(mux.send(request(SipTransport::tls)));
    ASSERT_TRUE(mux.send(request(SipTransport::tcp)));
    ASSERT_TRUE(mux.send_ack(request(SipTransport::tls)));
    EXPECT_EQ(secure.sent.size(), 1U);
    EXPECT_EQ(plain.sent.size(), 1U);
    EXPECT_EQ(secure.acks.size(), 1U);
}

TEST_F(StackMuxTest, EqualNumbersOfBothStacksAreToldApart) {
    const auto over_tls = mux.send(request(SipTransport::tls));
    const auto over_udp = mux.send(request(SipTransport::udp));
    ASSERT_TRUE(over_tls && over_udp);
    EXPECT_NE(*over_tls, *over_udp);
    mux.cancel(*over_tls, "why");
    mux.abandon(*over_udp);
    EXPECT_EQ(secure.cancelled.at(0).first, secure.sent.at(0).txn);
    EXPECT_EQ(plain.abandoned.at(0), plain.sent.at(0).txn);
}

TEST_F(StackMuxTest, AnswersGoBackTheWayTheRequestCame) {
    SipMessage options;
    options.method = "OPTIONS";
    secure.receive(options);
    ASSERT_EQ(events.requests.size(), 1U);
    SipMessage ok;
    ok.status = 200;
    mux.respond(events.requests[0].txn, ok);
    EXPECT_EQ(secure.answered.size(), 1U);
    EXPECT_TRUE(plain.answered.empty());
}

}  // namespace
}  // namespace weir::signaling
