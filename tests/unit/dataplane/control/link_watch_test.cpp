// SPDX-License-Identifier: Apache-2.0
// LinkWatch against the kernel: what the packet path sees when hosts, links and routes change.
#include "dataplane/control/link_watch.hpp"

#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <poll.h>

#include "tests/support/network_namespace.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

IpAddress ip(const char* text) {
    return *IpAddress::parse(text);
}

class LinkWatchTest : public TwoHosts {
protected:
    void SetUp() override {
        TwoHosts::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        // In seconds what takes the kernel a minute: confirmed, stale, asked again, given up.
        ASSERT_TRUE(near_.set("ipv4/neigh/eth0/base_reachable_time_ms", "300"));
        ASSERT_TRUE(near_.set("ipv4/neigh/eth0/delay_first_probe_time", "0"));
        ASSERT_TRUE(near_.set("ipv4/neigh/eth0/locktime", "0"));
        auto watch = near_.run([&] {
            return LinkWatch::start({{ip("192.0.2.1"), ""}, {ip("2001:db8::1"), "eth0"}}, hops_,
                                    clock_, log_);
        });
        ASSERT_TRUE(watch.has_value()) << watch.error().context;
        watch_ = std::move(*watch);
    }
    // Milliseconds until it is so; -1: not within ten seconds.
    long comes(const std::function<bool()>& is_so) {
        const MonoTime begin = clock_.now();
        while (clock_.now() - begin < seconds(10)) {
            watch_->read_news();
            watch_->run_once();
            if (is_so())
                return std::chrono::duration_cast<milliseconds>(clock_.now() - begin).count();
            pollfd ready{watch_->fd(), POLLIN, 0};
            (void)poll(&ready, 1, 10);
        }
        return -1;
    }
    bool is_resolved(HopIndex hop) const {
        MacAddress mac{};
        return hops_.find(hop, mac);
    }
    MacAddress mac_of(HopIndex hop) const {
        MacAddress mac{};
        (void)hops_.find(hop, mac);
        return mac;
    }
    HopIndex acquire(RealmIndex realm, const char* address) {
        return near_.run([&] { return watch_->destinations().acquire(realm, ip(address)); });
    }

    SystemClock clock_;
    NullLogger log_;
    NextHops hops_;
    std::unique_ptr<LinkWatch> watch_;
};

TEST_F(LinkWatchTest, APartyOnTheLinkIsResolvedWithinASecond) {
    for (const RealmIndex realm : {RealmIndex{0}, RealmIndex{1}}) {
        const HopIndex hop = acquire(realm, realm == 0 ? "192.0.2.2" : "2001:db8::2");
        ASSERT_NE(hop, kNoHop);
        const long took = comes([&] { return is_resolved(hop); });
        EXPECT_GE(took, 0);
        EXPECT_LT(took, 1500) << "realm " << int{realm};
    }
}

TEST_F(LinkWatchTest, APartyThatComesLaterIsResolvedWithinTheRetry) {
    const HopIndex hop = acquire(0, "192.0.2.9");
    EXPECT_GE(comes([&] { return watch_->destinations().counters().requests >= 2; }), 0);
    EXPECT_FALSE(is_resolved(hop));
    ASSERT_TRUE(far_.ip("addr add 192.0.2.9/24 dev eth0"));
    const long took = comes([&] { return is_resolved(hop); });
    EXPECT_GE(took, 0);
    EXPECT_LT(took, 2500);
}

TEST_F(LinkWatchTest, AGatewayIsTakenUpAndLeftWithItsRoute) {
    const HopIndex hop = acquire(0, "203.0.113.9");
    ASSERT_TRUE(near_.ip("route add 203.0.113.0/24 via 192.0.2.2"));
    EXPECT_GE(comes([&] { return is_resolved(hop); }), 0);
    ASSERT_TRUE(far_.ip("addr add 192.0.2.3/24 dev eth0"));
    ASSERT_TRUE(near_.ip("neigh add 192.0.2.3 lladdr 02:00:00:00:00:33 dev eth0"));
    ASSERT_TRUE(near_.ip("route replace 203.0.113.0/24 via 192.0.2.3"));
    EXPECT_GE(comes([&] { return mac_of(hop)[5] == 0x33; }), 0);
    ASSERT_TRUE(near_.ip("route del 203.0.113.0/24"));
    EXPECT_GE(comes([&] { return !is_resolved(hop); }), 0);
}

