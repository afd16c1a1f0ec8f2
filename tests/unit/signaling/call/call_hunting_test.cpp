// SPDX-License-Identifier: Apache-2.0
// Hunting over outbound peers, and the failure that the caller gets (spec A.8, E.8, N10).
#include "signaling/edge/address_health.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class CallHuntingTest : public tests::CallBench {
protected:
    CallHuntingTest() {
        add_peer(21, "2..", "", "192.0.2.21").preference = 1;
        apply();
    }
};

TEST_F(CallHuntingTest, FailureGoesOnToTheNextPeerWithNewIds) {
    const auto txn = call();
    answer(invite_out(), 503);
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    const auto first = invite_out(0).request.message;
    const auto second = invite_out(1).request.message;
    EXPECT_EQ(second.request_uri, "sip:200@192.0.2.21");
    EXPECT_NE(header(first, "Call-ID"), header(second, "Call-ID"));
    EXPECT_EQ(header(first, "Cisco-Guid"), header(second, "Cisco-Guid"));
    EXPECT_EQ(header(second, "CSeq"), "101 INVITE");
    answer(invite_out(1), 200, sdp("192.0.2.21", 6000));
    EXPECT_EQ(statuses(txn), (std::vector{100, 200}));
    EXPECT_EQ(log.connected.parties[1].dial_peer, config::DialPeerTag{21});
    EXPECT_EQ(media.opened, 1U);
    EXPECT_EQ(media.remote(0, Side::b), tests::at("192.0.2.21:6000"));
}

TEST_F(CallHuntingTest, BusyStopsAndIsPassedOn) {
    const auto txn = call();
    answer(invite_out(), 486);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(last_answer(txn).status, 486);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=17");
}

TEST_F(CallHuntingTest, HuntstopEndsHunting) {
    config.dial_peers[config::DialPeerTag{20}].huntstop = true;
    apply();
    const auto txn = call();
    answer(invite_out(), 503);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(last_answer(txn).status, 503);
}

TEST_F(CallHuntingTest, LastFailureIsMappedThroughTheTables) {
    const auto txn = call();
    answer(invite_out(0), 480);
    answer(invite_out(1), 604);
    EXPECT_EQ(last_answer(txn).status, 404);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=1");
    ASSERT_EQ(sink.lines.size(), 1U);
    EXPECT_NE(sink.lines[0].find("{\"dial_peer\":20,\"sip_status\":480,\"cause\":18}"),
              std::string::npos);
}

TEST_F(CallHuntingTest, NoResponseIsCause102AndGoesOn) {
    const auto txn = call();
    stack.events().on_failure(invite_out().txn, TxnFailure::timeout);
    media.deliver();
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    stack.events().on_failure(invite_out(1).txn, TxnFailure::transport);
    EXPECT_EQ(last_answer(txn).status, 408);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=102");
}

