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

// 80 kbit/s each way over IPv4 for each leg, and both legs use the interface.
TEST_F(CallLimitsTest, BandwidthOfAnInterfaceClosesAtHighAndOpensAtLow) {
    auto& interface = config.interfaces["Gi0"];
    interface.name = "Gi0";
    interface.addresses = {*Prefix::parse("198.51.100.1/24")};
    line("call threshold interface Gi0 int-bandwidth low 0 high 160");
    line("call treatment on");
    const auto first = connect();
    const auto second = next_call();
    EXPECT_EQ(status_of(second), 488);
    EXPECT_EQ(header(last_answer(second), "Reason"), "Q.850;cause=49");
    invite_ = first;
    send_from_caller("BYE");
    confirm_byes();
    EXPECT_NE(status_of(next_call()), 488);
}

TEST_F(CallLimitsTest, AFullInterfaceOfTheNextLegLeadsToTheNextPeer) {
    auto& interface = config.interfaces["Gi1"];
    interface.name = "Gi1";
    interface.addresses = {*Prefix::parse("198.51.100.2/24")};
    config.voice.sip.error_code_override["cac-bandwidth failure"] = 503;
    stack.listening.push_back({SipTransport::udp, tests::at("198.51.100.2")});
    peer(20).sip.bind.control = "Gi1";
    add_peer(21, "2..", "", "192.0.2.21");
    peer(21).preference = 5;
    line("call threshold interface Gi1 int-bandwidth low 0 high 80");
    line("call treatment on");
    next_call();
    next_call();
    ASSERT_EQ(tried(), 2U);
    EXPECT_EQ(invite_out(0).request.path.remote, tests::at("192.0.2.20"));
    EXPECT_EQ(invite_out(1).request.path.remote, tests::at("192.0.2.21"));
}

TEST_F(CallLimitsTest, AMidCallOfferAboveTheInterfacesLimitIsRefused) {
    auto& interface = config.interfaces["Gi0"];
    interface.name = "Gi0";
    interface.addresses = {*Prefix::parse("198.51.100.1/24")};
    line("call threshold interface Gi0 int-bandwidth low 0 high 200");
    line("call treatment on");
    connect();
    const std::string more =
        sdp("203.0.113.5", 4000, "m=audio 4002 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");
    EXPECT_EQ(status_of(send_from_caller("INVITE", more)), 488);
    config.kept.clear();
    line("call threshold interface Gi0 int-bandwidth low 0 high 200 midcall-exceed");
    line("call treatment on");
    send_from_caller("INVITE", more);
    EXPECT_EQ(tried(), 2U);
}

class TenantLimitsTest : public CallLimitsTest {
protected:
    // Both callees' peers belong to the tenant.
    TenantLimitsTest() {
        config.tenants[7].tag = 7;
        add_peer(21, "3..", "", "192.0.2.21");
        peer(20).tenant = peer(21).tenant = 7;
    }
    void limit(const char* text) {
        config.tenants[7].kept = {{text, text, ""}};
        apply();
    }
    ServerTxn call_of(const char* number) {
        SipMessage message = invite();
        message.request_uri = "sip:" + std::string(number) + "@198.51.100.1";
        message.set("Call-ID", std::to_string(++calls_) + "@203.0.113.5");
        return call(message);
    }
};

TEST_F(TenantLimitsTest, MaxConnCountsTheCallsOfAllItsPeers) {
    limit("max-conn 1");
    call_of("200");
    EXPECT_EQ(status_of(call_of("300")), 503);
    EXPECT_EQ(tried(), 1U);
}

TEST_F(TenantLimitsTest, ACallBetweenTwoOfItsPeersCountsOnce) {
    peer(10).tenant = 7;
    limit("max-conn 1");
    EXPECT_NE(status_of(call_of("200")), 503);
    EXPECT_EQ(status_of(call_of("300")), 503);
}

TEST_F(TenantLimitsTest, ItsBandwidthAndItsSpikeHaveTheirStatus) {
    limit("max-bandwidth 80");
    call_of("200");
    EXPECT_EQ(status_of(call_of("300")), 488);
    limit("call spike 1");
    call_of("200");
    EXPECT_EQ(status_of(call_of("300")), 503);
}

TEST_F(TenantLimitsTest, TheEndOfACallMakesRoom) {
    limit("max-conn 1");
    connect();
    send_from_caller("BYE");
    confirm_byes();
    EXPECT_NE(status_of(call_of("300")), 503);
}

