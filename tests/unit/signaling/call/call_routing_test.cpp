// SPDX-License-Identifier: Apache-2.0
// What routing decides, seen on the wire: translated numbers, refusals, groups, servers, causes.
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using config::DialPeerTag;
using tests::sdp;

class CallRoutingTest : public tests::CallBench {
protected:
    config::DialPeer& peer(std::uint32_t tag) { return config.dial_peers[DialPeerTag{tag}]; }

    void add_profile(const char* name, config::TranslatedNumber number, const char* match,
                     const char* replace, bool reject = false) {
        const auto tag = static_cast<std::uint32_t>(config.translation_rules.size() + 1);
        auto& set = config.translation_rules[tag];
        set.tag = tag;
        set.rules[1].match = match;
        set.rules[1].replace = replace;
        set.rules[1].reject = reject;
        auto& profile = config.translation_profiles[name];
        profile.name = name;
        profile.steps[static_cast<std::size_t>(number)].rule_set = tag;
    }
    void add_group(bool round_robin) {
        auto& group = config.server_groups[9];
        group.tag = 9;
        group.round_robin = round_robin;
        group.servers = {{*IpAddress::parse("192.0.2.91"), 0, 0},
                         {*IpAddress::parse("192.0.2.92"), 5070, 0}};
        peer(20).target = {};
        peer(20).server_group = 9;
        add_peer(21, "2..", "", "192.0.2.21").preference = 1;
        apply();
    }
    std::string uri_out(std::size_t n) const { return invite_out(n).request.message.request_uri; }
    std::size_t tried() const { return stack.sent_with("INVITE").size(); }
};

// Spec C.3: the called number in Request-URI and To, the calling number in From and RPID.
TEST_F(CallRoutingTest, TranslatedNumbersStandInTheHeaders) {
    add_profile("in", config::TranslatedNumber::called, "^2", "62");
    add_profile("out", config::TranslatedNumber::called, "^6", "+");
    add_profile("out", config::TranslatedNumber::calling, "^1", "00441");
    peer(10).translation_incoming = "in";
    peer(20).translation_outgoing = "out";
    peer(20).destination_pattern = "6200";
    apply();
    call();
    const auto sent = invite_out().request.message;
    EXPECT_EQ(sent.request_uri, "sip:+200@192.0.2.20");
    EXPECT_EQ(header(sent, "To"), "<sip:+200@192.0.2.20>");
    EXPECT_NE(header(sent, "From").find("<sip:0044100@"), std::string::npos);
    EXPECT_NE(header(sent, "Remote-Party-ID").find("<sip:0044100@"), std::string::npos);
}

TEST_F(CallRoutingTest, TheRedirectingNumberIsTranslatedAndGoesOn) {
    add_profile("out", config::TranslatedNumber::redirect_called, "^5", "+5");
    peer(20).translation_outgoing = "out";
    apply();
    auto message = invite();
    message.add("Diversion", "<sip:555@pbx.example.net>;reason=no-answer");
    call(message);
    EXPECT_EQ(header(invite_out().request.message, "Diversion"),
              "<sip:+555@pbx.example.net>;reason=no-answer");
}

TEST_F(CallRoutingTest, AMissingNumberThatIsFilledInIsShown) {
    add_profile("in", config::TranslatedNumber::calling, "^$", "5550100");
    peer(10).translation_incoming = "in";
    apply();
    auto message = invite();
    message.set("From", "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=caller");
    call(message);
    EXPECT_NE(header(invite_out().request.message, "From").find("<sip:5550100@"),
              std::string::npos);
}

TEST_F(CallRoutingTest, ANumberThatMustBePrivateStaysPrivate) {
    add_profile("in", config::TranslatedNumber::calling, "^1", "0044");
    peer(10).translation_incoming = "in";
    apply();
    auto message = invite();
    message.add("Privacy", "id");
    call(message);
    EXPECT_NE(header(invite_out().request.message, "From").find("<sip:anonymous@"),
              std::string::npos);
}

TEST_F(CallRoutingTest, CallBlockRefusesWithItsCause) {
    add_profile("block", config::TranslatedNumber::called, "^2", "", true);
    peer(10).call_block_profile = "block";
    peer(10).call_block_cause = 28;
    apply();
    const auto txn = call();
    EXPECT_EQ(tried(), 0U);
    EXPECT_EQ(last_answer(txn).status, 484);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=28");
}

