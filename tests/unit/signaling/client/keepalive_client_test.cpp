// SPDX-License-Identifier: Apache-2.0
// OPTIONS on the wire of a fake stack, in virtual time: when they leave, and what routing is told.
#include "signaling/client/keepalive_client.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_sip_stack.hpp"
#include "tests/support/nobody.hpp"

namespace weir::signaling {
namespace {

using config::DialPeerTag;
using std::chrono::seconds;

class KeepaliveClientTest : public testing::Test {
protected:
    KeepaliveClientTest() {
        stack_.listening = {{SipTransport::udp, *Endpoint::parse("198.51.100.9:5060", 0)},
                            {SipTransport::tcp, *Endpoint::parse("198.51.100.9:5060", 0)}};
        stack_.set_events(router_);
        router_.add(client_);
        auto& profile = config_.keepalive_profiles[9];
        profile.tag = 9;
        profile.up_interval = 15;
        profile.down_interval = 5;
        profile.retry = 2;
    }
    config::DialPeer& add_peer(std::uint32_t tag, const char* target) {
        auto& peer = config_.dial_peers[DialPeerTag{tag}];
        peer.tag = DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.destination_pattern = "7...";
        peer.keepalive.enabled = true;
        peer.keepalive.profile = 9;
        peer.target.kind = config::SessionTarget::Kind::address;
        peer.target.address = *IpAddress::parse(target);
        return peer;
    }
    void add_group_peer(std::uint32_t tag) {
        auto& group = config_.server_groups[4];
        group.tag = 4;
        group.servers = {{*IpAddress::parse("192.0.2.91"), 0, 0},
                         {*IpAddress::parse("192.0.2.92"), 5070, 0}};
        auto& peer = add_peer(tag, "192.0.2.1");
        peer.target = {};
        peer.server_group = 4;
    }
    void apply() { client_.set_config(std::make_shared<config::Config>(config_)); }
    auto pings() const { return stack_.sent_with("OPTIONS"); }
    // The latest OPTIONS to that address.
    tests::FakeSipStack::Sent last_to(const char* endpoint) const {
        tests::FakeSipStack::Sent found;
        for (const auto& sent : pings())
            if (sent.request.path.remote == *Endpoint::parse(endpoint, 0)) found = sent;
        return found;
    }
    bool busy(std::uint32_t tag) const {
        return client_.busyout().peers.contains(DialPeerTag{tag});
    }
    void fail(const tests::FakeSipStack::Sent& sent) {
        stack_.events().on_failure(sent.txn, TxnFailure::timeout);
    }

