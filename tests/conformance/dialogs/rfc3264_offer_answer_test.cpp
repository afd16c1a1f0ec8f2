// SPDX-License-Identifier: Apache-2.0
// RFC 3264: offers and answers through the B2BUA.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

constexpr const char* kVideo = "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n";

class Rfc3264 : public tests::CallBench {
protected:
    std::string last_offer() const { return stack.sent_with("INVITE").back().request.message.body; }
};

// 5: "If the session description is modified, the version number MUST increase by one" (8).
TEST_F(Rfc3264, VersionRisesByOneWithEachChange) {
    connect();
    const auto version = [](const std::string& body) {
        const auto begin = body.find("o=Weir ") + 7;
        const auto second = body.find(' ', begin) + 1;
        return std::stoul(body.substr(second));
    };
    const auto first = version(invite_out().request.message.body);
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    EXPECT_EQ(version(last_offer()), first + 1);
}

// 6: "the answer MUST contain exactly the same number of m= lines as the offer".
TEST_F(Rfc3264, AnswerWithFewerMediaLinesIsNoAnswer) {
    const auto txn = call(invite(sdp("203.0.113.5", 4000, kVideo)));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(last_answer(txn).status, 500);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
}

// 6: a refused stream has port 0, and keeps its place.
TEST_F(Rfc3264, RefusedStreamHasPortZeroInItsPlace) {
    const auto txn = call(invite(sdp("203.0.113.5", 4000, kVideo)));
    answer(invite_out(), 200,
           sdp("192.0.2.20", 5000, "m=video 0 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"));
    EXPECT_NE(last_answer(txn).body.find("m=video 0 RTP/AVP 97"), std::string::npos);
    ASSERT_EQ(log.connected.streams.size(), 2U);
    EXPECT_FALSE(log.connected.streams[1].active);
}

// 6.1: the answer uses formats of the offer only.
TEST_F(Rfc3264, FormatThatWasNotOfferedDoesNotReachTheOfferer) {
    const auto txn = call(invite(sdp("203.0.113.5", 4000, "", "0")));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_NE(last_answer(txn).body.find("m=audio 16384 RTP/AVP 0\r\n"), std::string::npos);
}

// 8.1: a stream may be added behind the others.
TEST_F(Rfc3264, StreamCanBeAdded) {
    connect();
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, kVideo));
    EXPECT_NE(last_offer().find("m=video 16390"), std::string::npos);
}

// 8.2: a stream is removed with port 0.
TEST_F(Rfc3264, StreamCanBeRemoved) {
    call(invite(sdp("203.0.113.5", 4000, kVideo)));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000, "m=video 5002 RTP/AVP 97\r\n"));
    ack(invite_);
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, "m=video 0 RTP/AVP 97\r\n"));
    EXPECT_NE(last_offer().find("m=video 0 RTP/AVP 97"), std::string::npos);
    answer(stack.sent_with("INVITE").back(), 200,
           sdp("192.0.2.20", 5000, "m=video 0 RTP/AVP 97\r\n"));
    EXPECT_FALSE(media.remote(1, Side::a).is_set());
    EXPECT_FALSE(media.remote(1, Side::b).is_set());
}

// 8.4: hold by direction, and RFC 2543's by address, reach the other side as direction.
TEST_F(Rfc3264, BothFormsOfHoldReachTheOtherSideAsDirection) {
    connect();
    const auto first = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    EXPECT_NE(last_offer().find("a=sendonly"), std::string::npos);
    answer(stack.sent_with("INVITE").back(), 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    ack(first);
    send_from_caller("INVITE", sdp("0.0.0.0", 4000));
    EXPECT_NE(last_offer().find("a=sendonly"), std::string::npos);
    EXPECT_EQ(last_offer().find("0.0.0.0"), std::string::npos);
}

// 4 and RFC 3261 13.2.1: an INVITE without offer: the offer is in the 2xx, the answer in the ACK.
TEST_F(Rfc3264, OfferMayComeInTheSuccessAndItsAnswerInTheAck) {
    const auto txn = call(invite(""));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_FALSE(last_answer(txn).body.empty());
    ack(txn, sdp("203.0.113.5", 4000));
    ASSERT_EQ(stack.acks.size(), 1U);
    EXPECT_FALSE(stack.acks[0].message.body.empty());
}

}  // namespace
}  // namespace weir::signaling
