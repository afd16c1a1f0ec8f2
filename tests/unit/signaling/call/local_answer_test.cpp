// SPDX-License-Identifier: Apache-2.0
// Answers in place of a party that cannot be asked.
#include "signaling/call/local_answer.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

sdp::Description described(const std::string& media) {
    const auto parsed = sdp::Description::parse(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
        "t=0 0\r\n" +
        media);
    EXPECT_TRUE(parsed);
    return parsed ? *parsed : sdp::Description{};
}

const char* const kThree =
    "m=audio 4000 RTP/AVP 18 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n";

TEST(LocalAnswer, TakesTheFirstCodecAndEventsAndMirrorsTheDirection) {
    const auto answer = accept_offer(described(kThree), nullptr);
    EXPECT_EQ(answer.media[0].lines.front().text, "m=audio 4000 RTP/AVP 18 101");
    EXPECT_EQ(answer.media[0].lines.back().text, "a=recvonly");
}

TEST(LocalAnswer, TakesTheFirstCodecThatWasAgreedWhateverItsNumber) {
    const auto agreed = described("m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 PCMA/8000\r\n");
    const auto answer = accept_offer(described(kThree), &agreed);
    EXPECT_EQ(answer.media[0].line.formats, std::vector<std::string>{"8"});
}

TEST(LocalAnswer, WithoutCommonCodecTheLineIsRefused) {
    const auto agreed = described("m=audio 5000 RTP/AVP 9\r\n");
    EXPECT_EQ(accept_offer(described(kThree), &agreed).media[0].line.port, 0);
}

TEST(LocalAnswer, LimitedOfferKeepsItsDirection) {
    const auto offer = limit_offer(described(kThree), nullptr);
    EXPECT_EQ(offer.media[0].lines.front().text, "m=audio 4000 RTP/AVP 18 101");
    EXPECT_EQ(offer.media[0].lines.back().text, "a=sendonly");
}

TEST(LocalAnswer, SameMediaIgnoresAddressesOnly) {
    EXPECT_FALSE(same_media(described("m=audio 4000 RTP/AVP 0\r\n"),
                            described("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n")));
    EXPECT_TRUE(same_media(described("m=audio 4000 RTP/AVP 0\r\n"),
                            described("m=audio 5000 RTP/AVP 0\r\n")));
    EXPECT_FALSE(same_media(described("m=audio 4000 RTP/AVP 0\r\n"),
                             described("m=audio 4000 RTP/AVP 8\r\n")));
    EXPECT_FALSE(
        same_media(described("m=audio 4000 RTP/AVP 0\r\n"), described("m=audio 0 RTP/AVP 0\r\n")));
}

}  // namespace
}  // namespace weir::signaling