TEST_F(TenantLimitsTest, AFailedAttemptMakesRoom) {
    limit("max-conn 1");
    call_of("200");
    answer(invite_out(), 486);
    EXPECT_NE(status_of(call_of("300")), 503);
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

// error-code-override of a dial-peer stands before the global one (spec B.9).
TEST_F(CallLimitsTest, EachFailureHasItsOverrideAtThePeer) {
    peer(10).max_bandwidth = 80;
    peer(10).sip.error_code_override["cac-bandwidth failure"] = 606;
    apply();
    next_call();
    EXPECT_EQ(status_of(next_call()), 606);
    peer(10).max_bandwidth.reset();
    peer(10).kept.push_back({"call spike", "call spike 1", ""});
    peer(10).sip.error_code_override["call spike failure"] = 480;
    apply();
    next_call();
    EXPECT_EQ(status_of(next_call()), 480);
}

// Spec B.3; its line in the log is DiscardLog's (admission_test).
TEST_F(CallLimitsTest, AFloodOfStrangersGetsNoByte) {
    const SipPath path{SipTransport::udp, tests::at("198.51.100.1"), tests::at("10.9.9.9")};
    const std::size_t before = stack.answered.size();
    for (int i = 0; i < 2500; ++i)
        stack.receive(invite(), path, now());
    EXPECT_EQ(stack.discarded.size(), 2500U);
    EXPECT_EQ(stack.answered.size(), before);
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

TEST_F(EmergencyTest, PassesTheLimitsOfTenantAndInterface) {
    auto& interface = config.interfaces["Gi0"];
    interface.name = "Gi0";
    interface.addresses = {*Prefix::parse("198.51.100.1/24")};
    config.tenants[7].tag = 7;
    config.tenants[7].kept = {{"max-conn", "max-conn 1", ""}};
    peer(911).tenant = 7;
    line("call threshold interface Gi0 int-bandwidth low 0 high 80");
    line("call threshold interface Gi0 int-calls low 0 high 1");
    line("call treatment on");
    emergency();
    EXPECT_LT(status_of(emergency()), 300);
    EXPECT_EQ(tried(), 2U);
    EXPECT_GE(status_of(next_call()), 400);
}

// Above kMaxCalls there is a reserve for them alone; a spike of the peer itself does not count.
TEST_F(EmergencyTest, PassesASpikeOfItsOwnPeer) {
    peer(911).kept.push_back({"call spike", "call spike 1", ""});
    peer(10).kept.push_back({"call spike", "call spike 1", ""});
    apply();
    emergency();
    EXPECT_LT(status_of(emergency()), 300);
    EXPECT_EQ(tried(), 2U);
}

// Visible while it lasts, and in its record.
TEST_F(EmergencyTest, ShowAndTheRecordNameIt) {
    line("call spike 1");
    next_call();
    SipMessage message = invite();
    message.request_uri = "sip:911@198.51.100.1";
    call(message);
    const EmergencyPicture picture = table.emergency();
    EXPECT_EQ(picture.past_limits, 1U);
    ASSERT_EQ(picture.calls.size(), 1U);
    EXPECT_EQ(picture.calls[0].called, "911");
    const std::string text = show_emergency(picture, now());
    EXPECT_NE(text.find("Emergency dial-peers (e911): 911\n"), std::string::npos) << text;
    EXPECT_NE(text.find("100                  911"), std::string::npos) << text;
    answer(invite_out(1), 486);
    loop.advance(std::chrono::seconds(1));
    ASSERT_FALSE(sink.lines.empty());
    EXPECT_NE(sink.lines.back().find("\"emergency\":true"), std::string::npos) << sink.lines.back();
    EXPECT_TRUE(table.emergency().calls.empty());
}

TEST_F(EmergencyTest, AnOfferInMidCallIsNeverRefusedForBandwidth) {
    peer(911).max_bandwidth = 80;
    peer(10).max_bandwidth = 80;
    apply();
    SipMessage message = invite();
    message.request_uri = "sip:911@198.51.100.1";
    const auto txn = call(message);
    answer(invite_out(), 200, sdp("192.0.2.20", 5000));
    ack(txn);
    send_from_caller(
        "INVITE", sdp("203.0.113.5", 4000, "m=audio 4002 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"));
    EXPECT_EQ(tried(), 2U);
}

TEST_F(EmergencyTest, AnOrdinaryCallAtTheSameTimeIsRefusedStill) {
    peer(10).max_conn = 1;
    apply();
    emergency();
    EXPECT_EQ(status_of(next_call()), 503);
}

}  // namespace
}  // namespace weir::signaling
