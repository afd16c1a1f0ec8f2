// SPDX-License-Identifier: Apache-2.0
// SofiaStack over TCP: messages in pieces, in rows, broken ones, and limits.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "config/base/limits.hpp"
#include "signaling/sip/source_limits.hpp"
#include "tests/support/recording_events.hpp"
#include "tests/support/wire_client.hpp"

namespace weir::signaling {
namespace {

using tests::RecordingEvents;
using tests::StackUnderTest;
using tests::WireClient;

class StackStreamTest : public testing::Test {
protected:
    StackStreamTest() { under_test.stack().set_events(events); }

    static std::string options(int number, const std::string& body = "") {
        return "OPTIONS sip:1000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK" +
               std::to_string(number) +
               "\r\nFrom: <sip:a@127.0.0.1>;tag=f\r\nTo: <sip:1000@127.0.0.1>\r\nCall-ID: c" +
               std::to_string(number) +
               "\r\nCSeq: 1 OPTIONS\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }
    bool wait_for_requests(std::size_t count) {
        return under_test.run_until([&] { return events.requests.size() >= count; });
    }

    RecordingEvents events;
    StackUnderTest under_test;
    WireClient client{SipTransport::tcp, under_test.address(SipTransport::tcp)};
};

TEST_F(StackStreamTest, AMessageInSingleBytesIsOneMessage) {
    const std::string text = options(1, "body");
    for (const char byte : text) {
        client.send(std::string_view(&byte, 1));
        under_test.loop().run_for(std::chrono::microseconds(100));
    }
    ASSERT_TRUE(wait_for_requests(1));
    EXPECT_EQ(events.requests[0].message.body, "body");
    EXPECT_EQ(events.requests[0].path.transport, SipTransport::tcp);
    EXPECT_EQ(under_test.dropped(), 0U);
}

TEST_F(StackStreamTest, PipelinedMessagesArriveEachAndInOrder) {
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += options(i, "body" + std::to_string(i));
    client.send(text);
    ASSERT_TRUE(wait_for_requests(50));
    for (std::size_t i = 0; i < 50; ++i)
        EXPECT_EQ(events.requests[i].message.body, "body" + std::to_string(i));
}

TEST_F(StackStreamTest, ARowOfMessagesMayBeLongerThanOneMessageMayBe) {
    std::string text;
    std::size_t count = 0;
    for (; text.size() < 8 * kSipMaxStreamMessage; ++count)
        text += options(static_cast<int>(count), std::string(1000, 'x'));
    client.send(text);
    ASSERT_TRUE(wait_for_requests(count));
    EXPECT_EQ(under_test.dropped(), 0U);
}

TEST_F(StackStreamTest, AHalfMessageWaitsForItsOtherHalfBehindAWholeOne) {
    const std::string second = options(2, "second");
    client.send(options(1) + second.substr(0, 100));
    ASSERT_TRUE(wait_for_requests(1));
    client.send(second.substr(100));
    ASSERT_TRUE(wait_for_requests(2));
    EXPECT_EQ(events.requests[1].message.body, "second");
}

TEST_F(StackStreamTest, ABodyThatIsLongerThanADatagramArrivesWhole) {
    const std::string body(40'000, 'x');
    client.send(options(1, body));
    ASSERT_TRUE(wait_for_requests(1));
    EXPECT_EQ(events.requests[0].message.body, body);
}

TEST_F(StackStreamTest, TheAnswerComesBackOnTheSameConnection) {
    client.send(options(1));
    ASSERT_TRUE(wait_for_requests(1));
    const auto& request = events.requests[0];
    under_test.stack().respond(request.txn, make_response(request.message, 200, "", "us"));
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 200 OK"));
}

// Found by fuzzing: sofia took an excluded byte in a URI, but none beside an escape.
TEST_F(StackStreamTest, APartyWithAnEscapeBesideAnExcludedByteIsServedAndAnswered) {
    std::string text = options(1);
    const std::string party = "To: <sip:1000@";
    text.replace(text.find(party), party.size(), "To: <sip:n%00]l@");
    client.send(text);
    ASSERT_TRUE(wait_for_requests(1));
    const auto& request = events.requests[0];
    under_test.stack().respond(request.txn, make_response(request.message, 200, "", "us"));
    EXPECT_TRUE(client.expect(under_test, "To: <sip:n%00]l@127.0.0.1>"));
}

TEST_F(StackStreamTest, ADoubleLineEndIsAPingAndIsAnsweredWithOne) {
    client.send("\r\n\r\n");
    EXPECT_TRUE(client.expect(under_test, "\r\n"));
    client.send("\r\n\r\n" + options(1));
    EXPECT_TRUE(wait_for_requests(1));
}

TEST_F(StackStreamTest, AMalformedMessageIsAnsweredAndTheNextOneServed) {
    std::string bad = options(1);
    bad.replace(bad.find("CSeq: 1 OPTIONS"), 15, "CSeq: x OPTIONS");
    client.send(bad + options(2));
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 400 "));
    EXPECT_TRUE(wait_for_requests(1));
    EXPECT_EQ(under_test.dropped(GuardReason::cseq), 1U);
}

TEST_F(StackStreamTest, TheShortestRequestsOfAllAreServed) {
    client.send(
        "INVITE tel:1 SIP/2.0\r\nv:SIP/2.0/TCP h,SIP/2.0/TCP i\r\nf:<a:b>\r\nt:a:b\r\ni:1\r\n"
        "CSeq:1 INVITE\r\nl:0\r\n\r\n");
    EXPECT_TRUE(wait_for_requests(1));
}

TEST_F(StackStreamTest, BareLineEndsAreReadToo) {
    client.send(
        "INVITE tel:1 SIP/2.0\nv:SIP/2.0/TCP h\nf:<a:b>\nt:a:b\ni:1\nCSeq:1 INVITE\nl:0\n\n");
    EXPECT_TRUE(wait_for_requests(1));
}

TEST_F(StackStreamTest, WithoutContentLengthTheConnectionEndsWithA400) {
    std::string bad = options(1);
    bad.erase(bad.find("Content-Length"), 19);
    client.send(bad);
    EXPECT_TRUE(client.expect(under_test, "SIP/2.0 400 "));
    EXPECT_TRUE(under_test.run_until([&] { return client.is_closed(); }));
    EXPECT_TRUE(events.requests.empty());
}

TEST_F(StackStreamTest, GarbageEndsTheConnection) {
    client.send(std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
    EXPECT_TRUE(under_test.run_until([&] { return client.is_closed(); }));
    EXPECT_EQ(under_test.dropped(GuardReason::not_sip), 1U);
}

TEST_F(StackStreamTest, AnEndlessHeadEndsTheConnection) {
    client.send("OPTIONS sip:a@b SIP/2.0\r\n");
    const std::string line = "X: " + std::string(1000, 'y') + "\r\n";
    EXPECT_TRUE(under_test.run_until([&] {
        client.send(line);
        return client.is_closed();
    }));
    EXPECT_EQ(under_test.dropped(GuardReason::too_big), 1U);
}

TEST_F(StackStreamTest, APeerThatLeavesInMidMessageLeavesNothingBehind) {
    {
        const WireClient leaver(SipTransport::tcp, under_test.address(SipTransport::tcp));
        leaver.send(options(1).substr(0, 60));
        EXPECT_TRUE(under_test.run_until(
            [&] { return under_test.stack().stats().connections_opened >= 2; }));
    }
    client.send(options(2));
    EXPECT_TRUE(wait_for_requests(1));
}

// Sofia ends the process (an assertion) when an ACK meets an INVITE whose refusal it could not
// send.
TEST_F(StackStreamTest, AnAckOfARefusalThatCouldNotBeSentIsKeptFromSofia) {
    const auto request = [](const std::string& method) {
        return method +
               " sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bKx\r\n"
               "From: <sip:a@b>;tag=f\r\nTo: <sip:a@b>\r\nCall-ID: unsent\r\nCSeq: 1 " +
               method + "\r\nContent-Length: 0\r\n\r\n";
    };
    {
        const WireClient leaver(SipTransport::tcp, under_test.address(SipTransport::tcp));
        leaver.send(request("INVITE"));
        ASSERT_TRUE(wait_for_requests(1));
    }
    ASSERT_FALSE(under_test.run_until([] { return false; }, std::chrono::milliseconds(20)));
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);  // no descriptor for a connection back to the peer
    const auto& invite = events.requests[0];
    under_test.stack().respond(invite.txn, make_response(invite.message, 486, "", "us"));
    setrlimit(RLIMIT_NOFILE, &before);
    client.send(request("ACK") + options(1));
    EXPECT_TRUE(wait_for_requests(2));
    EXPECT_EQ(under_test.dropped(GuardReason::unmatched_ack), 1U);
}

TEST_F(StackStreamTest, OneSourceCannotOpenMoreThanItsShareOfConnections) {
    std::vector<std::unique_ptr<WireClient>> clients;
    for (std::size_t i = 0; i < kSipMaxConnectionsPerSource + 4; ++i) {
        clients.push_back(
            std::make_unique<WireClient>(SipTransport::tcp, under_test.address(SipTransport::tcp)));
        under_test.loop().run_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(under_test.run_until(
        [&] { return under_test.dropped(GuardReason::too_many_connections) >= 4; }));
    EXPECT_TRUE(under_test.run_until([&] { return clients.back()->is_closed(); }));
    clients.front()->send(options(1));
    EXPECT_TRUE(wait_for_requests(1)) << "those that are in are served";
}

// Over UDP such a source is not read any more (SourceLimits); a stream would be read for ever.
TEST_F(StackStreamTest, AStrangerThatHasSpentItsTokensIsCutOffInMidStream) {
    constexpr int kRequests = 4 * static_cast<int>(kStrangerBurst);
    events.is_admitting = false;
    std::string text;
    for (int i = 0; i < kRequests; ++i)
        text += options(i);
    client.send(text);
    ASSERT_TRUE(under_test.run_until([&] {
        return client.is_closed() || under_test.dropped(GuardReason::not_admitted) == kRequests;
    }));
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(under_test.dropped(GuardReason::source_rate), 1U);
    EXPECT_EQ(client.received(), "");
}

}  // namespace
}  // namespace weir::signaling
