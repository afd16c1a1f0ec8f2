// SPDX-License-Identifier: Apache-2.0
// The tables of mid-call signalling (spec B.6) row by row.
#include "signaling/call/midcall.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using config::MidcallSignaling;
using sdp::Direction;

TEST(Midcall, OfferIsTurnedAwayByTheStateOfTheLeg) {
    EXPECT_EQ(refusal_of_offer(LegOffer::stable), 0);
    EXPECT_EQ(refusal_of_offer(LegOffer::peer_offered), 500);
    EXPECT_EQ(refusal_of_offer(LegOffer::peer_asks), 500);
    EXPECT_EQ(refusal_of_offer(LegOffer::we_offered), 491);
    EXPECT_EQ(refusal_of_offer(LegOffer::we_ask), 491);
}

TEST(Midcall, MoreRestrictiveLegDecides) {
    using enum MidcallSignaling;
    EXPECT_EQ(stricter(passthru, block), block);
    EXPECT_EQ(stricter(passthru_media_change, preserve_codec), passthru_media_change);
    EXPECT_EQ(stricter(preserve_codec, passthru), preserve_codec);
}

TEST(Midcall, ModesDecideWhatPasses) {
    using enum MidcallSignaling;
    EXPECT_EQ(way_of(passthru, false), MidcallWay::pass);
    EXPECT_EQ(way_of(preserve_codec, false), MidcallWay::pass);
    EXPECT_EQ(way_of(passthru_media_change, false), MidcallWay::answer_here);
    EXPECT_EQ(way_of(passthru_media_change, true), MidcallWay::pass);
    EXPECT_EQ(way_of(block, true), MidcallWay::answer_here);
}

struct HoldRow {
    Direction offered;
    Direction answered;
    bool offerer_can;
    bool answerer_can;
    Direction told;
};

// Spec B.6, "Call set up with non-sendrecv directions while mid-call blocking is active".
TEST(Midcall, BlockedHoldIsAnsweredAsTheTableSays) {
    const HoldRow rows[] = {
        {Direction::sendrecv, Direction::sendonly, true, false, Direction::sendonly},
        {Direction::sendrecv, Direction::sendonly, false, true, Direction::sendrecv},
        {Direction::sendonly, Direction::sendonly, false, true, Direction::recvonly},
        {Direction::sendonly, Direction::sendonly, true, false, Direction::inactive},
        {Direction::sendonly, Direction::sendonly, false, false, Direction::recvonly},
        {Direction::sendonly, Direction::sendrecv, false, false, Direction::recvonly},
        {Direction::inactive, Direction::sendrecv, false, false, Direction::inactive},
    };
    for (const auto& row : rows)
        EXPECT_EQ(blocked_answer(row.offered, row.answered, {row.offerer_can, row.answerer_can}),
                  row.told)
            << sdp::to_string(row.offered) << " " << sdp::to_string(row.answered) << " "
            << row.offerer_can << row.answerer_can;
}

sdp::Description description(const std::string& media) {
    return *sdp::Description::parse(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
        "c=IN IP4 192.0.2.1\r\nt=0 0\r\n" +
        media);
}

TEST(Midcall, VideoAndFaxAddMediaAndHoldDoesNot) {
    const auto audio = description("m=audio 4000 RTP/AVP 0\r\n");
    EXPECT_FALSE(adds_media(audio, audio));
    EXPECT_FALSE(adds_media(audio, description("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n")));
    EXPECT_TRUE(
        adds_media(audio, description("m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 97\r\n")));
    EXPECT_TRUE(adds_media(audio, description("m=image 4002 udptl t38\r\n")));
    const auto both = description("m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 97\r\n");
    EXPECT_FALSE(
        adds_media(both, description("m=audio 4000 RTP/AVP 0\r\nm=video 0 RTP/AVP 97\r\n")));
    EXPECT_FALSE(adds_media(
        audio, description("m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 97\r\na=inactive\r\n")));
}

// RFC 3261 14.1: "between 2.1 and 4 seconds in units of 10 ms", "between 0 and 2 seconds".
TEST(Midcall, WaitAfterA491DependsOnTheOwnerOfTheCallId) {
    for (std::uint64_t draw = 0; draw < kGlareSteps; ++draw) {
        const auto owner = glare_delay(true, draw).count();
        const auto other = glare_delay(false, draw).count();
        EXPECT_TRUE(owner >= 2100 && owner <= 4000 && owner % 10 == 0) << owner;
        EXPECT_TRUE(other >= 0 && other <= 2000 && other % 10 == 0) << other;
    }
    EXPECT_EQ(glare_delay(true, kGlareSteps - 1).count(), 4000);
}

}  // namespace
}  // namespace weir::signaling
