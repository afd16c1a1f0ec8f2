// SPDX-License-Identifier: Apache-2.0
// midcall-signaling in every mode (spec B.6), and the timers of a tenant (B.12), through whole
// calls.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using config::MidcallSignaling;
using tests::held;
using tests::sdp;

constexpr const char* kH264 = "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n";

class CallMidcallTest : public tests::MidcallBench {
protected:
    void mode(MidcallSignaling how, std::uint32_t tag = 20) {
        of_peer(tag).midcall_signaling = how;
        apply();
    }
};

TEST_F(CallMidcallTest, BlockAnswersHereAndTheOtherSideHearsNothing) {
    mode(MidcallSignaling::block);
    connect();
    const auto txn = send_from_caller("INVITE", held("203.0.113.5", 4100));
    EXPECT_EQ(statuses(txn), (std::vector{200}));
    EXPECT_TRUE(has(last_answer(txn).body, "a=recvonly"));
    EXPECT_EQ(count_out("INVITE"), 1U);
    ack(txn);
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4100"));
    EXPECT_EQ(last_answer(send_from_caller("UPDATE", sdp("203.0.113.5", 4100))).status, 200);
    EXPECT_EQ(count_out("UPDATE"), 0U);
}

TEST_F(CallMidcallTest, BlockOnTheInboundPeerCountsForBothSides) {
    mode(MidcallSignaling::block, 10);
    connect();
    EXPECT_EQ(last_answer(send_from_callee("INVITE", held("192.0.2.20", 5000))).status, 200);
    EXPECT_EQ(count_out("INVITE"), 1U);
}

// F: a recorder hears of the hold although the other party does not.
TEST_F(CallMidcallTest, BlockedHoldIsToldToListeners) {
    mode(MidcallSignaling::block);
    connect();
    const auto hold = send_from_caller("INVITE", held("203.0.113.5", 4000));
    ack(hold);
    ASSERT_EQ(log.text(), "connected media");
    EXPECT_FALSE(log.changed.streams[0].sends[1]);
    ack(send_from_caller("INVITE", sdp("203.0.113.5", 4000)));
    EXPECT_TRUE(log.changed.streams[0].sends[0] && log.changed.streams[0].sends[1]);
}

TEST_F(CallMidcallTest, BlockRefusesVideoInItsPlace) {
    mode(MidcallSignaling::block);
    connect();
    const auto txn = send_from_caller("INVITE", sdp("203.0.113.5", 4000, kH264));
    EXPECT_TRUE(has(last_answer(txn).body, "m=video 0 RTP/AVP 97"));
    EXPECT_TRUE(media.sent<dataplane::AddStream>().empty());
}