TEST_F(CallHuntingTest, PeerThatRingsWithoutAnswerIsCancelledAndStopsHunting) {
    const auto txn = call();
    answer(invite_out(), 180);
    loop.advance(config.sip_ua.timer_expires);
    ASSERT_EQ(stack.cancelled.size(), 1U);
    EXPECT_EQ(stack.cancelled[0].second, "Q.850;cause=19");
    EXPECT_EQ(last_answer(txn).status, 480);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(CallHuntingTest, PeerThatOnlyTriesIsCancelledAndTheNextIsAsked) {
    call();
    answer(invite_out(), 100);
    loop.advance(config.sip_ua.timer_expires);
    EXPECT_EQ(stack.cancelled.size(), 1U);
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    // The first one answers after all: it is told to go, the second rings on.
    answer(invite_out(0), 200, sdp("192.0.2.20", 5000));
    EXPECT_EQ(stack.acks.size(), 1U);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(log.text(), "");
    answer(invite_out(1), 200, sdp("192.0.2.21", 6000));
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(CallHuntingTest, EarlyMediaOfAFailedPeerEnds) {
    call();
    answer(invite_out(), 183, sdp("192.0.2.20", 5000));
    answer(invite_out(), 503);
    EXPECT_FALSE(media.remote(0, Side::b).is_set());
}

TEST_F(CallHuntingTest, FullPeerIsSkippedAndTheLastOneNamedInAWarning) {
    config.dial_peers[config::DialPeerTag{20}].max_conn = 1;
    config.dial_peers[config::DialPeerTag{21}].max_conn = 1;
    apply();
    connect();
    auto second = invite();
    second.set("Call-ID", "two@203.0.113.5");
    call(second);
    EXPECT_EQ(invite_out(1).request.message.request_uri, "sip:200@192.0.2.21");
    auto third = invite();
    third.set("Call-ID", "three@203.0.113.5");
    const auto txn = call(third);
    EXPECT_EQ(last_answer(txn).status, 503);
    EXPECT_NE(header(last_answer(txn), "Warning").find("dial-peer 21"), std::string::npos);
}

TEST_F(CallHuntingTest, PeerWithoutAListenerOrAddressIsSkipped) {
    config.dial_peers[config::DialPeerTag{20}].target.kind = config::SessionTarget::Kind::dns;
    config.dial_peers[config::DialPeerTag{20}].target.host = "unknown.example.net";
    apply();
    call();
    EXPECT_EQ(invite_out().request.message.request_uri, "sip:200@192.0.2.21");
}

// The second candidate, 192.0.2.21, is in realm 1; everybody else in realm 0.
class HuntingInRealms : public CallHuntingTest {
protected:
    HuntingInRealms() : realms({loop, stack, media, cdr, random, logger}, two_realms()) {
        realms.set_config(*dialplan::DialPlan::compile(std::make_shared<config::Config>(config)));
        stack.set_events(realms);
        media.add_listener(realms);
    }
    static NetworkKnowledge two_realms() {
        NetworkKnowledge network;
        network.realm_of = [](const config::Config&, const IpAddress& party) {
            return party == *IpAddress::parse("192.0.2.21") ? dataplane::RealmIndex{1}
                                                            : dataplane::RealmIndex{0};
        };
        return network;
    }
    CallTable realms;
};

TEST_F(HuntingInRealms, PeerInAnotherRealmGetsPortsOfThatRealm) {
    call();
    answer(invite_out(0), 503);
    answer(invite_out(1), 503);
    media.deliver();
    EXPECT_EQ(media.opened, 2U);
    EXPECT_EQ(media.closed, 2U);
    EXPECT_EQ(media.sent<dataplane::OpenSession>().at(1).realms[1], 1);
}

// The ports of the first candidate were to be closed while the link was down: weir-media has them
// still, and nobody's call may keep them.
TEST_F(HuntingInRealms, PortsThatALostLinkLeftOpenAreNobodys) {
    call();
    media.go_down();
    answer(invite_out(0), 503);
    media.come_up();
    media.deliver();
    EXPECT_EQ(media.open.size(), 1U);
    EXPECT_EQ(realms.orphans().size(), 1U);
}

TEST_F(CallHuntingTest, RedirectIsPassedOnWithItsContact) {
    const auto txn = call();
    auto moved = make_response(invite_out().request.message, 302, "", "callee");
    moved.add("Contact", "<sip:300@192.0.2.77>");
    stack.events().on_response({invite_out().txn, moved, now()});
    EXPECT_EQ(last_answer(txn).status, 302);
    EXPECT_EQ(header(last_answer(txn), "Contact"), "<sip:300@192.0.2.77>");
    EXPECT_EQ(header(last_answer(txn), "Reason"), "(none)");
}

TEST_F(CallHuntingTest, NoPeerIs404WithARecord) {
    auto message = invite();
    message.request_uri = "sip:999@198.51.100.1";
    const auto txn = call(message);
    EXPECT_EQ(last_answer(txn).status, 404);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=1");
    ASSERT_EQ(sink.lines.size(), 1U);
    EXPECT_NE(sink.lines[0].find("\"callee\":null"), std::string::npos);
    EXPECT_EQ(table.size(), 0U);
}

// ---- session target registrar -------------------------------------------------------------------

// Spec B.11: the secondary registrar stands in for a primary one that is silent.
class CallToRegistrar : public CallHuntingTest {
protected:
    CallToRegistrar() {
        for (const char* line :
             {"registrar 1 ipv4:192.0.2.5", "registrar 2 ipv4:192.0.2.6 secondary"})
            config.voice.sip.kept.push_back({line, line, ""});
        auto& peer = config.dial_peers[config::DialPeerTag{20}];
        peer.target = {};
        peer.target.kind = config::SessionTarget::Kind::registrar;
        peer.huntstop = true;
        apply();
    }
    // The registrar that the n-th INVITE went to.
    std::string asked(std::size_t n) const {
        return invite_out(n).request.path.remote.address.to_string();
    }
    ServerTxn another_call(const char* call_id) {
        auto message = invite();
        message.set("Call-ID", call_id);
        message.set("Via", std::string("SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK") + call_id);
        return call(message);
    }
};

TEST_F(CallToRegistrar, ASilentPrimaryIsFollowedByTheSecondaryAlsoWithHuntstop) {
    const auto txn = call();
    EXPECT_EQ(asked(0), "192.0.2.5");
    stack.events().on_failure(invite_out(0).txn, TxnFailure::timeout);
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_EQ(asked(1), "192.0.2.6");
    EXPECT_EQ(invite_out(1).request.message.request_uri, "sip:200@192.0.2.6");
    answer(invite_out(1), 200, sdp("192.0.2.6", 6000));
    EXPECT_EQ(statuses(txn).back(), 200);
}

TEST_F(CallToRegistrar, ARefusalOfThePrimaryIsFinal) {
    const auto txn = call();
    answer(invite_out(0), 404);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    EXPECT_EQ(last_answer(txn).status, 404);
}

TEST_F(CallToRegistrar, TheNextCallGoesToTheSecondaryAtOnceUntilThePrimaryHasRested) {
    call();
    stack.events().on_failure(invite_out(0).txn, TxnFailure::timeout);
    another_call("second");
    EXPECT_EQ(asked(2), "192.0.2.6");
    loop.advance(kSilentRest);
    another_call("third");
    EXPECT_EQ(invite_out(stack.sent_with("INVITE").size() - 1).request.path.remote.address,
              *IpAddress::parse("192.0.2.5"));
}

TEST_F(CallToRegistrar, APrimaryThatTakesNoRegistersIsTheLastResort) {
    table.set_left_registrars(
        [](const IpAddress& each) { return each == *IpAddress::parse("192.0.2.5"); });
    call();
    EXPECT_EQ(asked(0), "192.0.2.6");
    stack.events().on_failure(invite_out(0).txn, TxnFailure::timeout);
    EXPECT_EQ(asked(1), "192.0.2.5");
}

}  // namespace
}  // namespace weir::signaling