    config::Config config_;
    tests::FakeLoop loop_;
    tests::FakeSipStack stack_;
    SeededRandom random_{7};
    NullLogger log_;
    tests::Nobody nobody_;
    SipRouter router_{nobody_};
    int told_ = 0;
    std::vector<Hop> hops_;  // of every name
    NetworkKnowledge network() {
        NetworkKnowledge knowledge;
        knowledge.locate = [this](const HopQuery&) { return hops_; };
        return knowledge;
    }
    KeepaliveClient client_{
        {loop_, stack_, random_, log_}, network(), [this](const dialplan::Busyout&) { ++told_; }};
};

TEST_F(KeepaliveClientTest, ThePingGoesToTheTargetOutOfDialog) {
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    ASSERT_EQ(pings().size(), 1U);
    const auto sent = pings()[0].request;
    EXPECT_EQ(sent.message.request_uri, "sip:192.0.2.1");
    EXPECT_EQ(sent.path.remote, *Endpoint::parse("192.0.2.1:5060", 0));
    EXPECT_EQ(sent.path.local, *Endpoint::parse("198.51.100.9:5060", 0));
    EXPECT_EQ(sent.message.find("To")->find("tag="), std::string::npos);
    EXPECT_EQ(*sent.message.find("CSeq"), "101 OPTIONS");
    EXPECT_EQ(sent.retries, 6);
}

TEST_F(KeepaliveClientTest, RetryAndTimerOfOptionsAreTheUsersOwn) {
    config_.sip_ua.retry_options = 1;
    config_.sip_ua.timer_options = std::chrono::milliseconds(200);
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    EXPECT_EQ(pings()[0].request.retries, 1);
    EXPECT_EQ(pings()[0].request.t1, std::chrono::milliseconds(200));
}

TEST_F(KeepaliveClientTest, WhileUpItIsPingedEveryUpInterval) {
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    for (std::size_t n = 1; n <= 3; ++n) {
        ASSERT_EQ(pings().size(), n);
        stack_.answer(pings().back(), 200, "t");
        loop_.advance(seconds(15));
    }
}

TEST_F(KeepaliveClientTest, RetryFailuresMakeThePeerBusyAndOneAnswerBringsItBack) {
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    fail(pings().back());
    EXPECT_FALSE(busy(1));
    loop_.advance(seconds(15));
    stack_.answer(pings().back(), 503, "t");
    EXPECT_TRUE(busy(1));
    loop_.advance(seconds(5));
    ASSERT_EQ(pings().size(), 3U) << "down-interval";
    stack_.answer(pings().back(), 404, "t");
    EXPECT_FALSE(busy(1));
}

TEST_F(KeepaliveClientTest, AGroupsPeerIsBusyOnlyWhenAllServersAre) {
    add_group_peer(1);
    apply();
    loop_.advance(seconds(1));
    ASSERT_EQ(pings().size(), 2U);
    for (int i = 0; i < 2; ++i) {
        fail(last_to("192.0.2.91:5060"));
        stack_.answer(last_to("192.0.2.92:5070"), 200, "t");
        loop_.advance(seconds(15));
    }
    EXPECT_TRUE(client_.busyout().servers.contains({4, 0}));
    EXPECT_FALSE(busy(1));
    stack_.answer(last_to("192.0.2.91:5060"), 503, "t");
    for (int i = 0; i < 2; ++i) {
        fail(last_to("192.0.2.92:5070"));
        loop_.advance(seconds(15));
    }
    EXPECT_TRUE(busy(1));
}

TEST_F(KeepaliveClientTest, APeerOfTheRegistrarsIsBusyOnlyWhenTheyAllAre) {
    for (const char* line : {"registrar 1 ipv4:192.0.2.5", "registrar 2 ipv4:192.0.2.6 secondary"})
        config_.voice.sip.kept.push_back({line, line, ""});
    add_peer(7, "192.0.2.1").target = {};
    config_.dial_peers[DialPeerTag{7}].target.kind = config::SessionTarget::Kind::registrar;
    apply();
    const AddressHealth::Address primary{SipTransport::udp, *Endpoint::parse("192.0.2.5:5060", 0)};
    for (int times = 0; times < 2; ++times) {
        loop_.advance(seconds(15));
        fail(last_to("192.0.2.5:5060"));
        stack_.answer(last_to("192.0.2.6:5060"), 200, "t");
    }
    EXPECT_FALSE(busy(7));
    EXPECT_TRUE(client_.busy_addresses().contains(primary)) << "calls go to the other one first";
    for (int times = 0; times < 2; ++times) {
        loop_.advance(seconds(15));
        fail(last_to("192.0.2.6:5060"));
    }
    EXPECT_TRUE(busy(7));
}

TEST_F(KeepaliveClientTest, ATransportThatIsNotListenedOnCountsAsFailure) {
    config_.keepalive_profiles[9].retry = 1;
    stack_.listening.clear();
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    EXPECT_TRUE(pings().empty());
    EXPECT_TRUE(busy(1));
}

TEST_F(KeepaliveClientTest, ACommitKeepsWhatIsKnownOfATarget) {
    config_.keepalive_profiles[9].retry = 1;
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    fail(pings().back());
    ASSERT_TRUE(busy(1));
    add_peer(2, "192.0.2.2");
    apply();
    EXPECT_TRUE(busy(1));
    EXPECT_FALSE(busy(2));
}

TEST_F(KeepaliveClientTest, WithoutKeepaliveNothingIsPingedAnyMore) {
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    config_.dial_peers[DialPeerTag{1}].keepalive.enabled = false;
    apply();
    EXPECT_EQ(stack_.abandoned.size(), 1U);
    loop_.advance(seconds(100));
    EXPECT_EQ(pings().size(), 1U);
    EXPECT_EQ(loop_.pending_timers(), 0U);
}

TEST_F(KeepaliveClientTest, AProvisionalAnswerDecidesNothing) {
    config_.keepalive_profiles[9].retry = 1;
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    stack_.answer(pings().back(), 100, "");
    EXPECT_EQ(told_, 1) << "told once, of the commit";
    fail(pings().back());
    EXPECT_TRUE(busy(1));
}

// Spec A.12: each host of a name is pinged; the peer is busy when all of them are.
TEST_F(KeepaliveClientTest, EachHostOfANameIsPinged) {
    config_.keepalive_profiles[9].retry = 1;
    auto& peer = add_peer(1, "192.0.2.1");
    peer.target = {};
    peer.target.kind = config::SessionTarget::Kind::dns;
    peer.target.host = "trunk.example";
    apply();
    loop_.advance(seconds(20));
    EXPECT_TRUE(pings().empty()) << "the name has no address yet";
    hops_ = {{SipTransport::udp, *Endpoint::parse("192.0.2.11:5060", 0), "trunk.example"},
             {SipTransport::udp, *Endpoint::parse("192.0.2.12:5070", 0), "trunk.example"}};
    loop_.advance(seconds(6));
    ASSERT_EQ(pings().size(), 2U);
    EXPECT_EQ(pings()[0].request.message.request_uri, "sip:trunk.example");
    fail(last_to("192.0.2.11:5060"));
    EXPECT_FALSE(busy(1));
    EXPECT_EQ(client_.peers().at(DialPeerTag{1}), PingHealth::partial);
    fail(last_to("192.0.2.12:5070"));
    EXPECT_TRUE(busy(1));
}

// A commit must not start a second series of questions about the same name.
TEST_F(KeepaliveClientTest, TheOptionsOfAPeerWithAnOutboundProxyGoesThere) {  // spec A.6
    auto& peer = add_peer(1, "192.0.2.1");
    peer.sip.outbound_proxy.emplace();
    peer.sip.outbound_proxy->kind = config::SipHop::Kind::address;
    peer.sip.outbound_proxy->address = *IpAddress::parse("192.0.2.77");
    peer.sip.outbound_proxy->port = 5070;
    apply();
    loop_.advance(seconds(1));
    ASSERT_EQ(pings().size(), 1U);
    EXPECT_EQ(pings()[0].request.path.remote.to_string(), "192.0.2.77:5070");
    EXPECT_EQ(pings()[0].request.message.request_uri, "sip:192.0.2.1") << "it names the target";
}

TEST_F(KeepaliveClientTest, OneBusyHostOfANameIsNamedWhileTheNameStaysInService) {
    auto& peer = add_peer(1, "192.0.2.1");
    peer.target = {};
    peer.target.kind = config::SessionTarget::Kind::dns;
    peer.target.host = "trunk.example";
    hops_ = {{SipTransport::udp, *Endpoint::parse("192.0.2.11:5060", 0), "trunk.example"},
             {SipTransport::udp, *Endpoint::parse("192.0.2.12:5060", 0), "trunk.example"}};
    apply();
    for (int round = 0; round < 2; ++round) {
        loop_.advance(seconds(16));
        fail(last_to("192.0.2.11:5060"));
        stack_.answer(last_to("192.0.2.12:5060"), 200, "peer");
    }
    EXPECT_FALSE(busy(1));
    EXPECT_EQ(client_.busy_addresses(),
              (std::set<AddressHealth::Address>{
                  {SipTransport::udp, *Endpoint::parse("192.0.2.11:5060", 0)}}));
}

TEST_F(KeepaliveClientTest, ANameIsAskedForByOneTimerHoweverManyCommits) {
    auto& peer = add_peer(1, "192.0.2.1");
    peer.target = {};
    peer.target.kind = config::SessionTarget::Kind::dns;
    peer.target.host = "trunk.example";
    for (int i = 0; i < 5; ++i)
        apply();
    EXPECT_EQ(loop_.pending_timers(), 1U);
}

TEST_F(KeepaliveClientTest, AProfileIsAppliedLast) {
    config_.keepalive_profiles[9].sip_profiles = 90;
    std::uint32_t applied = 0;
    client_.set_profiles([&](std::uint32_t profile, SipMessage& message) {
        applied = profile;
        message.request_uri += ";user=phone";
    });
    add_peer(1, "192.0.2.1");
    apply();
    loop_.advance(seconds(1));
    EXPECT_EQ(applied, 90U);
    EXPECT_EQ(pings()[0].request.message.request_uri, "sip:192.0.2.1;user=phone");
}

}  // namespace
}  // namespace weir::signaling
