// SPDX-License-Identifier: Apache-2.0
// Limits on calls as the wire shows them (spec J.2, A.12), and the exemption of emergency calls.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using config::DialPeerTag;
using std::chrono::milliseconds;
using tests::sdp;

class CallLimitsTest : public tests::CallBench {
protected:
    config::DialPeer& peer(std::uint32_t tag) { return config.dial_peers[DialPeerTag{tag}]; }
    void line(const char* text) {
        config.kept.push_back({text, text, ""});
        apply();
    }
    // Another call of the caller.
    ServerTxn next_call() {
        SipMessage message = invite();
        message.set("Call-ID", std::to_string(++calls_) + "@203.0.113.5");
        return call(message);
    }
    int status_of(ServerTxn txn) const {
        const auto all = statuses(txn);
        return all.empty() ? 0 : all.back();
    }
    std::size_t tried() const { return stack.sent_with("INVITE").size(); }
    int calls_ = 0;
};

TEST_F(CallLimitsTest, ABusyoutPeerIsPassedOver) {
    add_peer(21, "2..", "", "192.0.2.21").preference = 5;
    peer(21).preference = 5;
    apply();
    dialplan::Busyout busyout;
    busyout.peers = {DialPeerTag{20}};
    table.set_busyout(busyout);
    call();
    EXPECT_EQ(invite_out().request.path.remote, tests::at("192.0.2.21"));
}

// Spec A.12: none is left: 503, or what error-code-override says.
TEST_F(CallLimitsTest, WhenAllPeersAreBusyTheCallerGetsTheOverride) {
    dialplan::Busyout busyout;
    busyout.peers = {DialPeerTag{20}};
    table.set_busyout(busyout);
    EXPECT_EQ(status_of(next_call()), 503);
    config.voice.sip.error_code_override["options-keepalive failure"] = 502;
    apply();
    EXPECT_EQ(status_of(next_call()), 502);
}

// Spec B.3: the address of a busyout peer drops out of the trusted list.
TEST_F(CallLimitsTest, ABusyoutPeersAddressIsNotTrusted) {
    const auto invite_of_peer = [&] {
        SipMessage message = invite();
        message.set("Call-ID", std::to_string(++calls_));
        const SipPath path{SipTransport::udp, tests::at("198.51.100.1"), tests::at("192.0.2.20")};
        stack.receive(message, path, now());
    };
    invite_of_peer();
    EXPECT_TRUE(stack.discarded.empty());
    dialplan::Busyout busyout;
    busyout.peers = {DialPeerTag{20}};
    table.set_busyout(busyout);
    invite_of_peer();
    EXPECT_EQ(stack.discarded.size(), 1U);
}

TEST_F(CallLimitsTest, ASpikeIsRefusedWith503AndRetryAfterAndCostsNoCall) {
    line("call spike 2");
    next_call();
    next_call();
    const auto third = next_call();
    EXPECT_EQ(status_of(third), 503);
    EXPECT_NE(header(last_answer(third), "Retry-After"), "(none)");
    EXPECT_EQ(table.size(), 2U);
    loop.advance(milliseconds(1000));
    const auto later = next_call();
    EXPECT_NE(status_of(later), 503);
}

// RFC 3261 17.2.1: it has a transaction; a 503 now would end a call that goes on.
TEST_F(CallLimitsTest, ARetransmittedInviteOfACallIsNotRefused) {
    line("call spike 1");
    const SipMessage first = invite();
    call(first);
    EXPECT_FALSE(table.refuses(first, caller_path()).has_value());
    SipMessage other = first;
    other.set("Call-ID", "other@203.0.113.5");
    EXPECT_TRUE(table.refuses(other, caller_path()).has_value());
}

TEST_F(CallLimitsTest, AStrangerTakesNoPlaceInTheSpikeWindow) {
    config.voice.silent_discard_untrusted = false;
    line("call spike 1");
    const SipPath path{SipTransport::udp, tests::at("198.51.100.1"), tests::at("10.9.9.9")};
    stack.receive(invite(), path, now());
    EXPECT_NE(status_of(next_call()), 503);
}

TEST_F(CallLimitsTest, TotalCallsCloseTheDoorAndPingsSayIt) {
    line("call threshold global total-calls low 1 high 2");
    line("call treatment on");
    next_call();
    next_call();
    EXPECT_EQ(status_of(next_call()), 503);
    const auto ping = stack.receive(request("OPTIONS", "sip:198.51.100.1"), caller_path(), now());
    EXPECT_EQ(status_of(ping), 503);
}

TEST_F(CallLimitsTest, CallsOfAnInterfaceHaveTheirLimit) {
    auto& interface = config.interfaces["Gi0"];
    interface.name = "Gi0";
    interface.addresses = {*Prefix::parse("198.51.100.1/24")};
    line("call threshold interface Gi0 int-calls low 0 high 1");
    line("call treatment on");
    next_call();
    EXPECT_EQ(status_of(next_call()), 503);
}

