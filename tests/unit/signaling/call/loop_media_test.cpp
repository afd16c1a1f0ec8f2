// SPDX-License-Identifier: Apache-2.0
// A TDM loop in one media session (spec G): what is leased, what each party is told, and the ends.
#include "signaling/call/loop_media.hpp"

#include "tests/unit/signaling/call/loop_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class LoopMedia : public tests::LoopBench {
protected:
    // The rest of the legs: nothing is left of the call.
    void expect_nothing_left() {
        finish();
        EXPECT_EQ(table.size(), 0U);
        EXPECT_TRUE(media.open.empty());
        EXPECT_EQ(media.opened, media.closed);
        EXPECT_EQ(sink.lines.size(), 2U) << "one record for each pass";
    }
    std::string port_told(const std::string& body) const {
        const auto at = body.find("m=audio ");
        return body.substr(at + 8, body.find(' ', at + 8) - at - 8);
    }
};

TEST_F(LoopMedia, BothPassesLeaseThePortsOfOneCall) {
    connect_through();
    EXPECT_EQ(table.size(), 2U) << "total-calls counts both passes";
    ASSERT_EQ(media.opened, 1U);
    EXPECT_EQ(media.sent<dataplane::OpenSession>()[0].stream_count, 1);
    EXPECT_TRUE(media.sent<dataplane::AddStream>().empty());
}

TEST_F(LoopMedia, TheSessionFacesTheGatewayAndTheFarParty) {
    connect_through();
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
}

TEST_F(LoopMedia, EachPartyIsToldOurPortsAndNoAddressOfTheOther) {
    const auto txn = connect_through();
    const std::string toward_gateway = last_answer(txn).body;
    const std::string toward_party = out_to("192.0.2.20").request.message.body;
    const auto calls = table.calls();
    ASSERT_EQ(calls.size(), 2U);
    EXPECT_EQ(port_told(toward_gateway), std::to_string(calls[1].local_rtp[0][0].port));
    EXPECT_EQ(port_told(toward_party), std::to_string(calls[1].local_rtp[0][1].port));
    EXPECT_NE(toward_gateway.find("c=IN IP4 198.51.100.1"), std::string::npos) << toward_gateway;
    EXPECT_EQ(toward_gateway.find("192.0.2.20"), std::string::npos) << toward_gateway;
    EXPECT_EQ(toward_party.find("203.0.113.5"), std::string::npos) << toward_party;
}

// Ringback of the far network, before anybody has answered.
TEST_F(LoopMedia, EarlyMediaOfTheFarPartyReachTheGateway) {
    const auto txn = call_from_gateway();
    answer_out(out_to("192.0.2.20"), 183, sdp("192.0.2.20", 5000));
    ASSERT_EQ(statuses(txn).back(), 183);
    EXPECT_EQ(port_told(last_answer(txn).body),
              std::to_string(table.calls().at(1).local_rtp[0][0].port));
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
}

TEST_F(LoopMedia, TheSecondPassIsTheRecordableOne) {
    log.wants = false;
    connect_through();
    EXPECT_EQ(media.sent<dataplane::OpenSession>()[0].recordable, 0);
    const auto calls = table.calls();
    EXPECT_TRUE(calls[0].view.shares_media);
    EXPECT_FALSE(calls[1].view.shares_media);
    EXPECT_EQ(calls[0].view.guid, calls[1].view.guid);
}

TEST_F(LoopMedia, AByeOfTheGatewayEndsBothPasses) {
    connect_through();
    send_from_caller("BYE");
    settle();
    EXPECT_EQ(count_to("192.0.2.20", "BYE"), 1U);
    expect_nothing_left();
}

TEST_F(LoopMedia, AByeOfTheFarPartyEndsBothPasses) {
    connect_through();
    send_from_party(out_to("192.0.2.20"), "BYE");
    EXPECT_EQ(count_to("203.0.113.5", "BYE"), 1U);
    expect_nothing_left();
}

