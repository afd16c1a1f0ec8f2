// SPDX-License-Identifier: Apache-2.0
// SofiaStack as a server over UDP: transactions, CANCEL, ACK, 2xx, time stamps.
#include <gtest/gtest.h>

#include "tests/support/recording_events.hpp"
#include "tests/support/wire_client.hpp"

namespace weir::signaling {
namespace {

using std::chrono::milliseconds;
using tests::RecordingEvents;
using tests::StackUnderTest;
using tests::WireClient;

class StackServerTest : public testing::Test {
protected:
    StackServerTest() { under_test.stack().set_events(events); }

    std::string request(const std::string& method, const std::string& cseq_method = "",
                        const std::string& to_tag = "", const std::string& branch = "1") {
        return method + " sip:1000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" +
               std::to_string(client.port()) + ";branch=z9hG4bK" + branch +
               "\r\nMax-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=from\r\n"
               "To: <sip:1000@127.0.0.1>" +
               (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\nCall-ID: call-1\r\nCSeq: 101 " +
               (cseq_method.empty() ? method : cseq_method) + "\r\nContent-Length: 0\r\n\r\n";
    }
    bool wait(const std::function<bool()>& done) { return under_test.run_until(done); }
    // Sends an INVITE and waits for its event.
    const IncomingRequest& invited() {
        client.send(request("INVITE"));
        EXPECT_TRUE(wait([&] { return !events.requests.empty(); }));
        return events.requests.front();
    }
    double metric(std::string_view name) {
        for (const auto& sample : under_test.stack().metrics())
            if (sample.name == name) return sample.value;
        return -1;
    }
    void respond(const IncomingRequest& to, int status) {
        under_test.stack().respond(to.txn, make_response(to.message, status, "", "us"));
    }

    RecordingEvents events;
    StackUnderTest under_test{
        {.t1 = milliseconds(20), .t2 = milliseconds(40), .t4 = milliseconds(50)}};
    WireClient client{SipTransport::udp, under_test.address(SipTransport::udp)};
};

TEST_F(StackServerTest, ARequestArrivesWithItsPathAndItsBodyAndIsAnswered) {
    auto options = request("OPTIONS");
    options.replace(options.find("Content-Length: 0"), 17, "Content-Length: 2") += "hi";
    client.send(options);
    ASSERT_TRUE(wait([&] { return events.requests.size() == 1; }));
    const auto& received = events.requests[0];
    EXPECT_EQ(received.message.body, "hi");
    EXPECT_EQ(received.path.transport, SipTransport::udp);
    EXPECT_EQ(received.path.local, under_test.address(SipTransport::udp));
    EXPECT_EQ(received.path.remote.port, client.port());
    respond(received, 200);
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 200 OK\r\n"));
    EXPECT_NE(client.received().find("To: <sip:1000@127.0.0.1>;tag=us"), std::string::npos);
}

TEST_F(StackServerTest, ARequestThatIsNotAdmittedGetsNoByte) {
    events.is_admitting = false;
    auto unreadable = request("OPTIONS", "", "", "3");
    unreadable.replace(unreadable.find("CSeq: 101"), 9, "CSeq: odd");
    client.send(unreadable);  // would be refused with 400
    client.send(request("INVITE"));
    client.send(request("CANCEL"));  // would be answered 481
    ASSERT_TRUE(wait([&] { return under_test.dropped(GuardReason::not_admitted) == 2; }));
    events.is_admitting = true;
    client.send(request("OPTIONS", "", "", "2"));
    ASSERT_TRUE(wait([&] { return events.requests.size() == 1; }));
    respond(events.requests[0], 200);
    EXPECT_TRUE(client.expect(under_test, "101 OPTIONS"));
    EXPECT_TRUE(client.received().starts_with("SIP/2.0 200 OK\r\n")) << client.received();
    EXPECT_TRUE(events.cancels.empty());
}

TEST_F(StackServerTest, ReceivedAtIsWhenTheKernelGotItNotWhenItWasRead) {
    // The kernel begins to stamp a moment after the first socket of the machine has asked for it,
    // so that the first datagram may have no stamp.
    constexpr std::size_t kTries = 20;
    MonoTime sent;
    for (std::size_t i = 0; i < kTries; ++i) {
        client.send(request("OPTIONS", "", "", std::to_string(i)));
        sent = under_test.loop().clock().now();
        const timespec late{.tv_sec = 0, .tv_nsec = 50'000'000};
        nanosleep(&late, nullptr);  // the subject of the test: a process that reads late
        ASSERT_TRUE(wait([&] { return events.requests.size() == i + 1; }));
        if (events.requests.back().received_at - sent < milliseconds(10)) break;
    }
    EXPECT_LT(events.requests.back().received_at - sent, milliseconds(10));
    EXPECT_LT(sent - events.requests.back().received_at, milliseconds(10));
}

TEST_F(StackServerTest, ARetransmittedRequestIsAnsweredWithoutAnEvent) {
    client.send(request("OPTIONS"));
    ASSERT_TRUE(wait([&] { return events.requests.size() == 1; }));
    respond(events.requests[0], 200);
    ASSERT_TRUE(client.expect(under_test, "200 OK"));
    client.received().clear();
    client.send(request("OPTIONS"));
    EXPECT_TRUE(client.expect(under_test, "200 OK"));
    EXPECT_EQ(events.requests.size(), 1U);
    EXPECT_EQ(metric("weir_signaling_absorbed_retransmissions_total"), 1);
}

TEST_F(StackServerTest, A2xxIsSentAgainUntilItsAckComes) {
    respond(invited(), 200);
    ASSERT_TRUE(client.expect(under_test, "200 OK"));
    client.received().clear();
    ASSERT_TRUE(client.expect(under_test, "200 OK")) << "the first retransmission";
    client.send(request("ACK", "", "us", "2"));
    ASSERT_TRUE(wait([&] { return events.acks.size() == 1; }));
    EXPECT_EQ(events.acks[0].first, events.requests[0].txn);
    EXPECT_EQ(events.acks[0].second.message.method, "ACK");
    (void)client.receive();
    client.received().clear();
    EXPECT_FALSE(under_test.run_until(
        [&] { return !(client.received() += client.receive()).empty(); }, milliseconds(150)));
    EXPECT_TRUE(events.ack_timeouts.empty());
}

TEST_F(StackServerTest, AnAckThatComesAgainIsCountedAndDropped) {
    respond(invited(), 200);
    client.send(request("ACK", "", "us", "2"));
    client.send(request("ACK", "", "us", "2"));
    EXPECT_TRUE(wait([&] { return under_test.dropped(GuardReason::unmatched_ack) == 1; }));
    EXPECT_EQ(events.acks.size(), 1U);
}

TEST_F(StackServerTest, A2xxThatNobodyAcknowledgesEndsAfter64T1) {
    respond(invited(), 200);
    ASSERT_TRUE(under_test.run_until([&] { return events.ack_timeouts.size() == 1; },
                                     milliseconds(64 * 20 + 2000)));
    EXPECT_EQ(events.ack_timeouts[0], events.requests[0].txn);
}

TEST_F(StackServerTest, TheAckOfARefusalIsConsumed) {
    respond(invited(), 486);
    ASSERT_TRUE(client.expect(under_test, "486 Busy Here"));
    client.send(request("ACK", "", "us"));
    client.received().clear();
    EXPECT_FALSE(under_test.run_until(
        [&] { return (client.received() += client.receive()).size() > 3000; }, milliseconds(200)));
    EXPECT_TRUE(events.acks.empty());
    EXPECT_EQ(under_test.dropped(), 0U);
}

TEST_F(StackServerTest, AnAnswerThatDoesNotFitADatagramBecomes500) {
    auto refusal = make_response(invited().message, 486, "", "us");
    refusal.body = std::string(70'000, 'x');
    under_test.stack().respond(events.requests[0].txn, refusal);
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 500 "));
    client.send(request("ACK", "", "us"));
    client.send(request("OPTIONS", "", "", "2"));
    EXPECT_TRUE(wait([&] { return events.requests.size() == 2; }));
    EXPECT_EQ(under_test.dropped(), 0U);
}

TEST_F(StackServerTest, A2xxThatCannotBeSentEndsLikeOneThatNobodyAcknowledges) {
    auto ok = make_response(invited().message, 200, "", "us");
    ok.body = std::string(70'000, 'x');
    under_test.stack().respond(events.requests[0].txn, ok);
    EXPECT_TRUE(events.ack_timeouts.empty()) << "events come from the loop only";
    ASSERT_TRUE(wait([&] { return events.ack_timeouts.size() == 1; }));
    EXPECT_EQ(events.ack_timeouts[0], events.requests[0].txn);
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 500 "));
}

TEST_F(StackServerTest, ACancelIsAnsweredAndReportedAndTheInviteStaysOpen) {
    respond(invited(), 180);
    client.send(request("CANCEL"));
    ASSERT_TRUE(wait([&] { return events.cancels.size() == 1; }));
    EXPECT_EQ(events.cancels[0].first, events.requests[0].txn);
    ASSERT_TRUE(client.expect(under_test, "CSeq: 101 CANCEL"));
    EXPECT_NE(client.received().find("200 OK"), std::string::npos);
    EXPECT_EQ(client.received().find("SIP/2.0 487"), std::string::npos) << "the call answers that";
    respond(events.requests[0], 487);
    EXPECT_TRUE(client.expect(under_test, "487 Request Terminated"));
}

TEST_F(StackServerTest, ACancelBeforeAnyTaggedAnswerLeavesThe2xxAcknowledgeable) {
    const auto& invite = invited();
    client.send(request("CANCEL"));
    ASSERT_TRUE(wait([&] { return events.cancels.size() == 1; }));
    respond(invite, 200);  // the callee answered at the same moment
    ASSERT_TRUE(client.expect(under_test, "CSeq: 101 INVITE"));
    client.send(request("ACK", "", "us", "2"));
    EXPECT_TRUE(wait([&] { return events.acks.size() == 1; }));
}

TEST_F(StackServerTest, ACancelBehindA2xxChangesNothing) {
    respond(invited(), 200);
    client.send(request("CANCEL"));
    ASSERT_TRUE(client.expect(under_test, "CSeq: 101 CANCEL"));
    EXPECT_EQ(client.received().find("481"), std::string::npos) << "RFC 3261 9.2: 200 even so";
    EXPECT_TRUE(events.cancels.empty());
}

TEST_F(StackServerTest, ACancelOfNothingIs481) {
    client.send(request("CANCEL"));
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 481 "));
    EXPECT_TRUE(events.cancels.empty());
    EXPECT_TRUE(events.requests.empty());
}

TEST_F(StackServerTest, ASecondFinalAnswerIsIgnored) {
    client.send(request("OPTIONS"));
    ASSERT_TRUE(wait([&] { return events.requests.size() == 1; }));
    respond(events.requests[0], 404);
    respond(events.requests[0], 200);
    respond(IncomingRequest{.txn = ServerTxn{999},
                            .message = events.requests[0].message,
                            .path = {},
                            .received_at = {}},
            200);
    ASSERT_TRUE(client.expect(under_test, "404"));
    EXPECT_EQ(client.received().find("200 OK"), std::string::npos);
}

TEST_F(StackServerTest, AnAnswerWithAForeignCSeqStillFits) {
    client.send(request("OPTIONS"));
    ASSERT_TRUE(wait([&] { return events.requests.size() == 1; }));
    auto response = make_response(events.requests[0].message, 200, "", "us");
    response.set("CSeq", "7 INVITE");
    under_test.stack().respond(events.requests[0].txn, response);
    EXPECT_TRUE(client.expect(under_test, "CSeq: 101 OPTIONS"));
}

TEST_F(StackServerTest, HeadersOfAnAnswerKeepTheirTextAndOrder) {
    client.send(request("OPTIONS"));
    ASSERT_TRUE(wait([&] { return events.requests.size() == 1; }));
    auto response = make_response(events.requests[0].message, 200, "", "us");
    response.add("Date", "not a date");
    response.add("Session-Expires", "x;y;;z");
    response.add("X-Odd", "a,  b ; c");
    response.body = "v=0\r\n";
    under_test.stack().respond(events.requests[0].txn, response);
    ASSERT_TRUE(client.expect(under_test, "v=0\r\n"));
    EXPECT_NE(client.received().find("Date: not a date\r\nSession-Expires: x;y;;z\r\n"
                                     "X-Odd: a,  b ; c\r\n"),
              std::string::npos)
        << client.received();
}

TEST_F(StackServerTest, WithoutAnAnswerTryingIsSentByItself) {
    (void)invited();
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 100 Trying"));
}

TEST_F(StackServerTest, GarbageIsCountedAndNotAnswered) {
    client.send(std::string(60'000, 'A'));
    client.send("\x01\x02garbage");
    client.send("\r\n\r\n");
    client.send(std::string(1, '\0'));
    ASSERT_TRUE(wait([&] { return under_test.stack().stats().datagrams >= 4; }));
    EXPECT_EQ(under_test.dropped(GuardReason::too_big), 1U);
    EXPECT_EQ(under_test.dropped(GuardReason::not_sip), 2U);
    EXPECT_EQ(under_test.stack().stats().keepalives, 1U);
    EXPECT_EQ(client.receive(), "");
}

TEST_F(StackServerTest, TheLargestDatagramOfAllIsDropped) {
    auto options = request("OPTIONS");
    options.insert(options.find("Max-Forwards"), "X: " + std::string(60'000, 'y') + "\r\n");
    client.send(options);
    ASSERT_TRUE(wait([&] { return under_test.dropped(GuardReason::too_big) == 1; }));
    client.send(request("OPTIONS"));
    EXPECT_TRUE(wait([&] { return events.requests.size() == 1; })) << "the next one is served";
}

TEST_F(StackServerTest, ListenersReportTheirRealPorts) {
    const auto listeners = under_test.stack().listeners();
    ASSERT_EQ(listeners.size(), 2U);
    EXPECT_NE(listeners[0].second.port, 0);
    EXPECT_EQ(listeners[1].first, SipTransport::tcp);
}

TEST(StackCreation, AnAddressThatIsNotOursIsAnErrorWithItsName) {
    NullLogger log;
    SystemRandom random;
    auto loop = SofiaLoop::create(log);
    SofiaOptions options;
    options.listeners = {
        {.transport = SipTransport::udp, .address = *Endpoint::parse("192.0.2.1", 5060)}};
    const auto stack = SofiaStack::create(**loop, options, random);
    ASSERT_FALSE(stack.has_value());
    EXPECT_NE(stack.error().context.find("192.0.2.1:5060"), std::string::npos);
}

TEST(StackCreation, APortInUseIsAnErrorThatSaysSo) {
    NullLogger log;
    SystemRandom random;
    auto loop = SofiaLoop::create(log);
    for (const auto transport : {SipTransport::udp, SipTransport::tcp}) {
        SofiaOptions options;
        options.listeners = {{.transport = transport, .address = *Endpoint::parse("127.0.0.1", 0)}};
        const auto first = SofiaStack::create(**loop, options, random);
        ASSERT_TRUE(first.has_value()) << first.error().context;
        const Endpoint taken = (*first)->listeners()[0].second;
        options.listeners[0].address = taken;
        const auto second = SofiaStack::create(**loop, options, random);
        ASSERT_FALSE(second.has_value());
        EXPECT_EQ(second.error().code, ErrorCode::exists);
        const std::string name = transport == SipTransport::udp ? "UDP" : "TCP";
        EXPECT_EQ(second.error().context.find(name + " port " + taken.to_string() +
                                              " is in use by another program: "),
                  0U)
            << second.error().context;
    }
}

TEST(StackCreation, AWildcardAddressIsRefused) {
    NullLogger log;
    SystemRandom random;
    auto loop = SofiaLoop::create(log);
    SofiaOptions options;
    options.listeners = {
        {.transport = SipTransport::udp, .address = *Endpoint::parse("0.0.0.0:5060", 0)}};
    const auto stack = SofiaStack::create(**loop, options, random);
    ASSERT_FALSE(stack.has_value());
    EXPECT_EQ(stack.error().code, ErrorCode::invalid);
}

// Two parties of our own over IPv6: each on its loop, both on this thread.
TEST(StackOverIpv6, ARequestAndItsAnswerFindTheirWay) {
    NullLogger log;
    SystemRandom random;
    for (const auto transport : {SipTransport::udp, SipTransport::tcp}) {
        auto loop_a = SofiaLoop::create(log);
        auto loop_b = SofiaLoop::create(log);
        SofiaOptions options;
        options.listeners = {{.transport = transport,
                              .address = Endpoint{.address = *IpAddress::parse("::1"), .port = 0}}};
        auto a = SofiaStack::create(**loop_a, options, random);
        auto b = SofiaStack::create(**loop_b, options, random);
        if (!a || !b) GTEST_SKIP() << "no IPv6 here: " << (a ? b : a).error().context;
        RecordingEvents at_a;
        RecordingEvents at_b;
        (*a)->set_events(at_a);
        (*b)->set_events(at_b);
        OutgoingRequest request;
        request.message.method = "OPTIONS";
        request.message.request_uri = "sip:[::1]";
        request.message.headers = {{"Max-Forwards", "70"},
                                   {"From", "<sip:a@[::1]>;tag=a"},
                                   {"To", "<sip:b@[::1]>"},
                                   {"Call-ID", "v6"},
                                   {"CSeq", "101 OPTIONS"}};
        request.path = {
            .transport = transport, .local = {}, .remote = (*b)->listeners().front().second};
        ASSERT_TRUE((*a)->send(request).has_value());
        for (int i = 0; i < 1000 && at_a.responses.empty(); ++i) {
            (*loop_a)->run_for(milliseconds(1));
            (*loop_b)->run_for(milliseconds(1));
            if (at_b.requests.size() != 1) continue;
            (*b)->respond(at_b.requests[0].txn,
                          make_response(at_b.requests[0].message, 200, "", "b"));
        }
        ASSERT_EQ(at_a.responses.size(), 1U) << to_string(transport);
        EXPECT_EQ(at_b.requests[0].path.remote.address, *IpAddress::parse("::1"));
    }
}

}  // namespace
}  // namespace weir::signaling