TEST_F(CallLimitsTest, ServiceStopRefusesNewCallsOnly) {
    const auto txn = connect();
    config.voice.kept_sip.push_back({"call service stop", "call service stop", ""});
    apply();
    EXPECT_EQ(status_of(next_call()), 503);
    EXPECT_EQ(statuses(txn).back(), 200);
    EXPECT_EQ(table.size(), 1U);
}

// The offer is G.711: 80 kbit/s over IPv4.
TEST_F(CallLimitsTest, WithoutBandwidthTheNextPeerIsTriedAndThen488) {
    peer(20).max_bandwidth = 80;
    add_peer(21, "2..", "", "192.0.2.21");
    peer(21).preference = 5;
    peer(21).max_bandwidth = 80;
    apply();
    next_call();
    next_call();
    ASSERT_EQ(tried(), 2U);
    EXPECT_EQ(invite_out(1).request.path.remote, tests::at("192.0.2.21"));
    EXPECT_EQ(status_of(next_call()), 488);
}

TEST_F(CallLimitsTest, BandwidthComesBackWithTheEndOfTheCall) {
    peer(10).max_bandwidth = 80;
    apply();
    const auto first = connect();
    EXPECT_EQ(status_of(next_call()), 488);
    invite_ = first;
    send_from_caller("BYE");
    confirm_byes();
    EXPECT_NE(status_of(next_call()), 488);
}

TEST_F(CallLimitsTest, AMidCallOfferAboveTheLimitIsRefusedAndTheMediaStay) {
    peer(10).max_bandwidth = 80;
    apply();
    const auto txn = connect();
    ASSERT_EQ(statuses(txn).back(), 200);
    const auto more = send_from_caller(
        "INVITE", sdp("203.0.113.5", 4000, "m=audio 4002 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"));
    EXPECT_EQ(status_of(more), 488);
    EXPECT_EQ(tried(), 1U);
}

TEST_F(CallLimitsTest, MidcallExceedLetsItPass) {
    peer(10).max_bandwidth = 80;
    peer(10).max_bandwidth_midcall_exceed = true;
    apply();
    connect();
    send_from_caller(
        "INVITE", sdp("203.0.113.5", 4000, "m=audio 4002 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"));
    EXPECT_EQ(tried(), 2U);
}

TEST_F(CallLimitsTest, ASpikeOfAPeerGoesOnToTheNext) {
    peer(20).kept.push_back({"call spike", "call spike 1", ""});
    add_peer(21, "2..", "", "192.0.2.21");
    peer(21).preference = 5;
    apply();
    next_call();
    next_call();
    ASSERT_EQ(tried(), 2U);
    EXPECT_EQ(invite_out(1).request.path.remote, tests::at("192.0.2.21"));
}

class EmergencyTest : public CallLimitsTest {
protected:
    EmergencyTest() {
        add_peer(911, "911", "", "192.0.2.20");
        peer(911).sip.kept.push_back({"voice-class sip e911", "voice-class sip e911", ""});
        apply();
    }
    ServerTxn emergency() {
        SipMessage message = invite();
        message.request_uri = "sip:911@198.51.100.1";
        message.set("Call-ID", std::to_string(++calls_) + "@203.0.113.5");
        return call(message);
    }
};

TEST_F(EmergencyTest, PassesASpikeThatIsFull) {
    line("call spike 1");
    next_call();
    EXPECT_EQ(status_of(next_call()), 503);
    EXPECT_NE(status_of(emergency()), 503);
    EXPECT_EQ(tried(), 2U);
}

TEST_F(EmergencyTest, PassesAThresholdAndServiceStop) {
    line("call threshold global total-calls low 0 high 1");
    line("call treatment on");
    config.voice.kept_sip.push_back({"call service stop", "call service stop", ""});
    apply();
    EXPECT_EQ(status_of(next_call()), 503);
    EXPECT_NE(status_of(emergency()), 503);
}

TEST_F(EmergencyTest, PassesMaxConnAndMaxBandwidthOfBothPeers) {
    for (const std::uint32_t tag : {10U, 911U}) {
        peer(tag).max_conn = 1;
        peer(tag).max_bandwidth = 80;
    }
    apply();
    emergency();
    EXPECT_NE(status_of(emergency()), 503);
    EXPECT_EQ(tried(), 2U);
    EXPECT_EQ(table.size(), 2U);
}

TEST_F(EmergencyTest, AnOrdinaryCallAtTheSameTimeIsRefusedStill) {
    peer(10).max_conn = 1;
    apply();
    emergency();
    EXPECT_EQ(status_of(next_call()), 503);
}

}  // namespace
}  // namespace weir::signaling
