// SPDX-License-Identifier: Apache-2.0
// Inbound and outbound matching, criterion by criterion (spec A.7, A.8).
#include "dialplan/dial_plan.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;
using config::UriHeader;

// Builds a configuration of SIP peers, one tag and one change each.
class DialPlanTest : public testing::Test {
protected:
    DialPeer& add_peer(std::uint32_t tag) {
        DialPeer peer;
        peer.tag = DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.place = {"node.cfg", tag};
        return config_.dial_peers[peer.tag] = peer;
    }
    DialPeer& add_target(std::uint32_t tag, const char* pattern) {
        DialPeer& peer = add_peer(tag);
        peer.destination_pattern = pattern;
        peer.target = {config::SessionTarget::Kind::address, IpAddress::v4(192, 0, 2, 1), "", 0};
        return peer;
    }
    void add_host_class(const std::string& tag, const std::string& host) {
        config_.uri_classes[tag].tag = tag;
        config_.uri_classes[tag].host_pattern = host;
    }
    std::shared_ptr<const DialPlan> plan() {
        config_.voice.allow_sip_to_sip = allow_;
        auto made = DialPlan::compile(std::make_shared<const config::Config>(config_));
        EXPECT_TRUE(made.has_value()) << made.error().context;
        return *made;
    }
    InboundMatch inbound(const InboundQuery& query) { return plan()->match_inbound(query); }
    std::vector<std::uint32_t> outbound(std::string_view called) {
        SeededRandom random(1);
        std::vector<std::uint32_t> tags;
        for (const auto& found : plan()->match_outbound(called, random, UsageMap{})) {
            tags.push_back(found.peer.value());
        }
        return tags;
    }
    static InboundQuery call() {
        return {.calling = "1000",
                .called = "2000",
                .via_host = "via.example:5060",
                .request_uri = "sip:2000@request.example",
                .to_uri = "sip:2000@to.example",
                .from_uri = "sip:1000@from.example"};
    }

    config::Config config_;
    bool allow_ = true;
};

using Tags = std::vector<std::uint32_t>;

// Peers 1 to 7 match on one criterion each, in reverse order of the tags, so that the tag cannot
// decide: dropping the winner makes the next criterion win.
TEST_F(DialPlanTest, InboundCriteriaAreAskedInTheOrderOfTheTable) {
    for (const char* name : {"via", "request", "to", "from"}) {
        add_host_class(name, std::string("^") + name + "\\.example");
    }
    add_target(1, "1000");
    add_peer(2).answer_address = "1000";
    add_peer(3).incoming_called_number = "2000";
    add_peer(4).incoming_uri[UriHeader::from] = "from";
    add_peer(5).incoming_uri[UriHeader::to] = "to";
    add_peer(6).incoming_uri[UriHeader::request] = "request";
    add_peer(7).incoming_uri[UriHeader::via] = "via";
    const std::vector<InboundMatch> expected{
        {DialPeerTag{7}, "incoming uri via", "via"},
        {DialPeerTag{6}, "incoming uri request", "request"},
        {DialPeerTag{5}, "incoming uri to", "to"},
        {DialPeerTag{4}, "incoming uri from", "from"},
        {DialPeerTag{3}, "incoming called-number", "2000"},
        {DialPeerTag{2}, "answer-address", "1000"},
        {DialPeerTag{1}, "destination-pattern", "1000"},
        {DialPeerTag{0}, "none", ""},
    };
    for (const auto& match : expected) {
        EXPECT_EQ(inbound(call()), match);
        config_.dial_peers.erase(match.peer);
    }
}

TEST_F(DialPlanTest, OneAttributeIsEnoughWhateverTheOthersSay) {
    add_host_class("elsewhere", "elsewhere");
    DialPeer& peer = add_peer(1);
    peer.incoming_uri[UriHeader::via] = "elsewhere";
    peer.incoming_called_number = "2000";
    EXPECT_EQ(inbound(call()).criterion, "incoming called-number");
}

TEST_F(DialPlanTest, LongestExplicitMatchWinsInbound) {
    add_peer(1).incoming_called_number = "8....";
    add_peer(2).incoming_called_number = "816..";
    auto query = call();
    query.called = "81690";
    EXPECT_EQ(inbound(query).peer, DialPeerTag{2});
}

TEST_F(DialPlanTest, LowestTagWinsAmongEquals) {
    add_peer(9).incoming_called_number = "2...";
    add_peer(5).incoming_called_number = "2..";
    EXPECT_EQ(inbound(call()).peer, DialPeerTag{5});
}

TEST_F(DialPlanTest, MoreSpecificUriClassWins) {
    add_host_class("short", "exa");
    add_host_class("long", "via\\.example");
    add_peer(1).incoming_uri[UriHeader::via] = "short";
    add_peer(2).incoming_uri[UriHeader::via] = "long";
    EXPECT_EQ(inbound(call()).peer, DialPeerTag{2});
}

