// SPDX-License-Identifier: Apache-2.0
// Payload types that differ between the legs: which number a codec gets, which packets change.
#include "signaling/sdp/payload_numbers.hpp"

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "signaling/sdp/rewrite.hpp"

namespace weir::signaling::sdp {
namespace {

const Format kEvents101{101, "telephone-event/8000", "0-16"};
const Format kEvents96{96, "telephone-event/8000", "0-15"};
const Format kOpus111{111, "opus/48000/2", "useinbandfec=1"};
const Format kOpus96{96, "opus/48000/2", ""};
const Format kPcmu{0, "PCMU/8000", ""};

std::string text(const std::vector<NumberPair>& pairs) {
    std::string all;
    for (const auto& [from, to] : pairs)
        all += std::to_string(from) + ">" + std::to_string(to) + " ";
    return all;
}

TEST(SameCodec, NameClockAndChannelsCount) {
    EXPECT_TRUE(is_same_codec(kOpus111, {96, "OPUS/48000/2", ""}));
    EXPECT_FALSE(is_same_codec(kOpus111, {96, "opus/48000", ""}));
    EXPECT_FALSE(is_same_codec(kEvents101, {96, "telephone-event/48000", ""}));
    EXPECT_FALSE(is_same_codec({96, "", ""}, {96, "", ""}));
}

TEST(SameCodec, ParametersThatChangeThePacketsCount) {
    const auto h264 = [](const char* fmtp) { return Format{97, "H264/90000", fmtp}; };
    EXPECT_TRUE(is_same_codec(h264("profile-level-id=42e01f"),
                              h264("profile-level-id=42801e;packetization-mode=0")));
    EXPECT_FALSE(is_same_codec(h264("packetization-mode=1"), h264("")));
    EXPECT_FALSE(is_same_codec(h264("profile-level-id=640028"), h264("profile-level-id=42e01f")));
    EXPECT_FALSE(is_same_codec({97, "AMR/8000", "octet-align=1"}, {98, "AMR/8000", ""}));
}

TEST(RenumberOffer, WhatTheLegKnowsGoesBeforeWhatItsPeerWants) {
    EXPECT_EQ(text(renumber_offer({kPcmu, kEvents101}, {}, {{"telephone-event", 96}})), "101>96 ");
    EXPECT_EQ(text(renumber_offer({kPcmu, kEvents101}, {{101, 99}}, {{"telephone-event", 96}})),
              "101>99 ");
    EXPECT_EQ(text(renumber_offer({kPcmu, kEvents96}, {}, {{"telephone-event", 96}})), "");
}

TEST(RenumberOffer, NumberThatIsTakenIsNotGivenTwice) {
    EXPECT_EQ(text(renumber_offer({kOpus96, kEvents101}, {}, {{"telephone-event", 96}})), "");
    // Both change: each may have what the other leaves.
    EXPECT_EQ(
        text(renumber_offer({kOpus96, kEvents101}, {}, {{"telephone-event", 96}, {"opus", 101}})),
        "96>101 101>96 ");
}

TEST(RenumberOffer, StaticNumbersStayAndComfortNoiseMayBe13) {
    const Format noise{19, "CN/8000", ""};
    EXPECT_EQ(text(renumber_offer({kPcmu, noise}, {}, {{"PCMU", 100}, {"CN", 13}})), "19>13 ");
}

TEST(RenumberOffer, LineWithRedKeepsItsNumbers) {
    const Format red{121, "red/8000", "101/101"};
    EXPECT_EQ(text(renumber_offer({kPcmu, kEvents101, red}, {}, {{"telephone-event", 96}})), "");
}

// Random formats and wishes: no number twice, and none that does not exist.
TEST(RenumberOffer, NeverGivesANumberTwice) {
    constexpr std::uint64_t kSeed = 990211;
    SCOPED_TRACE("seed " + std::to_string(kSeed));
    SeededRandom random(kSeed);
    const std::vector<std::string> names{"opus", "telephone-event", "iLBC", "AMR", "H264", "CN"};
    for (int round = 0; round < 5000; ++round) {
        std::vector<Format> formats;
        std::vector<NumberPair> known;
        std::vector<WantedNumber> wanted;
        for (std::uint8_t number = 90; number < 128; ++number)
            if (random.below(4) != 0)
                formats.push_back({number, names[random.below(names.size())] + "/8000", ""});
        for (std::uint64_t n = random.below(6); n > 0; --n)
            known.push_back({static_cast<std::uint8_t>(90 + random.below(38)),
                             static_cast<std::uint8_t>(96 + random.below(32))});
        for (std::uint64_t n = random.below(4); n > 0; --n)
            wanted.push_back({names[random.below(names.size())],
                              static_cast<std::uint8_t>(96 + random.below(32))});
        const auto pairs = renumber_offer(formats, known, wanted);
        std::vector<bool> used(256);
        for (const auto& format : formats) {
            const auto number = renumbered(pairs, format.payload_type);
            ASSERT_LT(number, 128);
            ASSERT_FALSE(used[number]) << "round " << round << " number " << int{number};
            used[number] = true;
        }
    }
}

TEST(RenumberAnswer, GivesTheNumbersOfTheOfferBack) {
    std::vector<Format> answered{kPcmu, kEvents96};
    EXPECT_EQ(text(renumber_answer(answered, {kPcmu, kEvents96}, {{101, 96}})), "96>101 ");
    EXPECT_EQ(answered.size(), 2U);
}

TEST(RenumberAnswer, AnotherNumberStandsForTheSameCodecOnce) {
    const Format stray{110, "telephone-event/8000", ""};
    std::vector<Format> answered{kPcmu, stray, kEvents101};
    EXPECT_EQ(text(renumber_answer(answered, {kPcmu, kEvents101}, {})), "");
    EXPECT_EQ(answered, (std::vector<Format>{kPcmu, kEvents101}));
    answered = {kPcmu, stray};
    EXPECT_EQ(text(renumber_answer(answered, {kPcmu, kEvents101}, {})), "110>101 ");
}

TEST(PayloadMap, GoesFromWhatAPartyWasToldToWhatTheOtherWants) {
    EXPECT_EQ(text(payload_map({kPcmu, kEvents101}, {kPcmu, kEvents101}, {kPcmu, kEvents96})),
              "101>96 ");
    EXPECT_EQ(text(payload_map({kOpus111, kEvents101}, {}, {kEvents96, kOpus111})), "101>96 ");
    EXPECT_EQ(text(payload_map({kPcmu, kEvents101}, {}, {kPcmu})), "");
}

// An answerer that took another number than it was offered may send by either.
TEST(PayloadMap, TakesTheNumbersThatAPartyNamedItself) {
    const Format own{110, "telephone-event/8000", ""};
    EXPECT_EQ(text(payload_map({kEvents101}, {own}, {kEvents96})), "101>96 110>96 ");
}

TEST(PayloadMap, TellsFormatsOfOneNameApartByTheirParameters) {
    const Format one{97, "H264/90000", "packetization-mode=1"};
    const Format zero{98, "H264/90000", "packetization-mode=0"};
    const Format far_one{107, "H264/90000", "packetization-mode=1"};
    const Format far_zero{106, "H264/90000", ""};
    EXPECT_EQ(text(payload_map({one, zero}, {}, {far_zero, far_one})), "97>107 98>106 ");
}

// ---- in the text --------------------------------------------------------------------------------

Rewrite toward(std::vector<WantedNumber> wanted) {
    Rewrite how;
    how.address = IpAddress::v4(198, 51, 100, 1);
    how.ports = {16384, 16386};
    CodecPolicy policy;
    policy.transparent = true;
    policy.numbers = std::move(wanted);
    how.audio = {policy};
    return how;
}

constexpr const char* kSession =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

TEST(RewrittenNumbers, EveryLineAboutAFormatFollows) {
    const auto source = Description::parse(
        std::string(kSession) +
        "m=audio 5004 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
        "m=video 5006 RTP/AVP 97 31\r\nb=AS:512\r\na=rtpmap:97 H264/90000\r\n"
        "a=fmtp:97 profile-level-id=42e01f\r\na=rtcp-fb:97 nack pli\r\na=rtcp-fb:* ccm fir\r\n"
        "a=imageattr:97 send [x=640]\r\n");
    const auto offer = rewrite(*source, toward({{"telephone-event", 96}, {"H264", 119}}));
    ASSERT_TRUE(offer) << offer.error().context;
    const std::string told = offer->to_string();
    for (const char* line :
         {"m=audio 16384 RTP/AVP 0 96\r\n", "a=rtpmap:96 telephone-event/8000\r\n",
          "a=fmtp:96 0-16\r\n", "m=video 16386 RTP/AVP 119 31\r\n", "b=AS:512\r\n",
          "a=rtpmap:119 H264/90000\r\n", "a=fmtp:119 profile-level-id=42e01f\r\n",
          "a=rtcp-fb:119 nack pli\r\n", "a=rtcp-fb:* ccm fir\r\n",
          "a=imageattr:119 send [x=640]\r\n"})
        EXPECT_NE(told.find(line), std::string::npos) << line << told;
    EXPECT_EQ(told.find(":101"), std::string::npos) << told;
    EXPECT_EQ(told.find(":97"), std::string::npos) << told;

    // The answer by the same numbers comes back with those of the offer.
    const auto answer = Description::parse(
        std::string(kSession) +
        "m=audio 7000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"
        "m=video 7002 RTP/AVP 119\r\na=rtpmap:119 H264/90000\r\n");
    auto back = toward({});
    back.offer = &*offer;
    const auto answered = rewrite(*answer, back);
    ASSERT_TRUE(answered) << answered.error().context;
    EXPECT_EQ(answered->media[0].line.to_string(), "m=audio 16384 RTP/AVP 0 101");
    EXPECT_EQ(answered->media[1].line.to_string(), "m=video 16386 RTP/AVP 97");
    EXPECT_NE(answered->to_string().find("a=fmtp:101 0-15\r\n"), std::string::npos);
}

TEST(RewrittenNumbers, VerbatimTextKeepsItsNumbers) {
    const auto source =
        Description::parse(std::string(kSession) +
                           "m=audio 5004 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n");
    auto how = toward({{"telephone-event", 96}});
    how.verbatim = true;
    EXPECT_EQ(rewrite(*source, how)->media[0].line.to_string(), "m=audio 16384 RTP/AVP 101");
}

}  // namespace
}  // namespace weir::signaling::sdp