TEST_F(LinkWatchTest, AnAddressThatMovesToAnotherMachineIsFollowedByItsAnnouncement) {
    const HopIndex hop = acquire(0, "192.0.2.2");
    ASSERT_GE(comes([&] { return is_resolved(hop); }), 0);
    ASSERT_TRUE(far_.set("ipv4/conf/eth0/arp_notify", "1"));
    ASSERT_TRUE(far_.ip("link set eth0 address 02:00:00:00:00:99"));
    const long took = comes([&] { return mac_of(hop)[5] == 0x99; });
    EXPECT_GE(took, 0);
    EXPECT_LT(took, 1000);
    EXPECT_EQ(watch_->destinations().counters().moved, 1U);
}

TEST_F(LinkWatchTest, ASilentPartyIsNoticedThoughNoPacketOfOursPassesTheKernel) {
    const HopIndex hop = acquire(0, "192.0.2.2");
    ASSERT_GE(comes([&] { return is_resolved(hop); }), 0);
    ASSERT_TRUE(far_.ip("addr del 192.0.2.2/24 dev eth0"));
    EXPECT_GE(comes([&] { return !is_resolved(hop); }), 0);
    EXPECT_EQ(watch_->destinations().counters().lost, 1U);
    ASSERT_TRUE(far_.ip("addr add 192.0.2.2/24 dev eth0"));
    EXPECT_GE(comes([&] { return is_resolved(hop); }), 0);
}

TEST_F(LinkWatchTest, ALivingPartyIsConfirmedAgainAndAgainAndNeverLost) {
    const HopIndex hop = acquire(0, "192.0.2.2");
    ASSERT_GE(comes([&] { return is_resolved(hop); }), 0);
    EXPECT_GE(comes([&] { return watch_->destinations().counters().requests >= 2; }), 0);
    bool is_always_there = true;
    const MonoTime begin = clock_.now();
    EXPECT_GE(comes([&] {
                  is_always_there = is_always_there && is_resolved(hop);
                  return clock_.now() - begin > seconds(2);
              }),
              0);
    EXPECT_TRUE(is_always_there);
}

TEST_F(LinkWatchTest, AfterTheLinkWasDownThePartiesAreThereAgain) {
    const HopIndex hop = acquire(0, "192.0.2.2");
    ASSERT_GE(comes([&] { return is_resolved(hop); }), 0);
    ASSERT_TRUE(near_.ip("link set eth0 down"));
    EXPECT_GE(comes([&] { return !is_resolved(hop); }), 0) << "its route is gone";
    ASSERT_TRUE(near_.ip("link set eth0 up"));
    EXPECT_GE(comes([&] { return is_resolved(hop); }), 0);
}

TEST_F(LinkWatchTest, ALinkThatGoesDownOrAwayIsToldOnceAndOneThatComesIsNot) {
    (void)comes([] { return true; });
    (void)watch_->take_lost_link();
    ASSERT_TRUE(near_.ip("link set eth0 down"));
    EXPECT_GE(comes([&] { return watch_->take_lost_link(); }), 0);
    const HopIndex hop = acquire(0, "192.0.2.2");
    ASSERT_TRUE(near_.ip("link set eth0 up"));
    EXPECT_GE(comes([&] { return is_resolved(hop); }), 0);
    EXPECT_FALSE(watch_->take_lost_link());
    ASSERT_TRUE(near_.ip("link del eth0"));
    EXPECT_GE(comes([&] { return watch_->take_lost_link(); }), 0);
}

TEST_F(LinkWatchTest, ADeviceThatWasRemovedAndCameBackIsFoundByItsAddress) {
    const HopIndex hop = acquire(0, "192.0.2.2");
    ASSERT_GE(comes([&] { return is_resolved(hop); }), 0);
    ASSERT_TRUE(near_.ip("link del eth0"));
    EXPECT_GE(comes([&] { return !is_resolved(hop); }), 0);
    ASSERT_TRUE(near_.ip("link add eth0 type veth peer name eth0 netns " + far_.name()));
    ASSERT_TRUE(set_up(near_, "1"));
    ASSERT_TRUE(set_up(far_, "2"));
    EXPECT_GE(comes([&] { return is_resolved(hop); }), 0);
}

}  // namespace
}  // namespace weir::tests