TEST_F(LoopMedia, ACancelledCallLeavesNothing) {
    const auto txn = call_from_gateway();
    answer_out(out_to("192.0.2.20"), 180);
    cancel(txn);
    settle();
    EXPECT_EQ(statuses(txn).back(), 487);
    answer_out(out_to("192.0.2.20"), 487);
    expect_nothing_left();
}

TEST_F(LoopMedia, HoldPassesThroughBothAndIsTheSessionsOwn) {
    connect_through();
    const auto held = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    settle();
    const auto told = out_to("192.0.2.20");
    EXPECT_NE(told.request.message.body.find("a=sendonly"), std::string::npos);
    answer_out(told, 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    EXPECT_NE(last_answer(held).body.find("a=recvonly"), std::string::npos);
    ack(held);
    settle();
    EXPECT_FALSE(log.changed.streams.at(0).sends[1]);
    EXPECT_EQ(media.opened, 1U);
}

// A gateway that moves its media is followed by the session of the other pass.
TEST_F(LoopMedia, ANewAddressOfTheGatewayReachesTheSession) {
    connect_through();
    const auto moved = send_from_caller("INVITE", sdp("203.0.113.6", 4100));
    settle();
    answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
    ack(moved);
    settle();
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.6:4100", 0));
}

// The one who holds by c=0.0.0.0 gives no address; what was known before is kept.
TEST_F(LoopMedia, HoldByAddressPassesAsAHold) {
    connect_through();
    const auto held = send_from_caller("INVITE", sdp("0.0.0.0", 4000));
    settle();
    const auto told = out_to("192.0.2.20");
    EXPECT_NE(told.request.message.body.find("a=sendonly"), std::string::npos)
        << told.request.message.body;
    answer_out(told, 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    ack(held);
    settle();
    EXPECT_EQ(statuses(held).back(), 200);
}

TEST_F(LoopMedia, ASecondStreamIsLeasedOnce) {
    connect_through();
    const auto more = send_from_caller(
        "INVITE",
        sdp("203.0.113.5", 4000, "m=video 4200 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
    settle();
    EXPECT_EQ(media.sent<dataplane::AddStream>().size(), 1U);
    answer_out(out_to("192.0.2.20"), 200,
               sdp("192.0.2.20", 5000, "m=video 5200 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
    ack(more);
    settle();
    EXPECT_EQ(media.remote(1, Side::a), *Endpoint::parse("203.0.113.5:4200", 0));
    EXPECT_EQ(media.remote(1, Side::b), *Endpoint::parse("192.0.2.20:5200", 0));
}

TEST_F(LoopMedia, ARefusedSecondPassRefusesTheFirst) {
    const auto txn = call_from_gateway();
    answer_out(out_to("192.0.2.20"), 486);
    EXPECT_EQ(statuses(txn).back(), 486);
    expect_nothing_left();
}

// The next candidate is no loop: it needs ports of its own, as it always did.
TEST_F(LoopMedia, AnotherCandidateBehindTheLoopLeasesItsOwn) {
    const auto txn = call_from_gateway();
    answer_out(out_to("192.0.2.20"), 503);
    answer_out(out_to("192.0.2.21"), 200, sdp("192.0.2.21", 5100));
    ack(txn);
    settle();
    EXPECT_EQ(statuses(txn).back(), 200);
    EXPECT_EQ(media.open.size(), 1U);
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
}

TEST_F(LoopMedia, WithoutPortsForTheSecondPassItIs503) {
    media.refuse = true;
    EXPECT_EQ(statuses(call_from_gateway()).back(), 503);
}

TEST_F(LoopMedia, ALostSessionEndsBothPasses) {
    connect_through();
    media.open.clear();
    media.come_up();
    settle();
    EXPECT_EQ(count_to("203.0.113.5", "BYE"), 1U);
    EXPECT_EQ(count_to("192.0.2.20", "BYE"), 1U);
}

TEST_F(LoopMedia, TheSwitchGivesEachPassASessionOfItsOwn) {
    load_with(" tdm-forking separate-media\n mode border-element\n", " mode border-element\n");
    connect_through();
    EXPECT_EQ(media.opened, 2U);
    EXPECT_FALSE(table.calls().at(0).view.shares_media);
}

// The callee makes the offer, and the gateway answers it in its ACK: both of the one session.
TEST_F(LoopMedia, WithoutAnOfferBothPassesShareTheSession) {
    const auto txn = call_from_gateway("");
    EXPECT_TRUE(out_to("192.0.2.20").request.message.body.empty());
    answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
    const std::string offer = last_answer(txn).body;
    EXPECT_NE(offer.find("c=IN IP4 198.51.100.1"), std::string::npos) << offer;
    ack(txn, sdp("203.0.113.5", 4000));
    settle();
    ASSERT_EQ(media.opened, 1U);
    EXPECT_EQ(port_told(offer), std::to_string(table.calls().at(1).local_rtp[0][0].port));
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
    const std::string answer = stack.acks.back().message.body;
    EXPECT_NE(answer.find("c=IN IP4 198.51.100.1"), std::string::npos) << answer;
    send_from_caller("BYE");
    settle();
    expect_nothing_left();
}

// early-offer forced: the pass that has ports makes the offer, whichever peer asks for it.
class LoopForcedOffer : public LoopMedia, public testing::WithParamInterface<const char*> {};

TEST_P(LoopForcedOffer, TheCalleeGetsAnOfferAndTheSessionIsShared) {
    const std::string peer = GetParam();
    load_with(peer + " voice-class sip early-offer forced\n", peer);
    const auto txn = call_from_gateway("");
    const std::string offered = out_to("192.0.2.20").request.message.body;
    ASSERT_EQ(media.opened, 1U);
    const auto calls = table.calls();
    EXPECT_EQ(port_told(offered), std::to_string(calls.at(1).local_rtp[0][1].port));
    answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(port_told(last_answer(txn).body), std::to_string(calls[1].local_rtp[0][0].port));
    ack(txn, sdp("203.0.113.5", 4000));
    settle();
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
    send_from_party(out_to("192.0.2.20"), "BYE");
    expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(Peers, LoopForcedOffer,
                         testing::Values("dial-peer voice 510 voip\n",
                                         "dial-peer voice 530 voip\n"),
                         [](const auto& each) {
                             return each.index == 0 ? "OfTheLoop" : "OfTheCallee";
                         });

// Where the caller is owed reliable 18x we may have to answer a callee's offer in its place.
TEST_F(LoopMedia, WithoutAnOfferACallerThatRequires100relGetsPortsOfItsPass) {
    SipMessage asking = invite("");
    asking.add("Require", "100rel");
    const auto txn = call(asking);
    settle();
    answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
    ack(txn, sdp("203.0.113.5", 4000));
    settle();
    EXPECT_FALSE(table.calls().at(0).view.shares_media);
    EXPECT_EQ(statuses(txn).back(), 200);
    send_from_caller("BYE");
    settle();
    expect_nothing_left();
}

// A pass without ports asks nobody for an offer in a reliable 18x, which it could not answer.
TEST_F(LoopMedia, WithoutAnOfferThePassWithoutASessionAsksForNo100rel) {
    call_from_gateway("");
    const auto own = stack.sent_with("INVITE").at(0);
    ASSERT_TRUE(is_own(own.request.path));
    EXPECT_FALSE(own.request.message.lists("Supported", "100rel"));
}

// What a peer must announce is asked of strangers: our own first pass is let in.
TEST_F(LoopMedia, TheSecondPassThatDemands100relTakesOurOwnInviteWithout) {
    const std::string peer = "dial-peer voice 520 voip\n";
    load_with(peer + " voice-class sip rel1xx require 100rel strict\n", peer);
    const auto txn = call_from_gateway("");
    answer_out(out_to("192.0.2.20"), 180);
    EXPECT_EQ(statuses(txn).back(), 180);
    answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
    ack(txn, sdp("203.0.113.5", 4000));
    settle();
    EXPECT_EQ(statuses(txn).back(), 200);
    EXPECT_EQ(media.opened, 1U);
}

TEST_F(LoopMedia, TheRecordOfTheFirstPassSaysWhereItsPacketsAre) {
    connect_through();
    send_from_caller("BYE");
    settle();
    finish();
    ASSERT_EQ(sink.lines.size(), 2U);
    const bool first = sink.lines[0].find("\"call\":1,") != std::string::npos;
    EXPECT_NE(sink.lines[first ? 0 : 1].find("\"shares_media\":true"), std::string::npos);
    EXPECT_EQ(sink.lines[first ? 1 : 0].find("shares_media"), std::string::npos);
}

// Some listener wants the media of both passes: two recordings need two sessions.
TEST_F(LoopMedia, TwoRecordedPassesHaveTwoSessions) {
    log.wants = true;
    connect_through();
    EXPECT_EQ(media.opened, 2U);
}

// ---- The recording is at the first pass ---------------------------------------------------------

class FirstPassRecorded : public LoopMedia {
protected:
    class First final : public CallListener {
    public:
        bool wants_media(const config::Config&, config::DialPeerTag inbound,
                         config::DialPeerTag) const override {
            return inbound == config::DialPeerTag{500};
        }
        void on_call_connected(const CallView&) override {}
        void on_call_media_changed(const CallView&, MonoTime) override {}
        void on_call_releasing(const CallView&, const CallEnd&) override {}
        void on_call_ended(const CallView&, const CallEnd&,
                           const dataplane::SessionState&) override {}
    };
    FirstPassRecorded() { table.add_listener(first_); }
    First first_;
};

TEST_F(FirstPassRecorded, TheFirstPassKeepsTheSessionAndTheSecondHasNone) {
    connect_through();
    ASSERT_EQ(media.opened, 1U);
    EXPECT_EQ(media.sent<dataplane::OpenSession>()[0].recordable, 1);
    EXPECT_FALSE(table.calls().at(0).view.shares_media);
    EXPECT_TRUE(table.calls().at(1).view.shares_media);
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
    send_from_party(out_to("192.0.2.20"), "BYE");
    expect_nothing_left();
}

TEST_F(FirstPassRecorded, WithoutAnOfferTheSecondPassHasNone) {
    const auto txn = call_from_gateway("");
    answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
    ack(txn, sdp("203.0.113.5", 4000));
    settle();
    ASSERT_EQ(media.opened, 1U);
    EXPECT_TRUE(table.calls().at(1).view.shares_media);
    EXPECT_EQ(media.remote(0, Side::a), *Endpoint::parse("203.0.113.5:4000", 0));
    EXPECT_EQ(media.remote(0, Side::b), *Endpoint::parse("192.0.2.20:5000", 0));
    send_from_caller("BYE");
    settle();
    expect_nothing_left();
}

// ---- keep_addresses -----------------------------------------------------------------------------

sdp::Description parsed(const std::string& text) {
    auto description = sdp::Description::parse(text);
    EXPECT_TRUE(description);
    return *description;
}

TEST(KeepAddresses, EachLineKeepsItsOwn) {
    const auto source = parsed(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 0\r\na=rtcp:4009 IN IP4 192.0.2.3\r\n"
        "m=video 4200 RTP/AVP 96\r\nc=IN IP4 192.0.2.2\r\n");
    auto made = parsed(
        "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 0\r\nm=video 4200 RTP/AVP 96\r\nc=IN IP4 192.0.2.1\r\n");
    keep_addresses(source, made);
    EXPECT_EQ(sdp::view(made, 0).rtp, sdp::view(source, 0).rtp);
    EXPECT_EQ(sdp::view(made, 0).rtcp, sdp::view(source, 0).rtcp);
    EXPECT_EQ(sdp::view(made, 1).rtp, sdp::view(source, 1).rtp);
}

TEST(KeepAddresses, ALineThatIsRefusedOrHeldStays) {
    const auto source = parsed(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n"
        "m=video 4200 RTP/AVP 96\r\nc=IN IP4 192.0.2.2\r\n");
    auto made = parsed(
        "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n"
        "m=video 0 RTP/AVP 96\r\nc=IN IP4 192.0.2.1\r\n");
    const auto before = made;
    keep_addresses(source, made);
    EXPECT_EQ(made, before);
}

}  // namespace
}  // namespace weir::signaling
