// SPDX-License-Identifier: Apache-2.0
// RFC 3264 6: answers through us: places, directions, numbers, and the refusal of what has nothing
// in common (RFC 3261 20.43).
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::held;
using tests::sdp;

class Rfc3264Answer : public tests::MidcallBench {
protected:
    std::string answered(const std::string& offer, const std::string& by_callee) {
        const auto txn = call(invite(offer));
        answer(invite_out(), 200, by_callee);
        return last_answer(txn).body;
    }
};

// "the answer MUST contain exactly the same number of m= lines": video, BFCP, fax and an unknown
// one keep their places.
TEST_F(Rfc3264Answer, LinesOfEveryKindKeepTheirPlaces) {
    const std::string lines =
        "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
        "m=application 4004 UDP/BFCP *\r\n"
        "m=image 4006 udptl t38\r\n"
        "m=text 4008 TCP/MRCPv2 1\r\n";
    const auto txn = call(invite(sdp("203.0.113.5", 4000, lines)));
    const auto offer = body_out();
    std::size_t at = 0;
    for (const char* line :
         {"m=audio 1", "m=video 1", "m=application 1", "m=image 1", "m=text 0 "}) {
        const auto found = offer.find(line, at);
        EXPECT_NE(found, std::string::npos) << line << " in\n" << offer;
        at = found == std::string::npos ? at : found;
    }
    answer(invite_out(), 200,
           sdp("192.0.2.20", 5000,
               "m=video 0 RTP/AVP 97\r\nm=application 5004 UDP/BFCP *\r\n"
               "m=image 0 udptl t38\r\nm=text 0 TCP/MRCPv2 1\r\n"));
    const auto told = last_answer(txn).body;
    EXPECT_TRUE(has(told, "m=video 0 "));
    EXPECT_FALSE(has(told, "m=application 0 "));
}

// 6.1: "If a stream is offered as sendonly, the corresponding stream MUST be marked as recvonly or
// inactive in the answer": a callee that says nothing is put right.
TEST_F(Rfc3264Answer, AnswerThatClaimsTooMuchIsCut) {
    EXPECT_TRUE(has(answered(held("203.0.113.5", 4000), sdp("192.0.2.20", 5000)), "a=recvonly"));
}

TEST_F(Rfc3264Answer, InactiveOfferStaysInactive) {
    EXPECT_TRUE(has(answered(held("203.0.113.5", 4000, "inactive"), sdp("192.0.2.20", 5000)),
                    "a=inactive"));
}

// Spec A.10: another payload type for the same format passes only with asymmetric payload.
TEST_F(Rfc3264Answer, EventsUnderAnotherNumberNeedAsymmetricPayload) {
    const std::string events =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\n"
        "t=0 0\r\nm=audio 5000 RTP/AVP 0 110\r\n"
        "a=rtpmap:110 telephone-event/8000\r\n";
    EXPECT_TRUE(has(answered(sdp("203.0.113.5", 4000), events), "m=audio 16384 RTP/AVP 0\r\n"));
}

// With it the offerer is told the number of its own offer, and the packets are renumbered.
TEST_F(Rfc3264Answer, AsymmetricPayloadGivesTheOffererItsOwnNumber) {
    everyone().asymmetric_payload = config::AsymmetricPayload::dtmf;
    apply();
    const std::string events =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\n"
        "t=0 0\r\nm=audio 5000 RTP/AVP 0 110\r\n"
        "a=rtpmap:110 telephone-event/8000\r\n";
    const auto told = answered(sdp("203.0.113.5", 4000), events);
    EXPECT_TRUE(has(told, "m=audio 16384 RTP/AVP 0 101\r\n")) << told;
    ASSERT_FALSE(media.sent<dataplane::SetPayloadTypes>().empty());
    EXPECT_EQ(media.sent<dataplane::SetPayloadTypes>().front().pairs[0],
              (dataplane::PayloadPair{101, 110}));
}

// Spec A.10, codec transparent on both legs: the list passes unfiltered, and so does what the
// codecs need: ptime, maxptime, bandwidth.
TEST_F(Rfc3264Answer, TransparentPeersPassTheListAndItsLines) {
    for (const std::uint32_t tag : {10U, 20U})
        config.dial_peers[config::DialPeerTag{tag}].codec =
            config::CodecPreference{1, config::Codec::transparent, {}};
    apply();
    const std::string lines =
        "b=TIAS:64000\r\na=rtpmap:112 EVS/16000\r\na=fmtp:112 "
        "br=24.4\r\na=ptime:40\r\na=maxptime:80\r\n";
    const auto txn = call(invite(sdp("203.0.113.5", 4000, lines, "112 18 0 101")));
    EXPECT_TRUE(has(body_out(), "RTP/AVP 112 18 0 101\r\n")) << body_out();
    for (const char* line :
         {"b=TIAS:64000\r\n", "a=fmtp:112 br=24.4\r\n", "a=ptime:40\r\n", "a=maxptime:80\r\n"})
        EXPECT_TRUE(has(body_out(), line)) << line << body_out();
    answer(invite_out(), 200, sdp("192.0.2.20", 5000, lines, "112 101"));
    for (const char* line : {"RTP/AVP 112 101\r\n", "b=TIAS:64000\r\n", "a=ptime:40\r\n"})
        EXPECT_TRUE(has(last_answer(txn).body, line)) << line << last_answer(txn).body;
    EXPECT_TRUE(media.sent<dataplane::SetPayloadTypes>().empty());
}

TEST_F(Rfc3264Answer, NothingInCommonIs488WithWarning305AndCause65) {
    const auto txn = call(invite(sdp("203.0.113.5", 4000, "", "18")));
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(header(last_answer(txn), "Warning"),
              "305 198.51.100.1 \"Incompatible media format\"");
    EXPECT_TRUE(has(header(last_answer(txn), "Reason"), "cause=65"));
}

TEST_F(Rfc3264Answer, ReOfferWithoutAnythingInCommonIs488WithWarning) {
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "", "18"));
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(header(last_answer(txn), "Warning").substr(0, 3), "305");
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

// Annex B is a codec of its own (spec A.10; RFC 4856 2.1.9).
TEST_F(Rfc3264Answer, G729OfThePeerIsOfferedWithoutAnnexB) {
    for (const std::uint32_t tag : {10U, 20U})
        config.dial_peers[config::DialPeerTag{tag}].codec->codec = config::Codec::g729r8;
    apply();
    call(invite(sdp("203.0.113.5", 4000, "", "18 101")));
    EXPECT_TRUE(has(body_out(), "a=fmtp:18 annexb=no\r\n")) << body_out();
}

}  // namespace
}  // namespace weir::signaling