TEST_F(CallRoutingTest, AGroupSendsTheCallWhereNoPatternWould) {
    add_peer(30, "AAAA", "", "192.0.2.30");
    peer(10).dpg = 5;
    config.dial_peer_groups[5].tag = 5;
    config.dial_peer_groups[5].members = {{DialPeerTag{30}, 0}};
    apply();
    call();
    EXPECT_EQ(uri_out(0), "sip:200@192.0.2.30");
}

TEST_F(CallRoutingTest, APotsPeerWhosePortHasNoGatewayIsPassedOver) {
    auto& pots = add_peer(15, "200", "", "");
    pots.type = config::DialPeer::Type::pots;
    pots.port = "0/1/0:15";
    apply();
    call();
    EXPECT_EQ(uri_out(0), "sip:200@192.0.2.20");
}

TEST_F(CallRoutingTest, ACallForAPortWithoutGatewayIsRefusedWith503) {
    peer(20).type = config::DialPeer::Type::pots;
    peer(20).port = "0/1/0:15";
    apply();
    const auto txn = call();
    EXPECT_EQ(last_answer(txn).status, 503);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=38");
}

// ---- server groups (spec A.9) ------------------------------------------------------------------

TEST_F(CallRoutingTest, AServerThatFailsIsFollowedByTheNextAndThenByTheNextPeer) {
    add_group(false);
    call();
    EXPECT_EQ(uri_out(0), "sip:200@192.0.2.91");
    answer(invite_out(0), 503);
    EXPECT_EQ(uri_out(1), "sip:200@192.0.2.92:5070");
    stack.events().on_failure(invite_out(1).txn, TxnFailure::timeout);
    media.deliver();
    EXPECT_EQ(uri_out(2), "sip:200@192.0.2.21");
}

TEST_F(CallRoutingTest, BusyAtAServerFailsTheCallWhateverVoiceHuntSays) {
    config.voice_hunt.all = true;
    add_group(false);
    const auto txn = call();
    answer(invite_out(0), 486);
    EXPECT_EQ(tried(), 1U);
    EXPECT_EQ(last_answer(txn).status, 486);
}

TEST_F(CallRoutingTest, AResponseOfHuntstopGoesToTheNextPeerAtOnce) {
    config.server_groups[9].huntstops = {{1, 404, 404}};
    add_group(false);
    call();
    answer(invite_out(0), 404);
    EXPECT_EQ(uri_out(1), "sip:200@192.0.2.21");
}

TEST_F(CallRoutingTest, AnotherRefusalOfAServerGoesToTheNextPeer) {
    add_group(false);
    call();
    answer(invite_out(0), 403);
    EXPECT_EQ(uri_out(1), "sip:200@192.0.2.21");
}

TEST_F(CallRoutingTest, RoundRobinGoesOnBehindTheServerThatWasTried) {
    add_group(true);
    call();
    answer(invite_out(0), 486);
    auto second = invite();
    second.set("Call-ID", "two@203.0.113.5");
    call(second);
    EXPECT_EQ(uri_out(0), "sip:200@192.0.2.91");
    EXPECT_EQ(uri_out(1), "sip:200@192.0.2.92:5070");
}

// ---- voice hunt (spec A.8) ---------------------------------------------------------------------

TEST_F(CallRoutingTest, VoiceHuntUserBusyGoesOnAfterBusy) {
    config.voice_hunt.go_on = {17};
    add_peer(21, "2..", "", "192.0.2.21").preference = 1;
    apply();
    call();
    answer(invite_out(0), 486);
    EXPECT_EQ(uri_out(1), "sip:200@192.0.2.21");
}

TEST_F(CallRoutingTest, NoVoiceHuntStopsOnItsCause) {
    config.voice_hunt.stop = {1};
    add_peer(21, "2..", "", "192.0.2.21").preference = 1;
    apply();
    const auto txn = call();
    answer(invite_out(0), 404);
    EXPECT_EQ(tried(), 1U);
    EXPECT_EQ(last_answer(txn).status, 404);
}

}  // namespace
}  // namespace weir::signaling
