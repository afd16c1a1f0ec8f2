// SPDX-License-Identifier: Apache-2.0
// Payload types that differ between the legs (spec A.10): rtp payload-type, asymmetric payload,
// what weir-media and listeners are told.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using dataplane::Side;
using tests::sdp;

// G.711 and telephone-event by that number.
std::string events_by(unsigned number, const char* address, unsigned port,
                      const std::string& more = {}) {
    const std::string text = std::to_string(number);
    return "v=0\r\no=- 1 1 IN IP4 " + std::string(address) + "\r\ns=-\r\nc=IN IP4 " + address +
           "\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP 0 " + text +
           "\r\na=rtpmap:" + text + " telephone-event/8000\r\n" + more;
}
std::string callee_by(unsigned number, const std::string& more = {}) {
    return events_by(number, "192.0.2.20", 5000, more);
}

class CallPayloadTypes : public tests::MidcallBench {
protected:
    void number(std::uint32_t tag, const std::string& line) {
        config.dial_peers[config::DialPeerTag{tag}].kept.push_back({line, line, {}});
        apply();
    }
    // What weir-media was told last of that stream and side: "101>96 ".
    std::string numbers_of(Side side, std::uint8_t stream = 0) const {
        std::string text = "(never)";
        for (const auto& command : media.sent<dataplane::SetPayloadTypes>()) {
            if (command.side != side || command.stream != stream) continue;
            text.clear();
            for (std::size_t i = 0; i < command.count; ++i)
                text += std::to_string(command.pairs.at(i).from) + ">" +
                        std::to_string(command.pairs.at(i).to) + " ";
        }
        return text;
    }
    std::size_t commands() const { return media.sent<dataplane::SetPayloadTypes>().size(); }
    // The call of the tests below: events are 101 for the caller and 96 for the callee.
    signaling::ServerTxn connect_numbered() {
        number(20, "rtp payload-type nte 96");
        const auto txn = call();
        answer(invite_out(), 200, callee_by(96));
        ack(txn);
        return txn;
    }
};

TEST_F(CallPayloadTypes, LegsThatAgreeNeedNoCommand) {
    connect();
    EXPECT_EQ(commands(), 0U);
}

TEST_F(CallPayloadTypes, OfferHasTheNumberOfThePeerAndTheAnswerThatOfTheCaller) {
    number(20, "rtp payload-type nte 96");
    const auto txn = call();
    EXPECT_TRUE(has(body_out(), "m=audio 16386 RTP/AVP 0 96\r\n")) << body_out();
    EXPECT_TRUE(has(body_out(), "a=rtpmap:96 telephone-event/8000\r\n"));
    EXPECT_TRUE(has(body_out(), "a=fmtp:96 0-16\r\n"));
    answer(invite_out(), 200, callee_by(96));
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio 16384 RTP/AVP 0 101\r\n"))
        << last_answer(txn).body;
    EXPECT_EQ(numbers_of(Side::a), "101>96 ");
    EXPECT_EQ(numbers_of(Side::b), "96>101 ");
}

TEST_F(CallPayloadTypes, CalleesPacketsMayComeBeforeItsAnswer) {
    number(20, "rtp payload-type nte 96");
    call();
    EXPECT_EQ(numbers_of(Side::b), "96>101 ");
}

TEST_F(CallPayloadTypes, EarlyMediaIsNumberedBothWays) {
    number(20, "rtp payload-type nte 96");
    const auto txn = call();
    answer(invite_out(), 183, callee_by(96));
    EXPECT_TRUE(has(last_answer(txn).body, "RTP/AVP 0 101\r\n"));
    EXPECT_EQ(numbers_of(Side::a), "101>96 ");
}

TEST_F(CallPayloadTypes, ListenersHearTheNumbersOfEachParty) {
    connect_numbered();
    ASSERT_EQ(log.connected.streams.size(), 1U);
    const auto& stream = log.connected.streams[0];
    ASSERT_EQ(stream.formats_of(Side::a).size(), 2U);
    ASSERT_EQ(stream.formats_of(Side::b).size(), 2U);
    EXPECT_EQ(stream.formats_of(Side::a)[1].payload_type, 101);
    EXPECT_EQ(stream.formats_of(Side::b)[1].payload_type, 96);
    EXPECT_EQ(stream.formats_of(Side::b)[1].rtpmap, "telephone-event/8000");
}

TEST_F(CallPayloadTypes, OffersInsideTheCallKeepTheNumbersOfEachLeg) {
    connect_numbered();
    const auto before = commands();
    const auto from_callee = send_from_callee("INVITE", callee_by(96, "a=sendonly\r\n"));
    EXPECT_TRUE(has(body_out(), "RTP/AVP 0 101\r\n")) << body_out();
    stack.answer(last_out("INVITE"), 200, "", sdp("203.0.113.5", 4000, "a=recvonly\r\n"));
    EXPECT_TRUE(has(last_answer(from_callee).body, "RTP/AVP 0 96\r\n"))
        << last_answer(from_callee).body;
    ack_from_callee(from_callee);
    const auto from_caller = caller_sends("INVITE", sdp("203.0.113.5", 4000));
    EXPECT_TRUE(has(body_out(), "RTP/AVP 0 96\r\n")) << body_out();
    answer(last_out("INVITE"), 200, callee_by(96));
    EXPECT_TRUE(has(last_answer(from_caller).body, "RTP/AVP 0 101\r\n"));
    EXPECT_EQ(commands(), before) << "nothing has changed";
}

