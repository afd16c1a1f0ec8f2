// SPDX-License-Identifier: Apache-2.0
// Answers of our own: what is in use goes on, the rest is refused in its place.
#include "signaling/sdp/local_answer.hpp"

#include <gtest/gtest.h>

namespace weir::signaling::sdp {
namespace {

Description with(const std::string& media) {
    return *Description::parse(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + media);
}

const char* const kCurrent =
    "m=audio 16384 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n";

std::string answered(const std::string& offer, const std::string& current = kCurrent) {
    const auto answer = answer_locally(with(offer), with(current));
    if (!answer) return "refused";
    const std::string text = answer->to_string();
    return text.substr(text.find("m="));
}

TEST(LocalAnswer, KeepsTheCodecInUseAndMirrorsAHold) {
    EXPECT_EQ(answered("m=audio 4000 RTP/AVP 0 8\r\na=sendonly\r\n"),
              "m=audio 16384 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=recvonly\r\n");
}

TEST(LocalAnswer, ResumeIsAnsweredBothWaysWhateverWasToldBefore) {
    EXPECT_EQ(answered("m=audio 4000 RTP/AVP 8\r\n",
                       "m=audio 16384 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=recvonly\r\n"),
              "m=audio 16384 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n");
}

TEST(LocalAnswer, HoldByAddressIsAnsweredWithRecvonly) {
    EXPECT_NE(answered("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n").find("a=recvonly"),
              std::string::npos);
}

TEST(LocalAnswer, VideoAndUnknownLinesAreRefusedInTheirPlaces) {
    const auto text = answered(
        "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\nm=text 4006 TCP/X *\r\n", kCurrent);
    EXPECT_EQ(text, "refused");
    EXPECT_EQ(answered("m=audio 4000 RTP/AVP 8\r\nm=video 4002 RTP/AVP 97\r\n"
                       "m=image 4004 udptl t38\r\n"),
              "m=audio 16384 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"
              "m=video 0 RTP/AVP 97\r\nm=image 0 udptl t38\r\n");
}

TEST(LocalAnswer, AnotherCodecIsRefused) {
    EXPECT_EQ(answered("m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
              "refused");
}

TEST(LocalAnswer, SameNumberWithAnotherMeaningIsNotTheCodecInUse) {
    const std::string opus = "m=audio 16384 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n";
    EXPECT_EQ(answered("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 iLBC/8000\r\n", opus), "refused");
}

// ---- in place of a party that cannot be asked (spec E.4, E.6)

const char* const kThree =
    "m=audio 4000 RTP/AVP 18 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n";

TEST(LocalAnswer, TakesTheFirstCodecAndEventsAndMirrorsTheDirection) {
    const auto answer = accept_offer(with(kThree), nullptr);
    EXPECT_EQ(answer.media[0].lines.front().text, "m=audio 4000 RTP/AVP 18 101");
    EXPECT_EQ(answer.media[0].lines.back().text, "a=recvonly");
}

TEST(LocalAnswer, TakesTheFirstCodecThatWasAgreedWhateverItsNumber) {
    const auto agreed = with("m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 PCMA/8000\r\n");
    const auto answer = accept_offer(with(kThree), &agreed);
    EXPECT_EQ(answer.media[0].line.formats, std::vector<std::string>{"8"});
}

TEST(LocalAnswer, WithoutCommonCodecTheLineIsRefused) {
    const auto agreed = with("m=audio 5000 RTP/AVP 9\r\n");
    EXPECT_EQ(accept_offer(with(kThree), &agreed).media[0].line.port, 0);
}

TEST(LocalAnswer, LimitedOfferKeepsItsDirection) {
    const auto offer = limit_offer(with(kThree), nullptr);
    EXPECT_EQ(offer.media[0].lines.front().text, "m=audio 4000 RTP/AVP 18 101");
    EXPECT_EQ(offer.media[0].lines.back().text, "a=sendonly");
}

TEST(LocalAnswer, SameMediaIgnoresAddressesOnly) {
    EXPECT_FALSE(same_media(with("m=audio 4000 RTP/AVP 0\r\n"),
                            with("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n")));
    EXPECT_TRUE(same_media(with("m=audio 4000 RTP/AVP 0\r\n"), with("m=audio 5000 RTP/AVP 0\r\n")));
    EXPECT_FALSE(
        same_media(with("m=audio 4000 RTP/AVP 0\r\n"), with("m=audio 4000 RTP/AVP 8\r\n")));
    EXPECT_FALSE(same_media(with("m=audio 4000 RTP/AVP 0\r\n"), with("m=audio 0 RTP/AVP 0\r\n")));
}

}  // namespace
}  // namespace weir::signaling::sdp
