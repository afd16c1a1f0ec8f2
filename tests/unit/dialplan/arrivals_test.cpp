// SPDX-License-Identifier: Apache-2.0
// What the place of arrival, the type of a number and dnis-maps do to the choice of peers.
#include "dialplan/arrivals.hpp"

#include <gtest/gtest.h>

#include "tests/unit/dialplan/route_fixture.hpp"

namespace weir::dialplan {
namespace {

constexpr auto kIn = Loser::Role::inbound;
constexpr auto kOut = Loser::Role::outbound;

class ArrivalTest : public RouteTest {
protected:
    void add_interface(const char* name, const IpAddress& address, const char* vrf = "") {
        auto& port = config_.interfaces[name];
        port.name = name;
        port.addresses = {{address, 24}};
        port.vrf = vrf;
    }
    static RouteQuery arriving(const char* called, const IpAddress& at, std::uint16_t port = 5060) {
        RouteQuery query = call(called);
        query.arrival.local = {at, 0, port};
        return query;
    }
    const IpAddress inside_ = IpAddress::v4(192, 0, 2, 1);
    const IpAddress outside_ = IpAddress::v4(198, 51, 100, 1);
};

// ---- VRF (spec A.7)

TEST_F(ArrivalTest, APeerBoundInAnotherVrfDoesNotMatch) {
    add_interface("inside", inside_, "OFFICE");
    add_interface("outside", outside_, "CARRIER");
    add_in(1, "2000").sip.bind.control = "outside";
    add_in(2, "2000").sip.bind.control = "inside";
    EXPECT_EQ(decide(arriving("2000", inside_)).inbound.peer, DialPeerTag{2});
    EXPECT_EQ(decide(arriving("2000", outside_)).inbound.peer, DialPeerTag{1});
    EXPECT_EQ(loser_text(arriving("2000", inside_), 1, kIn),
              "the call came in VRF OFFICE, this peer is bound in VRF CARRIER");
}

TEST_F(ArrivalTest, WithoutAnyVrfTheBindOfAPeerIsNoFilter) {
    add_interface("inside", inside_);
    add_interface("outside", outside_);
    add_in(1, "2000").sip.bind.control = "outside";
    EXPECT_EQ(decide(arriving("2000", inside_)).inbound.peer, DialPeerTag{1});
}

TEST_F(ArrivalTest, WhereThePlaceIsNotKnownNothingIsFiltered) {
    add_interface("inside", inside_, "OFFICE");
    add_in(1, "2000");
    EXPECT_EQ(decide(call("2000")).inbound.peer, DialPeerTag{1});
    EXPECT_EQ(decide(arriving("2000", IpAddress::v4(203, 0, 113, 9))).inbound.peer, DialPeerTag{1});
}

TEST_F(ArrivalTest, APeerWithoutBindStandsInTheVrfOfTheGlobalBind) {
    add_interface("inside", inside_, "OFFICE");
    add_interface("outside", outside_, "CARRIER");
    config_.voice.sip.bind.control = "inside";
    add_in(1, "2000");
    EXPECT_EQ(decide(arriving("2000", inside_)).inbound.peer, DialPeerTag{1});
    EXPECT_EQ(decide(arriving("2000", outside_)).inbound.peer, DialPeerTag{0});
}

// ---- listen-port of a tenant (spec A.7, A.13)

TEST_F(ArrivalTest, ACallToTheListenPortOfATenantMatchesItsPeersOnly) {
    add_interface("inside", inside_);
    config_.tenants[7].tag = 7;
    config_.tenants[7].sip.bind.control = "inside";
    config_.tenants[7].sip.listen_port = 5070;
    add_in(1, "2000");
    add_in(2, "2000").tenant = 7;
    EXPECT_EQ(decide(arriving("2000", inside_, 5070)).inbound.peer, DialPeerTag{2});
    EXPECT_EQ(decide(arriving("2000", inside_, 5060)).inbound.peer, DialPeerTag{1});
    EXPECT_EQ(decide(arriving("3000", inside_, 5070)).inbound.peer, DialPeerTag{0});
    EXPECT_EQ(loser_text(arriving("2000", inside_, 5070), 1, kIn),
              "the call came to the listen-port of voice class tenant 7: only peers of that tenant "
              "match");
}

TEST_F(ArrivalTest, TwoTenantsHaveOnePortOnTwoAddresses) {
    add_interface("inside", inside_);
    add_interface("outside", outside_);
    for (const std::uint32_t tag : {7U, 8U}) {
        config_.tenants[tag].tag = tag;
        config_.tenants[tag].sip.bind.control = tag == 7 ? "inside" : "outside";
        config_.tenants[tag].sip.listen_port = 5070;
        add_in(tag, "2000").tenant = tag;
    }
    EXPECT_EQ(decide(arriving("2000", inside_, 5070)).inbound.peer, DialPeerTag{7});
    EXPECT_EQ(decide(arriving("2000", outside_, 5070)).inbound.peer, DialPeerTag{8});
}

TEST_F(ArrivalTest, TheSecurePortIsAPortOfTlsOnly) {
    add_interface("inside", inside_);
    config_.tenants[7].tag = 7;
    config_.tenants[7].sip.listen_port_secure = 5071;
    add_in(1, "2000");
    add_in(2, "2000").tenant = 7;
    auto query = arriving("2000", inside_, 5071);
    EXPECT_EQ(decide(query).inbound.peer, DialPeerTag{1});
    query.arrival.secure = true;
    EXPECT_EQ(decide(query).inbound.peer, DialPeerTag{2});
}

// ---- numbering-type

TEST_F(ArrivalTest, APeerWithATypeTakesNumbersOfThatTypeOnly) {
    add_in(1, "2000").numbering_type = config::NumberType::national;
    add_in(2, "2...");
    EXPECT_EQ(decide(call("2000")).inbound.peer, DialPeerTag{2});
    auto query = call("2000");
    query.called.type = config::NumberType::national;
    EXPECT_EQ(decide(query).inbound.peer, DialPeerTag{1});
    EXPECT_NE(loser_text(call("2000"), 1, kIn).find("of type unknown: numbering-type national"),
              std::string::npos)
        << loser_text(call("2000"), 1, kIn);
}

TEST_F(ArrivalTest, TheTypeThatARuleGaveCountsOutbound) {
    add_rule(1, "^2", "3");
    auto& rule = config_.translation_rules[1].rules[1];
    rule.match_type = config::NumberType::any;
    rule.replace_type = config::NumberType::international;
    add_profile("UP", config::TranslatedNumber::called, 1);
    add_in(1).translation_incoming = "UP";
    add_out(2, "3000").numbering_type = config::NumberType::international;
    add_out(3, "3...").numbering_type = config::NumberType::national;
    EXPECT_EQ(tags(call("2000")), (Tags{2}));
    EXPECT_NE(loser_text(call("2000"), 3, kOut).find("of type international"), std::string::npos)
        << loser_text(call("2000"), 3, kOut);
}

// ---- dnis-map (spec A.5)

TEST_F(ArrivalTest, ADnisMapMatchesItsWholeNumbers) {
    config_.dnis_maps["SUPPORT"] = {"SUPPORT", "", {{"5550100", ""}, {"55502..", ""}}, {}};
    add_in(1, "T");
    add_in(2, "").dnis_map = "SUPPORT";
    DialPeer& out = add_out(3, "");
    out.dnis_map = "SUPPORT";
    const auto decision = decide(call("5550100"));
    EXPECT_EQ(decision.inbound.peer, DialPeerTag{2});
    EXPECT_EQ(decision.inbound.criterion, "dnis-map");
    EXPECT_EQ(tags_of(decision), (Tags{3}));
    EXPECT_EQ(tags(call("5550299")), (Tags{3}));
    EXPECT_EQ(decide(call("55501001")).inbound.peer, DialPeerTag{1});
    EXPECT_EQ(loser_text(call("5550300"), 2, kIn), "dnis-map SUPPORT does not match 5550300");
}

TEST_F(ArrivalTest, ADnisMapThatIsNotThereMatchesNothing) {
    add_in(1, "").dnis_map = "NOWHERE";
    EXPECT_EQ(decide(call("5550100")).inbound.peer, DialPeerTag{0});
}

}  // namespace
}  // namespace weir::dialplan
