// SPDX-License-Identifier: Apache-2.0
// What a decision does to the numbers: profiles, call-block, num-exp, the digits of pots peers.
#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "dialplan/route.hpp"
#include "tests/unit/dialplan/route_fixture.hpp"

namespace weir::dialplan {
namespace {

// ---- numbers -----------------------------------------------------------------------------------

TEST_F(RouteTest, InboundMatchingSeesTheNumberBeforeAndOutboundMatchingAfterTranslation) {
    add_rule(1, "^9", "");
    add_profile("strip", config::TranslatedNumber::called, 1);
    add_in(1, "92000").translation_incoming = "strip";
    add_in(2, "2000");
    add_out(3, "2000");
    const auto decision = decide(call("92000"));
    EXPECT_EQ(decision.inbound.peer, DialPeerTag{1});
    EXPECT_EQ(tags_of(decision), (Tags{3}));
    EXPECT_EQ(decision.called, "2000");
    ASSERT_EQ(decision.translations.size(), 1U);
    EXPECT_EQ(decision.translations[0].before.digits, "92000");
}

TEST_F(RouteTest, EachCandidateStartsFromTheInboundNumber) {
    add_rule(1, "^", "11");
    add_profile("mark", config::TranslatedNumber::called, 1);
    add_profile("mark", config::TranslatedNumber::calling, 1);
    auto& first = add_out(2, "2000");
    first.translation_outgoing = "mark";
    auto& second = add_out(3, "2000");
    second.preference = 1;
    second.translate_outgoing_called = 1;
    add_out(4, "2000").preference = 2;
    const auto decision = decide(call("2000"));
    ASSERT_EQ(tags_of(decision), (Tags{2, 3, 4}));
    EXPECT_EQ(decision.candidates[0].called, "112000");
    EXPECT_EQ(decision.candidates[0].calling, "111000");
    EXPECT_EQ(decision.candidates[1].called, "112000");
    EXPECT_EQ(decision.candidates[1].calling, "1000");
    EXPECT_EQ(decision.candidates[2].called, "2000");
}

TEST_F(RouteTest, TheGlobalProfileFollowsThePeers) {
    add_rule(1, "^", "1");
    add_rule(2, "^1", "22");
    add_profile("one", config::TranslatedNumber::called, 1);
    add_profile("two", config::TranslatedNumber::called, 2);
    add_in(1).translation_incoming = "one";
    config_.voip_incoming_profile = "two";
    EXPECT_EQ(decide(call("5")).called, "225");
}

TEST_F(RouteTest, CallBlockRefusesWithItsCauseBeforeAnyTranslation) {
    add_rule(1, "^2", "reject", true);
    add_rule(2, "^2", "3");
    add_profile("block", config::TranslatedNumber::called, 1);
    add_profile("change", config::TranslatedNumber::called, 2);
    auto& peer = add_in(1);
    peer.call_block_profile = "block";
    peer.translation_incoming = "change";
    add_out(2, "3000");
    const std::pair<std::optional<std::uint8_t>, int> expected[] = {
        {std::nullopt, 503}, {21, 403}, {28, 484}, {1, 404}, {17, 486}};
    for (const auto& [cause, sip] : expected) {
        peer.call_block_cause = cause;
        const auto decision = decide(call("2000"));
        ASSERT_TRUE(decision.refused.has_value());
        EXPECT_EQ(decision.refused->sip, sip);
        EXPECT_EQ(decision.refused->cause, cause.value_or(63));
        EXPECT_EQ(decision.called, "2000");
        ASSERT_EQ(decision.translations.size(), 1U);
        EXPECT_TRUE(decision.translations[0].rejected);
    }
}

TEST_F(RouteTest, ARejectRuleInAnOrdinaryProfileRefusesWithCause21) {
    add_rule(1, "^2", "", true);
    add_profile("change", config::TranslatedNumber::called, 1);
    add_in(1).translation_incoming = "change";
    add_out(2, "2000");
    EXPECT_EQ(decide(call("2000")).refused->sip, 403);
}

TEST_F(RouteTest, ARejectRuleInAnOutgoingProfileTakesTheCandidateAway) {
    add_rule(1, "^2", "", true);
    add_profile("no", config::TranslatedNumber::called, 1);
    add_out(2, "2000").translation_outgoing = "no";
    EXPECT_EQ(decide(call("2000")).refused->cause, 21);
    add_out(3, "2000");
    EXPECT_EQ(tags(call("2000")), (Tags{3}));
}

TEST_F(RouteTest, AWithheldNumberIsEmptyToTheRules) {
    add_rule(1, "^$", "5550100");
    add_profile("fill", config::TranslatedNumber::calling, 1);
    add_in(1).translation_incoming = "fill";
    add_out(2, "2000");
    EXPECT_EQ(decide(call("2000", "")).calling, "5550100");
    EXPECT_EQ(decide(call("2000", "anonymous")).calling, "5550100");
    EXPECT_EQ(decide(call("2000", "alice")).calling, "alice");
}

TEST_F(RouteTest, NumExpReplacesTheWholeNumberDotByDot) {
    config_.number_expansions = {
        {"2...", "4420794620.."}, {"2...", "9"}, {"29..", "8...."}, {"[3-4].5", "1.0"}};
    add_out(1, "T");
    EXPECT_EQ(decide(call("2123")).called, "442079462012");
    EXPECT_EQ(decide(call("2923")).called, "823");
    EXPECT_EQ(decide(call("395")).called, "190");
    EXPECT_EQ(decide(call("21234")).called, "21234");
}

TEST_F(RouteTest, DotTLosesThePlusUnlessThePeerHasAMap) {
    add_out(1, ".T");
    EXPECT_EQ(decide(call("+44207")).candidates[0].called, "44207");
    add_map(1, {"9"});
    config_.dial_peers[DialPeerTag{1}].incoming_called_map = 1;
    EXPECT_EQ(decide(call("+44207")).candidates[0].called, "+44207");
}

TEST_F(RouteTest, PotsPeersStripAddAndForwardDigits) {
    auto& peer = add_pots(1, "9011T");
    const auto sent = [&] { return decide(call("90113227045555")).candidates.at(0).called; };
    EXPECT_EQ(sent(), "3227045555");
    peer.prefix = "0,";
    EXPECT_EQ(sent(), "0,3227045555");
    peer.digit_strip = false;
    EXPECT_EQ(sent(), "0,90113227045555");
    peer.prefix.clear();
    using Kind = config::ForwardDigits::Kind;
    peer.forward_digits = {Kind::count, 4};
    EXPECT_EQ(sent(), "5555");
    peer.forward_digits = {Kind::count, 32};
    EXPECT_EQ(sent(), "90113227045555");
    peer.forward_digits = {Kind::all, 0};
    EXPECT_EQ(sent(), "90113227045555");
    peer.destination_pattern = "9011....T";
    peer.forward_digits = {Kind::extra, 0};
    EXPECT_EQ(sent(), "045555");
}

TEST_F(RouteTest, AGroupMemberKeepsItsDigits) {
    add_in(1).dpg = 10;
    add_pots(2, "20");
    config_.dial_peer_groups[10] = {10, "", {{DialPeerTag{2}, 0}}, false, {}};
    EXPECT_EQ(decide(call("2000")).candidates.at(0).called, "2000");
    EXPECT_EQ(decide(call("2000")).candidates.at(0).target, "port 0/1/0:15");
}

TEST_F(RouteTest, ANumberBeyondTheBoundIsRefusedAndDoesNotFallToDialPeer0) {
    add_in(1, ".");
    add_out(2, "5...");
    const std::string longest = "5123" + std::string(kNumberMaxBytes - 4, '1');
    EXPECT_FALSE(decide(call(longest)).refused);
    const auto beyond = decide(call(longest + "1"));
    ASSERT_TRUE(beyond.refused);
    EXPECT_EQ(beyond.refused->cause, 28);
    EXPECT_EQ(beyond.refused->sip, 484);
    EXPECT_TRUE(beyond.candidates.empty());
}

}  // namespace
}  // namespace weir::dialplan