TEST_F(DialPlanTest, PeersThatAreShutDownOrNotSipTakeNothing) {
    add_peer(1).incoming_called_number = "2000";
    config_.dial_peers[DialPeerTag{1}].shutdown = true;
    add_peer(2).incoming_called_number = "2000";
    config_.dial_peers[DialPeerTag{2}].session_protocol_sip = false;
    add_peer(3).incoming_called_number = "2000";
    config_.dial_peers[DialPeerTag{3}].type = DialPeer::Type::pots;
    EXPECT_EQ(inbound(call()).peer, DialPeerTag{0});
}

// Spec A.2: a destination-pattern without a target leaves the peer oper down.
TEST_F(DialPlanTest, PeerThatIsOperDownTakesNothing) {
    add_peer(1).destination_pattern = "1000";
    EXPECT_EQ(inbound(call()).peer, DialPeerTag{0});
    EXPECT_EQ(outbound("1000"), Tags{});
}

TEST_F(DialPlanTest, EmptyCalledNumberIsMatchedByTAlone) {
    add_peer(1).incoming_called_number = ".T";
    auto query = call();
    query.called = "";
    EXPECT_EQ(inbound(query).peer, DialPeerTag{0});
    add_peer(2).incoming_called_number = "T";
    EXPECT_EQ(inbound(query), (InboundMatch{DialPeerTag{2}, "incoming called-number", ""}));
}

TEST_F(DialPlanTest, ClassThatDoesNotExistMatchesNothing) {
    add_peer(1).incoming_uri[UriHeader::via] = "missing";
    EXPECT_EQ(inbound(call()).peer, DialPeerTag{0});
}

TEST_F(DialPlanTest, OutboundCandidatesSayWhatMatched) {
    add_target(7, "20[0-9]0").preference = 3;
    SeededRandom random(1);
    const auto found = plan()->match_outbound("2000", random, UsageMap{});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0], (OutboundCandidate{DialPeerTag{7}, "2000", 3, 3}));
}

TEST_F(DialPlanTest, OutboundNeedsADestinationPatternThatMatches) {
    add_target(1, "2000");
    add_target(2, "3000");
    add_peer(3).incoming_called_number = "2000";
    EXPECT_EQ(outbound("2000"), (Tags{1}));
    EXPECT_EQ(outbound("4000"), Tags{});
}

TEST_F(DialPlanTest, OutboundSkipsWhatIsShutDown) {
    add_target(1, "2000").shutdown = true;
    EXPECT_EQ(outbound("2000"), Tags{});
}

TEST_F(DialPlanTest, NoPeerIsEligibleUntilSipToSipIsAllowed) {
    add_target(1, "2000");
    allow_ = false;
    EXPECT_EQ(outbound("2000"), Tags{});
}

TEST_F(DialPlanTest, EveryWrongPatternIsNamedInOneError) {
    add_target(11, "12x");
    add_peer(12).incoming_called_number = "(1";
    add_host_class("bad", "a(b");
    const auto made = DialPlan::compile(std::make_shared<const config::Config>(config_));
    ASSERT_FALSE(made.has_value());
    const std::string& text = made.error().context;
    EXPECT_NE(text.find("voice class uri bad"), std::string::npos);
    EXPECT_NE(text.find("\nnode.cfg:11: dial-peer voice 11: destination-pattern"),
              std::string::npos);
    EXPECT_NE(text.find("\nnode.cfg:12: dial-peer voice 12: incoming called-number"),
              std::string::npos);
}

TEST(OutgoingCalled, LosesItsPlusOnDotTOnly) {
    DialPeer peer;
    peer.destination_pattern = ".T";
    EXPECT_EQ(outgoing_called("+14085550148", peer), "14085550148");
    EXPECT_EQ(outgoing_called("14085550148", peer), "14085550148");
    peer.destination_pattern = "+.T";
    EXPECT_EQ(outgoing_called("+14085550148", peer), "+14085550148");
}

TEST(UsageMap, ForgetsPeersThatTheConfigurationLost) {
    UsageMap usage;
    usage.mark_used(DialPeerTag{1});
    usage.mark_used(DialPeerTag{2});
    config::Config config;
    config.dial_peers[DialPeerTag{2}] = {};
    usage.prune(config);
    EXPECT_EQ(usage.last_use(DialPeerTag{1}), 0U);
    EXPECT_EQ(usage.last_use(DialPeerTag{2}), 2U);
}

TEST(Hunting, StopsOnBusyAndNoAnswerOnly) {
    const DialPeer peer;
    for (int cause = 0; cause <= 255; ++cause) {
        EXPECT_EQ(hunting_continues(cause, peer, {}), cause != 17 && cause != 19) << cause;
    }
}

TEST(Hunting, StopsOnHuntstopWhateverTheCause) {
    DialPeer peer;
    peer.huntstop = true;
    EXPECT_FALSE(hunting_continues(41, peer, {}));
}

}  // namespace
}  // namespace weir::dialplan
