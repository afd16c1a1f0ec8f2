// SPDX-License-Identifier: Apache-2.0
// Annex B of G.729, formats of our own offers, payload types that differ by leg (spec A.10).
#include "signaling/sdp/codec_policy.hpp"

#include <gtest/gtest.h>

namespace weir::signaling::sdp {
namespace {

CodecPolicy g729(AnnexB annexb) {
    CodecPolicy policy;
    AllowedCodec codec;
    codec.encoding = "G729";
    codec.clock_rate = 8000;
    codec.annexb = annexb;
    codec.payload_type = 18;
    policy.codecs = {codec};
    return policy;
}

std::string passed(AnnexB configured, const char* fmtp) {
    const auto formats = apply(g729(configured), {{18, "G729/8000", fmtp}});
    return formats.empty() ? "(refused)" : formats.front().fmtp;
}

TEST(CodecPolicy, G729r8SpeaksWithoutAnnexB) {
    EXPECT_EQ(passed(AnnexB::no, "annexb=no"), "annexb=no");
    EXPECT_EQ(passed(AnnexB::no, "annexb=yes"), "(refused)");
    EXPECT_EQ(passed(AnnexB::no, ""), "annexb=no");
}

TEST(CodecPolicy, G729br8SpeaksWithAnnexB) {
    EXPECT_EQ(passed(AnnexB::yes, "annexb=yes"), "annexb=yes");
    EXPECT_EQ(passed(AnnexB::yes, "annexb=no"), "(refused)");
    EXPECT_EQ(passed(AnnexB::yes, ""), "");
}

TEST(CodecPolicy, AnnexbAllTakesBothAsTheyCome) {
    EXPECT_EQ(passed(AnnexB::any, "annexb=yes"), "annexb=yes");
    EXPECT_EQ(passed(AnnexB::any, "annexb=no"), "annexb=no");
}

TEST(CodecPolicy, OwnOfferHasTheNumbersOfTheSpecAndFreeOnesForTheRest) {
    CodecPolicy policy;
    policy.codecs = {{"PCMA", 8000, AnnexB::any, 8, 20},
                     {"PCMU", 8000, AnnexB::any, 0, 20},
                     {"G729", 8000, AnnexB::no, 18, 20},
                     {"G729", 8000, AnnexB::yes, 18, 20},
                     {"opus", 48000, AnnexB::any, 0, 20}};
    std::string text;
    for (const auto& format : own_formats(policy))
        text += std::to_string(format.payload_type) + "=" + format.rtpmap + " ";
    EXPECT_EQ(text,
              "8=PCMA/8000 0=PCMU/8000 18=G729/8000 96=opus/48000/2 101=telephone-event/8000 "
              "19=CN/8000 ");
}

TEST(CodecPolicy, NothingIsOfferedOutOfATransparentPolicy) {
    CodecPolicy policy;
    policy.transparent = true;
    EXPECT_TRUE(own_formats(policy).empty());
}

TEST(CodecPolicy, AnotherNumberAnswersOnlyWhereNumbersMayDiffer) {
    const std::vector<Format> offered{{0, "PCMU/8000", ""}, {101, "telephone-event/8000", ""}};
    const Format event{110, "telephone-event/8000", ""};
    EXPECT_FALSE(answers(event, offered, {}));
    EXPECT_TRUE(answers(event, offered, {true, false}));
    EXPECT_FALSE(answers({97, "iLBC/8000", ""}, offered, {true, true}));
}

}  // namespace
}  // namespace weir::signaling::sdp
