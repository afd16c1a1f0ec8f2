// SPDX-License-Identifier: Apache-2.0
// Where a leg goes and from where: session targets, outbound proxies, names, binds (spec A.6,
// A.13).
#include "signaling/call/destination.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using Kind = config::SessionTarget::Kind;

class DestinationTest : public testing::Test {
protected:
    DestinationTest() {
        peer.target.kind = Kind::address;
        peer.target.address = *IpAddress::parse("192.0.2.1");
        network.locate = [this](const HopQuery& query) {
            asked.push_back(query);
            std::vector<Hop> hops;
            for (const char* address : {"198.51.100.1", "198.51.100.2"})
                hops.push_back({query.transport.value_or(SipTransport::udp),
                                Endpoint{*IpAddress::parse(address), 0, 5060}, query.host});
            return hops;
        };
    }
    static config::SipHop proxy(const std::string& host) {
        config::SipHop hop;
        hop.kind =
            IpAddress::parse(host) ? config::SipHop::Kind::address : config::SipHop::Kind::dns;
        if (const auto address = IpAddress::parse(host)) hop.address = *address;
        hop.host = host;
        return hop;
    }
    void interface(const std::string& name, std::initializer_list<const char*> addresses) {
        for (const char* text : addresses)
            config.interfaces[name].addresses.push_back(*Prefix::parse(text));
    }
    Destination destination(const SipMessage* invite = nullptr) {
        return destination_of({config, peer, nullptr, nullptr, invite}, network);
    }
    std::string first() {
        const auto made = destination();
        return made.hops.empty() ? "none"
                                 : std::string(to_string(made.hops[0].transport)) + " " +
                                       made.hops[0].endpoint.to_string();
    }

    config::Config config;
    config::DialPeer peer;
    NetworkKnowledge network;
    std::vector<HopQuery> asked;
};

TEST_F(DestinationTest, AnAddressIsAskedOfNobody) {
    EXPECT_EQ(first(), "udp 192.0.2.1:5060");
    EXPECT_TRUE(asked.empty());
}

TEST_F(DestinationTest, TlsHasItsPortAndStandsInTheUri) {
    peer.transport = config::Transport::tcp;
    peer.transport_tls = true;
    EXPECT_EQ(first(), "tls 192.0.2.1:5061");
    EXPECT_EQ(destination().host, "192.0.2.1:5061");
}

TEST_F(DestinationTest, ANameGivesAllItsAddressesInTheirOrder) {
    peer.target = {};
    peer.target.kind = Kind::dns;
    peer.target.host = "trunk.example";
    const Destination made = destination();
    ASSERT_EQ(made.hops.size(), 2U);
    EXPECT_EQ(made.hops[1].endpoint.to_string(), "198.51.100.2:5060");
    EXPECT_EQ(made.host, "trunk.example");
    EXPECT_FALSE(asked[0].transport) << "no level names a transport: NAPTR may";
}

TEST_F(DestinationTest, AnOutboundProxyChangesWhereToAndNotTheUri) {
    config.voice.sip.outbound_proxy = proxy("203.0.113.9");
    EXPECT_EQ(first(), "udp 203.0.113.9:5060");
    EXPECT_EQ(destination().host, "192.0.2.1");
}

TEST_F(DestinationTest, APeerWithoutAProxyGoesToItsTargetWhateverIsAbove) {
    config.voice.sip.outbound_proxy = proxy("203.0.113.9");
    peer.sip.outbound_proxy = config::SipHop{};
    EXPECT_EQ(first(), "udp 192.0.2.1:5060");
}

TEST_F(DestinationTest, SipServerIsThatOfTheTenantElseTheNodes) {
    peer.target = {};
    peer.target.kind = Kind::sip_server;
    EXPECT_EQ(first(), "none");
    config.voice.sip.sip_server = proxy("203.0.113.1");
    EXPECT_EQ(first(), "udp 203.0.113.1:5060");
    peer.tenant = 7;
    config.tenants[7].sip.sip_server = proxy("203.0.113.7");
    EXPECT_EQ(first(), "udp 203.0.113.7:5060");
}

TEST_F(DestinationTest, SipUriIsTheHostThatTheCallerNamed) {
    peer.target = {};
    peer.target.kind = Kind::sip_uri;
    SipMessage invite;
    invite.request_uri = "sip:bob@203.0.113.5:5070";
    const Destination made = destination(&invite);
    ASSERT_EQ(made.hops.size(), 1U);
    EXPECT_EQ(made.hops[0].endpoint.to_string(), "203.0.113.5:5070");
    EXPECT_EQ(made.host, "203.0.113.5:5070");
}

TEST_F(DestinationTest, TheListenerIsThatOfThePeersBindThenTheTenantsThenTheNodes) {
    interface("Gi0", {"10.0.0.1/24"});
    interface("Gi1", {"10.0.1.1/24"});
    interface("Gi2", {"10.0.2.1/24", "2001:db8::1/64"});
    std::vector<std::pair<SipTransport, Endpoint>> listeners;
    for (const char* address : {"10.0.0.1", "10.0.1.1", "10.0.2.1", "2001:db8::1"})
        listeners.emplace_back(SipTransport::udp, Endpoint{*IpAddress::parse(address), 0, 5060});
    const auto from = [&](const char* remote) {
        const Hop hop{SipTransport::udp, Endpoint{*IpAddress::parse(remote), 0, 5060}, ""};
        return leg_endpoint(config, peer, hop, network, listeners)->address.to_string();
    };
    config.voice.sip.bind.control = "Gi0";
    EXPECT_EQ(from("192.0.2.1"), "10.0.0.1");
    peer.tenant = 7;
    config.tenants[7].sip.bind.control = "Gi1";
    EXPECT_EQ(from("192.0.2.1"), "10.0.1.1");
    peer.sip.bind.control = "Gi2";
    EXPECT_EQ(from("192.0.2.1"), "10.0.2.1");
    EXPECT_EQ(from("2001:db8::9"), "2001:db8::1");
}

TEST_F(DestinationTest, ATenantCallsFromItsOwnPort) {
    interface("Gi0", {"10.0.0.1/24"});
    config.voice.sip.bind.control = "Gi0";
    peer.tenant = 7;
    config.tenants[7].sip.listen_port = 5080;
    const Endpoint node{*IpAddress::parse("10.0.0.1"), 0, 5060};
    const Endpoint tenant{node.address, 0, 5080};
    const Hop hop{SipTransport::udp, Endpoint{*IpAddress::parse("192.0.2.1"), 0, 5060}, ""};
    EXPECT_EQ(leg_endpoint(config, peer, hop, network,
                           {{SipTransport::udp, node}, {SipTransport::udp, tenant}}),
              tenant);
}

TEST_F(DestinationTest, MediaLeaveFromTheRealmOfTheirBind) {
    interface("Gi1", {"10.0.1.1/24"});
    network.realm_of = [](const config::Config&, const IpAddress&) {
        return dataplane::RealmIndex{3};
    };
    network.realm_at = [](const IpAddress& local) -> std::optional<dataplane::RealmIndex> {
        if (local.to_string() == "10.0.1.1") return dataplane::RealmIndex{1};
        return std::nullopt;
    };
    const IpAddress party = *IpAddress::parse("192.0.2.1");
    EXPECT_EQ(leg_realm(config, peer, party, network), 3);
    peer.sip.bind.media = "Gi1";
    EXPECT_EQ(leg_realm(config, peer, party, network), 1);
}

}  // namespace
}  // namespace weir::signaling