TEST_F(CallMidcallTest, BlockRefusesAChangeToFaxWith488) {
    mode(MidcallSignaling::block);
    connect();
    const std::string fax =
        "v=0\r\no=- 1 2 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\n"
        "m=image 4006 udptl t38\r\n";
    const auto txn = send_from_caller("INVITE", fax);
    EXPECT_EQ(last_answer(txn).status, 488);
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

TEST_F(CallMidcallTest, BlockAnswersAReInviteWithoutOfferWithWhatIsInUse) {
    mode(MidcallSignaling::block);
    connect();
    const auto txn = send_from_caller("INVITE");
    EXPECT_TRUE(has(last_answer(txn).body, "m=audio 16384 RTP/AVP 0"));
    ack(txn, sdp("203.0.113.5", 4200));
    EXPECT_EQ(media.remote(0, Side::a), tests::at("203.0.113.5:4200"));
}

TEST_F(CallMidcallTest, MediaChangePassesVideoAndKeepsHoldHere) {
    mode(MidcallSignaling::passthru_media_change);
    connect();
    ack(send_from_caller("INVITE", held("203.0.113.5", 4000)));
    EXPECT_EQ(count_out("INVITE"), 1U);
    send_from_caller("INVITE", sdp("203.0.113.5", 4000, kH264));
    EXPECT_EQ(count_out("INVITE"), 2U);
    EXPECT_TRUE(has(body_out(), "m=video 1"));
}

TEST_F(CallMidcallTest, MediaChangeConsumesTheEndOfVideo) {
    mode(MidcallSignaling::passthru_media_change);
    const auto txn = call(invite(sdp("203.0.113.5", 4000, kH264)));
    answer(invite_out(), 200,
           sdp("192.0.2.20", 5000, "m=video 5002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"));
    ack(txn);
    const auto less =
        send_from_caller("INVITE", sdp("203.0.113.5", 4000, "m=video 0 RTP/AVP 97\r\n"));
    EXPECT_TRUE(has(last_answer(less).body, "m=video 0"));
    EXPECT_EQ(count_out("INVITE"), 1U);
    EXPECT_FALSE(log.changed.streams[1].active);
}

TEST_F(CallMidcallTest, MediaChangeKeepsRefreshesOnTheirLeg) {
    mode(MidcallSignaling::passthru_media_change);
    const auto txn = call_with({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    answer_with(invite_out(), 200, {{"Session-Expires", "1800;refresher=uac"}},
                sdp("192.0.2.20", 5000));
    ack(txn);
    loop.advance(seconds(890));
    const auto refresh =
        caller_sends("INVITE", sdp("203.0.113.5", 4000),
                     {{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    EXPECT_EQ(header(last_answer(refresh), "Session-Expires"), "1800;refresher=uac");
    ack(refresh);
    EXPECT_EQ(count_out("INVITE"), 1U);
    loop.advance(seconds(11));  // half of the callee's interval: ours
    EXPECT_EQ(count_out("UPDATE"), 1U);
}

TEST_F(CallMidcallTest, PreserveCodecPassesAHoldAndRefusesAnotherCodec) {
    for (const std::uint32_t tag : {10U, 20U}) {
        auto& peer = config.dial_peers[config::DialPeerTag{tag}];
        peer.codec.reset();
        peer.codec_class = 1;
    }
    config.codec_classes[1].preferences = {{1, config::Codec::g711ulaw, {}},
                                           {2, config::Codec::g711alaw, {}}};
    mode(MidcallSignaling::preserve_codec);
    const auto txn = call(invite(sdp("203.0.113.5", 4000, "", "0 8 101")));
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    const auto hold =
        send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n", "8 0 101"));
    EXPECT_TRUE(has(body_out(), "m=audio 16386 RTP/AVP 0 101")) << body_out();
    answer(last_out("INVITE"), 200, held("192.0.2.20", 5000, "recvonly"));
    ack(hold);
    const auto other = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "", "8 101"));
    EXPECT_EQ(last_answer(other).status, 488);
}

TEST_F(CallMidcallTest, PassthruIsTheDefault) {
    connect();
    send_from_caller("INVITE", held("203.0.113.5", 4000));
    EXPECT_EQ(count_out("INVITE"), 2U);
}

// Spec B.12: of the tenant, before sip-ua, on its leg alone.
TEST_F(CallMidcallTest, TimersOfTheTenantHoldOnItsLeg) {
    config::Tenant tenant;
    tenant.sip.timers = {{"trying", 300}, {"disconnect", 200}, {"update", 400}};
    tenant.sip.retries = {{"invite", 2}, {"bye", 3}, {"update", 4}};
    config.tenants[7] = tenant;
    config.dial_peers[config::DialPeerTag{20}].tenant = 7;
    apply();
    connect();
    const auto& invite = invite_out().request;
    EXPECT_EQ(invite.t1, milliseconds(300));
    EXPECT_EQ(invite.retries, 2);
    send_from_caller("UPDATE", held("203.0.113.5", 4000));
    EXPECT_EQ(last_out("UPDATE").request.t1, milliseconds(400));
    EXPECT_EQ(last_out("UPDATE").request.retries, 4);
    answer(last_out("UPDATE"), 200, held("192.0.2.20", 5000, "recvonly"));
    send_from_caller("BYE");
    EXPECT_EQ(last_out("BYE").request.t1, milliseconds(200));
    EXPECT_EQ(last_out("BYE").request.retries, 3);
}

}  // namespace
}  // namespace weir::signaling
