// SPDX-License-Identifier: Apache-2.0
// Codec lists of offers and answers (spec A.10, N22).
#include "signaling/edge/codec_choice.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using config::Codec;

class CodecChoiceTest : public testing::Test {
protected:
    CodecChoiceTest() {
        inbound_.tag = config::DialPeerTag{1};
        outbound_.tag = config::DialPeerTag{2};
    }
    void give_class(config::DialPeer& peer, const CodecList& codecs) {
        const std::uint32_t tag = peer.tag.value();
        auto& made = config_.codec_classes[tag];
        made.preferences.clear();
        for (const auto codec : codecs) {
            made.preferences.push_back({std::uint8_t(made.preferences.size() + 1), codec, {}});
        }
        peer.codec_class = tag;
    }
    CodecList offer(const CodecList& inbound) {
        return outbound_offer(config_, {inbound_, outbound_}, inbound);
    }

    config::Config config_;
    config::DialPeer inbound_;
    config::DialPeer outbound_;
};

TEST_F(CodecChoiceTest, APeerWithoutCodecTakesG729Only) {
    EXPECT_EQ(configured_codecs(config_, inbound_), (CodecList{Codec::g729r8}));
}

TEST_F(CodecChoiceTest, DialPeerZeroTakesEveryVoiceCodec) {
    const auto all = configured_codecs(config_, config::default_dial_peer());
    EXPECT_EQ(all.size(), config::all_codecs().size() - 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), Codec::transparent), 0);
}

TEST_F(CodecChoiceTest, ClassWinsOverCodecAndKeepsItsOrder) {
    inbound_.codec = config::CodecPreference{1, Codec::g722_64, {}};
    give_class(inbound_, {Codec::g711alaw, Codec::g711ulaw});
    EXPECT_EQ(configured_codecs(config_, inbound_), (CodecList{Codec::g711alaw, Codec::g711ulaw}));
}

TEST_F(CodecChoiceTest, OfferIsTheCommonPartInTheOrderOfTheOutboundClass) {
    give_class(inbound_, {Codec::g711ulaw, Codec::g711alaw, Codec::g729r8});
    give_class(outbound_, {Codec::g711alaw, Codec::g722_64, Codec::g711ulaw});
    EXPECT_EQ(offer({Codec::g711ulaw, Codec::g729r8, Codec::g711alaw}),
              (CodecList{Codec::g711alaw, Codec::g711ulaw}));
}

TEST_F(CodecChoiceTest, WhatTheInboundPeerForbidsIsNotOffered) {
    give_class(inbound_, {Codec::g711ulaw});
    give_class(outbound_, {Codec::g711alaw, Codec::g711ulaw});
    EXPECT_EQ(offer({Codec::g711alaw, Codec::g711ulaw}), (CodecList{Codec::g711ulaw}));
}

TEST_F(CodecChoiceTest, NothingInCommonIsAnEmptyOffer) {
    give_class(inbound_, {Codec::g711ulaw});
    EXPECT_TRUE(offer({Codec::g711ulaw}).empty());
}

TEST_F(CodecChoiceTest, OfferAllOffersTheWholeOutboundClass) {
    give_class(inbound_, {Codec::g711ulaw});
    give_class(outbound_, {Codec::g722_64, Codec::g711ulaw});
    outbound_.codec_offer_all = true;
    EXPECT_EQ(offer({Codec::g711ulaw}), (CodecList{Codec::g722_64, Codec::g711ulaw}));
}

TEST_F(CodecChoiceTest, TransparentOnBothLegsPassesTheOffer) {
    inbound_.codec = outbound_.codec = config::CodecPreference{1, Codec::transparent, {}};
    const CodecList strange{Codec::opus, Codec::g723r63};
    EXPECT_EQ(offer(strange), strange);
}

TEST_F(CodecChoiceTest, TransparentOnOneLegHasNothingInCommon) {
    outbound_.codec = config::CodecPreference{1, Codec::transparent, {}};
    EXPECT_TRUE(offer({Codec::g729r8}).empty());
}

TEST_F(CodecChoiceTest, AnswerFollowsTheOrderOfTheOffer) {
    give_class(inbound_, {Codec::g711ulaw, Codec::g711alaw});
    EXPECT_EQ(
        acceptable_codecs(config_, inbound_, {Codec::g711alaw, Codec::g722_64, Codec::g711ulaw}),
        (CodecList{Codec::g711alaw, Codec::g711ulaw}));
}

TEST_F(CodecChoiceTest, AClassThatDoesNotExistHoldsNothing) {
    inbound_.codec_class = 99;
    EXPECT_TRUE(configured_codecs(config_, inbound_).empty());
}

}  // namespace
}  // namespace weir::signaling