TEST_F(CallPayloadTypes, AnotherNumberInTheAnswerIsMappedWithAsymmetricPayload) {
    of_peer(20).asymmetric_payload = config::AsymmetricPayload::dtmf;
    apply();
    const auto txn = call();
    answer(invite_out(), 200, callee_by(110));
    EXPECT_TRUE(has(last_answer(txn).body, "RTP/AVP 0 101\r\n")) << last_answer(txn).body;
    EXPECT_EQ(numbers_of(Side::a), "101>110 ");
    // RFC 3264 5.1 says 101; who answers so often sends its own number.
    EXPECT_EQ(numbers_of(Side::b), "110>101 ");
}

TEST_F(CallPayloadTypes, NextCandidateBeginsWithoutTheNumbersOfTheLast) {
    number(20, "rtp payload-type nte 96");
    auto& second = add_peer(21, "2..", "", "192.0.2.21");
    second.preference = 5;
    apply();
    call();
    EXPECT_EQ(numbers_of(Side::b), "96>101 ");
    answer(invite_out(), 503);
    ASSERT_EQ(count_out("INVITE"), 2U);
    EXPECT_TRUE(has(body_out(), "RTP/AVP 0 101\r\n"));
    EXPECT_EQ(numbers_of(Side::b), "");
}

TEST_F(CallPayloadTypes, WeirMediaThatComesBackIsToldAgain) {
    connect_numbered();
    const auto before = commands();
    media.go_down();
    media.come_up();
    media.deliver();
    EXPECT_GT(commands(), before);
    EXPECT_EQ(numbers_of(Side::a), "101>96 ");
}

TEST_F(CallPayloadTypes, VideoHasItsOwnNumbers) {
    number(20, "rtp payload-type cisco-codec-video-h264 119");
    const auto video = [](const char* port, const char* number) {
        return "m=video " + std::string(port) + " RTP/AVP " + number + "\r\na=rtpmap:" + number +
               " H264/90000\r\n";
    };
    const auto txn = call(invite(sdp("203.0.113.5", 4000, video("4002", "97"))));
    EXPECT_TRUE(has(body_out(), " RTP/AVP 119\r\na=rtpmap:119")) << body_out();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000, video("5002", "119")));
    EXPECT_TRUE(has(last_answer(txn).body, " RTP/AVP 97\r\n"));
    EXPECT_EQ(numbers_of(Side::a, 1), "97>119 ");
    EXPECT_EQ(numbers_of(Side::b, 1), "119>97 ");
    EXPECT_EQ(numbers_of(Side::a, 0), "(never)");
}

TEST_F(CallPayloadTypes, ForcedOfferIsNumberedForEachLeg) {
    number(20, "rtp payload-type nte 96");
    number(10, "rtp payload-type nte 97");
    of_peer(20).early_offer = config::EarlyOffer::forced;
    apply();
    const auto txn = call(invite(""));
    EXPECT_TRUE(has(body_out(), "RTP/AVP 0 96 ")) << body_out();
    answer(invite_out(), 200, callee_by(96));
    EXPECT_TRUE(has(last_answer(txn).body, "RTP/AVP 0 97\r\n")) << last_answer(txn).body;
    ack(txn, events_by(97, "203.0.113.5", 4000));
    EXPECT_EQ(numbers_of(Side::a), "97>96 ");
    EXPECT_EQ(numbers_of(Side::b), "96>97 ");
    EXPECT_EQ(log.connected.streams.at(0).formats_of(Side::a).at(1).payload_type, 97);
    EXPECT_EQ(log.connected.streams.at(0).formats_of(Side::b).at(1).payload_type, 96);
}

// Spec A.11: how digits go is said on each leg as its peer wants it.
TEST_F(CallPayloadTypes, DigitsByNotifyAreOfferedToThePeerThatWantsThem) {
    config.dial_peers[config::DialPeerTag{20}].dtmf_relay = {config::DtmfRelay::sip_notify};
    config.sip_ua.kept.push_back(
        {"notify telephone-event max-duration", "notify telephone-event max-duration 500", {}});
    apply();
    const auto txn = call();
    EXPECT_EQ(header(invite_out().request.message, "Call-Info"),
              "<sip:198.51.100.1>;method=\"NOTIFY;Event=telephone-event;Duration=500\"");
    EXPECT_TRUE(has(body_out(), "RTP/AVP 0\r\n")) << "no events in RTP toward that peer";
    answer(invite_out(), 200, sdp("192.0.2.20", 5000, "", "0"));
    EXPECT_EQ(header(last_answer(txn), "Call-Info"), "(none)");
}

TEST_F(CallPayloadTypes, ForcedOfferHasTheVideoOfThePeer) {
    config.dial_peers[config::DialPeerTag{20}].kept.push_back(
        {"video codec", "video codec h264", {}});
    of_peer(20).early_offer = config::EarlyOffer::forced;
    apply();
    const auto txn = call(invite(""));
    EXPECT_TRUE(has(body_out(), "RTP/AVP 119\r\n")) << body_out();
    EXPECT_TRUE(has(body_out(), "a=rtpmap:119 H264/90000\r\n"));
    answer(invite_out(), 200,
           sdp("192.0.2.20", 5000, "m=video 5002 RTP/AVP 119\r\na=rtpmap:119 H264/90000\r\n"));
    EXPECT_TRUE(has(last_answer(txn).body, "m=video 1")) << last_answer(txn).body;
    ack(txn, sdp("203.0.113.5", 4000, "m=video 0 RTP/AVP 119\r\n"));
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
}

}  // namespace
}  // namespace weir::signaling
