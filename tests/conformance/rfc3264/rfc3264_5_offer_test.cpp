// SPDX-License-Identifier: Apache-2.0
// RFC 3264 5: offers: the caller's as the callee gets it, and ours where the caller has none (spec
// B.5, early-offer forced).
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3264Offer : public tests::MidcallBench {
protected:
    void force(config::EarlyOffer how = config::EarlyOffer::forced) {
        of_peer(20).early_offer = how;
        apply();
    }
    // The peer of that tag speaks these, in this order.
    void speaks(std::uint32_t tag, std::vector<config::Codec> codecs) {
        auto& peer = config.dial_peers[config::DialPeerTag{tag}];
        peer.codec.reset();
        peer.codec_class = tag;
        std::uint8_t preference = 0;
        for (const auto codec : codecs)
            config.codec_classes[tag].preferences.push_back({++preference, codec, {}});
    }
};

// 5.1: formats in order of preference: those of the outbound class.
TEST_F(Rfc3264Offer, ForcedOfferIsMadeOfTheOutboundClass) {
    speaks(20, {config::Codec::g711alaw, config::Codec::g729r8});
    force();
    call(invite(""));
    const auto offer = body_out();
    EXPECT_TRUE(has(offer, "m=audio 16386 RTP/AVP 8 18 101 19\r\n")) << offer;
    EXPECT_TRUE(has(offer, "a=fmtp:18 annexb=no\r\n"));
    EXPECT_TRUE(has(offer, "a=ptime:20\r\n"));
}

// Pattern 1 toward the callee, pattern 2 toward the caller.
TEST_F(Rfc3264Offer, CallerGetsTheAnswerAsAnOfferAndAnswersInItsAck) {
    force();
    const auto txn = call(invite(""));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(stack.acks.size(), 1U);  // at once, without a body
    EXPECT_TRUE(stack.acks[0].message.body.empty());
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio 16384 RTP/AVP 0 101\r\n"));
    EXPECT_EQ(log.text(), "");
    ack(txn, sdp("203.0.113.5", 4000));
    EXPECT_EQ(log.text(), "connected");
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5000"));
    EXPECT_EQ(stack.acks.size(), 1U);
}

// 7: the ACK's answer has nothing of the offer: cause 65 to both.
TEST_F(Rfc3264Offer, AckWithoutACommonCodecEndsTheCallWithCause65) {
    force();
    const auto txn = call(invite(""));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn, sdp("203.0.113.5", 4000, "", "18"));
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 2U);
    for (const auto& bye : byes)
        EXPECT_TRUE(has(header(bye.request.message, "Reason"), "cause=65"));
}

TEST_F(Rfc3264Offer, DescriptionOfAProvisionalResponseStaysHere) {
    force();
    const auto txn = call(invite(""));
    answer(invite_out(), 183, sdp("192.0.2.20", 5000));
    EXPECT_EQ(statuses(txn), (std::vector{100, 183}));
    EXPECT_TRUE(last_answer(txn).body.empty());
    answer(invite_out(), 200);  // the answer was in the 183
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio"));
}

TEST_F(Rfc3264Offer, TransparentPeerHasNothingToOffer) {
    config.dial_peers[config::DialPeerTag{20}].codec->codec = config::Codec::transparent;
    config.dial_peers[config::DialPeerTag{10}].codec->codec = config::Codec::transparent;
    force();
    call(invite(""));
    EXPECT_TRUE(body_out().empty());
}

// Spec B.5: renegotiate always: the callee is asked for its whole offer, the caller answers it.
TEST_F(Rfc3264Offer, RenegotiationAsksTheCalleeAndTellsTheCaller) {
    force(config::EarlyOffer::renegotiate_always);
    const auto txn = call(invite(""));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn, sdp("203.0.113.5", 4000));
    ASSERT_EQ(count_out("INVITE"), 2U);
    EXPECT_TRUE(body_out().empty());
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5500));
    ASSERT_EQ(count_out("INVITE"), 3U);
    EXPECT_EQ(header(last_out("INVITE").request.message, "Call-ID"), "one@203.0.113.5");
    stack.answer(last_out("INVITE"), 200, "", sdp("203.0.113.5", 4400));
    EXPECT_EQ(stack.acks.size(), 3U);
    EXPECT_TRUE(has(stack.acks.back().message.body, "m=audio 16386"));
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4400"));
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.20:5500"));
    EXPECT_EQ(log.text(), "connected media");
}

TEST_F(Rfc3264Offer, RenegotiationThatIsRefusedLeavesTheSession) {
    force(config::EarlyOffer::renegotiate_always);
    const auto txn = call(invite(""));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn, sdp("203.0.113.5", 4000));
    answer(last_out("INVITE"), 200, sdp("192.0.2.20", 5500));
    stack.answer(last_out("INVITE"), 488, "");
    EXPECT_EQ(stack.acks.size(), 2U);
    EXPECT_TRUE(has(stack.acks.back().message.body, "m=audio 16386"));
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4000"));
}

// Delayed stays delayed by default.
TEST_F(Rfc3264Offer, LikeToLikeWithoutTheCommand) {
    call(invite(""));
    EXPECT_TRUE(body_out().empty());
}

}  // namespace
}  // namespace weir::signaling
