// SPDX-License-Identifier: Apache-2.0
// Whole decisions: criteria, groups, policies, restrictions, servers and what refuses a call.
#include "dialplan/route.hpp"

#include <gtest/gtest.h>

#include "tests/unit/dialplan/route_fixture.hpp"

namespace weir::dialplan {
namespace {

// ---- filters -----------------------------------------------------------------------------------

TEST_F(RouteTest, PermissionSaysInWhichRoleAPeerIsUsed) {
    add_in(1).permission = config::Permission::orig;
    add_in(2).permission = config::Permission::none;
    add_in(3).permission = config::Permission::term;
    add_out(4, "2000").permission = config::Permission::term;
    add_out(5, "2000").permission = config::Permission::orig;
    const auto decision = decide(call("2000"));
    EXPECT_EQ(decision.inbound.peer, DialPeerTag{3});
    EXPECT_EQ(tags_of(decision), (Tags{5}));
}

TEST_F(RouteTest, WithoutSipToSipACallReachesPotsPeersOnly) {
    config_.voice.allow_sip_to_sip = false;
    add_out(1, "2000");
    const auto decision = decide(call("2000"));
    ASSERT_TRUE(decision.refused.has_value());
    EXPECT_EQ(decision.refused->sip, 404);
    EXPECT_NE(decision.refused->why.find("allow-connections"), std::string::npos);
    add_pots(2, "2000");
    EXPECT_EQ(tags(call("2000")), (Tags{2}));
}

TEST_F(RouteTest, ACorListLetsThroughWhatTheCallerHolds) {
    config_.cor.lists = {
        {"caller", {"local", "national"}}, {"long", {"national"}}, {"world", {"international"}}};
    add_in(1).corlist_incoming = "caller";
    add_out(2, "2000").corlist_outgoing = "long";
    add_out(3, "2000").corlist_outgoing = "world";
    add_out(4, "2000").corlist_outgoing = "";
    auto found = tags(call("2000"));
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, (Tags{2, 4}));
    EXPECT_NE(loser_text(call("2000"), 3, Loser::Role::outbound).find("corlist outgoing world"),
              std::string::npos);
    config_.dial_peers.erase(DialPeerTag{2});
    config_.dial_peers.erase(DialPeerTag{4});
    EXPECT_EQ(decide(call("2000")).refused->cause, 1);
}

// ---- inbound -----------------------------------------------------------------------------------

TEST_F(RouteTest, MapsAndPatternsOfOneCriterionCompeteByLength) {
    add_map(1, {"20"});
    add_map(2, {"200."});
    add_in(1, "2...");
    add_in(2, "").incoming_called_map = 1;
    EXPECT_EQ(decide(call("2000")).inbound.criterion, "incoming called e164-pattern-map");
    add_in(3, "2000");
    EXPECT_EQ(decide(call("2000")).inbound,
              (InboundMatch{DialPeerTag{3}, "incoming called-number", "2000"}));
    add_in(4, "").incoming_calling_map = 2;
    EXPECT_EQ(decide(call("9", "2000")).inbound,
              (InboundMatch{DialPeerTag{4}, "incoming calling e164-pattern-map", "2000"}));
}

TEST_F(RouteTest, CarrierIsTheLastInboundCriterion) {
    add_in(1, "").carrier_source = "west";
    auto query = call("2000");
    EXPECT_EQ(decide(query).inbound.peer, DialPeerTag{0});
    query.carrier = "west";
    EXPECT_EQ(decide(query).inbound, (InboundMatch{DialPeerTag{1}, "carrier-id source", "west"}));
}

TEST_F(RouteTest, PreferenceUserIdPutsTheUserBeforeTheHost) {
    config_.uri_classes["host"].tag = "host";
    config_.uri_classes["host"].host_pattern = "request";
    config_.uri_classes["user"].tag = "user";
    config_.uri_classes["user"].user_id = "^2";
    add_in(1, "").incoming_uri[config::UriHeader::request] = "user";
    add_in(2, "").incoming_uri[config::UriHeader::request] = "host";
    EXPECT_EQ(decide(call("2000")).inbound.peer, DialPeerTag{2});
    config_.uri_prefer_user_id = true;
    EXPECT_EQ(decide(call("2000")).inbound.peer, DialPeerTag{1});
}

TEST_F(RouteTest, ACallFromAPortMatchesPotsPeersByNumberThenByPort) {
    add_in(1, "2000");
    add_pots(2, "9");
    auto query = call("2000");
    query.voice_port = "0/1/0:15";
    EXPECT_EQ(decide(query).inbound, (InboundMatch{DialPeerTag{2}, "port", "0/1/0:15"}));
    add_pots(3, "").incoming_called_number = "2...";
    EXPECT_EQ(decide(query).inbound.peer, DialPeerTag{3});
    query.voice_port.clear();
    EXPECT_EQ(decide(query).inbound.peer, DialPeerTag{1});
}

// ---- outbound criteria (spec A.8) --------------------------------------------------------------

TEST_F(RouteTest, AGroupDecidesWithoutNumbersInTheOrderOfItsMembers) {
    add_in(1).dpg = 10;
    add_out(2, "AAAA");
    add_out(3, "AAAA");
    add_out(4, "2000");
    config_.dial_peer_groups[10] = {10, "", {{DialPeerTag{3}, 1}, {DialPeerTag{2}, 2}}, false, {}};
    const auto decision = decide(call("2000"));
    EXPECT_EQ(tags_of(decision), (Tags{3, 2}));
    EXPECT_EQ(decision.outbound_by, "destination dpg 10");
    EXPECT_EQ(decision.candidates[0].called, "2000");
    EXPECT_EQ(decision.candidates[1].match.preference, 2U);
}

TEST_F(RouteTest, AGroupWhoseMembersAreDownFailsTheCall) {
    add_in(1).dpg = 10;
    add_out(2, "AAAA").shutdown = true;
    add_out(4, "2000");
    config_.dial_peer_groups[10] = {10, "", {{DialPeerTag{2}, 0}, {DialPeerTag{99}, 0}}, false, {}};
    const auto decision = decide(call("2000"));
    ASSERT_TRUE(decision.refused.has_value());
    EXPECT_EQ(decision.refused->cause, 188);
    EXPECT_EQ(decision.refused->sip, 503);
}

TEST_F(RouteTest, AGroupInShutdownOrMissingMeansTheOrdinaryLookup) {
    add_in(1).dpg = 10;
    add_out(4, "2000");
    EXPECT_EQ(tags(call("2000")), (Tags{4}));
    config_.dial_peer_groups[10] = {10, "", {{DialPeerTag{99}, 0}}, true, {}};
    EXPECT_EQ(tags(call("2000")), (Tags{4}));
}

TEST_F(RouteTest, APolicyTakesThePeersThatMatchAllAttributesOfTheFirstLineThatFits) {
    add_host_class("from", "from.example");
    add_host_class("other", "other.example");
    add_in(1).provision_policy = 20;
    add_out(2, "2...").destination_uri_of[PolicyAttribute::from] = "from";
    add_out(3, "2000").destination_uri_of[PolicyAttribute::from] = "other";
    add_out(4, "2000");
    auto& policy = config_.provision_policies[20];
    policy.lines = {{1, PolicyAttribute::from, PolicyAttribute::to},
                    {2, PolicyAttribute::called, PolicyAttribute::from}};
    const auto decision = decide(call("2000"));
    EXPECT_EQ(tags_of(decision), (Tags{2}));
    EXPECT_EQ(decision.outbound_by, "destination provision-policy 20");
}

TEST_F(RouteTest, APolicyByCalledAndCallingNeedsBothMaps) {
    add_map(1, {"10.."});
    add_in(1).provision_policy = 20;
    add_out(2, "2000");
    add_out(3, "2000").destination_calling_map = 1;
    config_.provision_policies[20].lines = {{1, PolicyAttribute::called, PolicyAttribute::calling}};
    EXPECT_EQ(tags(call("2000")), (Tags{3}));
    EXPECT_EQ(decide(call("2000", "5000")).refused->cause, 1);
}

TEST_F(RouteTest, APolicyWithoutRulesRefusesAndOneInShutdownIsNotThere) {
    add_in(1).provision_policy = 20;
    add_out(2, "2000");
    config_.provision_policies[20].tag = 20;
    EXPECT_EQ(decide(call("2000")).refused->cause, 1);
    config_.provision_policies[20].shutdown = true;
    EXPECT_EQ(tags(call("2000")), (Tags{2}));
}

TEST_F(RouteTest, ADestinationUriCountsOnlyWithCallRouteUrl) {
    add_host_class("request", "request.example");
    add_out(2, "2000");
    add_out(3, "").destination_uri = "request";
    EXPECT_EQ(tags(call("2000")), (Tags{2}));
    config_.voice.sip.call_route_url = true;
    EXPECT_EQ(tags(call("2000")), (Tags{3}));
    add_in(1).sip.call_route_url = false;
    EXPECT_EQ(tags(call("2000")), (Tags{2}));
}

TEST_F(RouteTest, ARouteStringIsMatchedWithWildcards) {
    config_.voice.sip.call_route_dest_route_string = true;
    config_.route_strings[5] = {5, "*.west.example", {}};
    add_out(2, "2000");
    add_out(3, "").route_string = 5;
    auto query = call("2000");
    EXPECT_EQ(tags(query), (Tags{2}));
    query.route_string = "cluster1.west.example";
    EXPECT_EQ(tags(query), (Tags{3}));
}

TEST_F(RouteTest, ATargetCarrierGoesBeforeTheCalledNumberAlone) {
    add_out(2, "2000");
    add_out(3, "2...").carrier_target = "west";
    auto query = call("2000");
    EXPECT_EQ(tags(query), (Tags{2, 3}));
    query.carrier = "west";
    EXPECT_EQ(tags(query), (Tags{3}));
}

TEST_F(RouteTest, TheCallingNumberIsTheLastCriterion) {
    add_map(1, {"10.."});
    add_out(2, "3000");
    add_out(3, "").destination_calling_map = 1;
    EXPECT_EQ(tags(call("3000")), (Tags{2}));
    const auto decision = decide(call("2000"));
    EXPECT_EQ(tags_of(decision), (Tags{3}));
    EXPECT_EQ(decision.outbound_by, "destination calling e164-pattern-map");
}

TEST_F(RouteTest, AMapAndAPatternOfOnePeerCountByTheLonger) {
    add_map(1, {"2000", "2"});
    add_out(2, "20..").destination_map = 1;
    add_out(3, "200.");
    EXPECT_EQ(tags(call("2000")), (Tags{2, 3}));
    EXPECT_EQ(decide(call("2000")).candidates[0].match.length, 4U);
}

// ---- servers, busyout --------------------------------------------------------------------------

TEST_F(RouteTest, ServersGoByPreferenceOrAroundBehindTheLast) {
    auto& group = config_.server_groups[91];
    group.tag = 91;
    for (const std::uint8_t preference : {2, 1, 2})
        group.servers.push_back({IpAddress::v4(192, 0, 2, preference), 0, preference});
    auto& peer = add_out(1, "2000");
    peer.target = {};
    peer.server_group = 91;
    const auto order = [&] {
        std::vector<int> found;
        const auto decision = decide(call("2000"));
        for (const auto& server : decision.candidates.at(0).servers)
            found.push_back(server.index);
        return found;
    };
    EXPECT_EQ(order(), (std::vector<int>{1, 0, 2}));
    EXPECT_EQ(decide(call("2000")).candidates[0].target, "server-group 91");
    group.round_robin = true;
    EXPECT_EQ(order(), (std::vector<int>{0, 1, 2}));
    usage_.mark_server(91, 0);
    EXPECT_EQ(order(), (std::vector<int>{1, 2, 0}));
    usage_.mark_server(91, 2);
    EXPECT_EQ(order(), (std::vector<int>{0, 1, 2}));
    busyout_.servers = {{91, 1}};
    EXPECT_EQ(order(), (std::vector<int>{0, 2}));
    busyout_.servers = {{91, 0}, {91, 1}, {91, 2}};
    EXPECT_EQ(decide(call("2000")).refused->cause, 188);
    busyout_ = {};
    group.shutdown = true;
    EXPECT_EQ(decide(call("2000")).refused->cause, 1);
}

TEST_F(RouteTest, BusyPeersArePassedOverAndAllBusyIs503OrWhatIsConfigured) {
    add_out(1, "2000");
    add_out(2, "2000").preference = 1;
    busyout_.peers = {DialPeerTag{1}};
    EXPECT_EQ(tags(call("2000")), (Tags{2}));
    EXPECT_NE(loser_text(call("2000"), 1, Loser::Role::outbound).find("busyout"),
              std::string::npos);
    busyout_.peers = {DialPeerTag{1}, DialPeerTag{2}};
    EXPECT_EQ(decide(call("2000")).refused->sip, 503);
    config_.voice.sip.error_code_override["options-keepalive failure"] = 502;
    EXPECT_EQ(decide(call("2000")).refused->sip, 502);
}

TEST(GroupStep, FollowsTheResponseOfTheServer) {
    config::ServerGroup group;
    group.huntstops = {{1, 404, 404}, {2, 500, 502}};
    EXPECT_EQ(group_step(0, {}), GroupStep::next_server);
    for (const int status : {404, 500, 503, 504, 599})
        EXPECT_EQ(group_step(status, {}), GroupStep::next_server) << status;
    for (const int status : {480, 486, 600})
        EXPECT_EQ(group_step(status, {}), GroupStep::fail) << status;
    for (const int status : {403, 488, 603})
        EXPECT_EQ(group_step(status, {}), GroupStep::next_peer) << status;
    for (const int status : {404, 500, 502})
        EXPECT_EQ(group_step(status, group), GroupStep::next_peer) << status;
    EXPECT_EQ(group_step(503, group), GroupStep::next_server);
}

TEST(VoiceHunt, NamedCausesGoOnOrStop) {
    DialPeer peer;
    config::VoiceHunt hunt;
    hunt.go_on = {17};
    hunt.stop = {1};
    EXPECT_TRUE(hunting_continues(17, peer, hunt));
    EXPECT_FALSE(hunting_continues(1, peer, hunt));
    EXPECT_FALSE(hunting_continues(19, peer, hunt));
    EXPECT_TRUE(hunting_continues(41, peer, hunt));
    hunt.all = true;
    EXPECT_TRUE(hunting_continues(19, peer, hunt));
    EXPECT_FALSE(hunting_continues(1, peer, hunt));
    peer.huntstop = true;
    EXPECT_FALSE(hunting_continues(17, peer, hunt));
}

// ---- losers ------------------------------------------------------------------------------------

TEST_F(RouteTest, EveryOtherPeerIsToldWhyItLost) {
    add_in(1, "2000");
    add_in(2, "20..");
    add_in(3, "").answer_address = "1000";
    add_in(4, "3").shutdown = true;
    add_out(5, "2000");
    add_out(6, "3...");
    add_out(7, "2000").target = {};
    const auto query = call("2000");
    const auto in = [&](std::uint32_t tag) { return loser_text(query, tag, Loser::Role::inbound); };
    const auto out = [&](std::uint32_t tag) {
        return loser_text(query, tag, Loser::Role::outbound);
    };
    EXPECT_EQ(in(1), "no loser");
    EXPECT_EQ(in(2),
              "incoming called-number 20.. matches 2 explicit digits, dial-peer 1 matches 4");
    EXPECT_EQ(in(3),
              "answer-address 1000 matches, but dial-peer 1 matches by incoming "
              "called-number, which decides first");
    EXPECT_EQ(in(4), "shut down");
    EXPECT_EQ(in(6), "destination-pattern 3... does not match 1000");
    EXPECT_EQ(out(1), "no outbound matching command");
    EXPECT_EQ(out(5), "no loser");
    EXPECT_EQ(out(6), "destination-pattern 3... does not match 2000");
    EXPECT_EQ(out(7), "operation state is down: no session target");
}

}  // namespace
}  // namespace weir::dialplan
