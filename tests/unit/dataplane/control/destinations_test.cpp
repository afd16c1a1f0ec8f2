// SPDX-License-Identifier: Apache-2.0
// Destinations against a table of routes, in virtual time.
#include "dataplane/control/destinations.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/unit/dataplane/control/fake_routes.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

IpAddress ip(const char* text) {
    return *IpAddress::parse(text);
}

class DestinationsTest : public ::testing::Test {
protected:
    // The MAC address of a hop as the packet path sees it, by its last byte; -1: unresolved.
    int mac_of(HopIndex hop) const {
        MacAddress mac{};
        return hops_.find(hop, mac) ? mac[5] : -1;
    }
    void tell(const char* address, std::uint8_t mac, NeighbourState state) {
        const auto neighbour = FakeRoutes::neighbour(address, mac, state);
        routes_.changes.set(neighbour);
        destinations_.on_neighbour(neighbour);
    }
    void pass(std::chrono::milliseconds time) {
        clock_.advance(time);
        destinations_.run_once();
    }

    static constexpr std::size_t kEntries = 5;  // four destinations
    FakeClock clock_;
    NullLogger log_;
    FakeRoutes routes_;
    NextHops hops_{kEntries};
    Destinations destinations_{
        {{ip("192.0.2.1"), ""}, {ip("2001:db8::1"), "eth1"}, {ip("198.51.100.1"), "eth9"}},
        routes_,
        hops_,
        clock_,
        log_};
};

TEST_F(DestinationsTest, AKnownNeighbourIsThereAtOnce) {
    routes_.changes.set(FakeRoutes::neighbour("192.0.2.7", 7, NeighbourState::reachable));
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    ASSERT_NE(hop, kNoHop);
    EXPECT_EQ(mac_of(hop), 7);
    destinations_.run_once();
    EXPECT_TRUE(routes_.requests.empty());
}

TEST_F(DestinationsTest, AnUnknownNeighbourIsAskedForEverySecondUntilItAnswers) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    ASSERT_NE(hop, kNoHop);
    EXPECT_EQ(mac_of(hop), -1);
    pass(milliseconds(1));
    ASSERT_EQ(routes_.requests.size(), 1U);
    EXPECT_EQ(routes_.requests[0].at, (NextHop{FakeRoutes::kDevice, ip("192.0.2.7")}));
    EXPECT_EQ(routes_.requests[0].source, ip("192.0.2.1"));
    pass(milliseconds(900));
    EXPECT_EQ(routes_.requests.size(), 1U);
    pass(milliseconds(100));
    ASSERT_EQ(routes_.requests.size(), 2U);
    EXPECT_EQ(routes_.requests[1].attempt, 1U);
    tell("192.0.2.7", 7, NeighbourState::reachable);
    EXPECT_EQ(mac_of(hop), 7);
    pass(milliseconds(5000));
    EXPECT_EQ(routes_.requests.size(), 2U);
}

TEST_F(DestinationsTest, DestinationsBehindAGatewayShareItsResolution) {
    const HopIndex one = destinations_.acquire(0, ip("203.0.113.1"));
    const HopIndex two = destinations_.acquire(0, ip("203.0.113.2"));
    EXPECT_NE(one, two);
    pass(milliseconds(1));
    ASSERT_EQ(routes_.requests.size(), 1U);
    EXPECT_EQ(routes_.requests[0].at.address, ip("192.0.2.254"));
    tell("192.0.2.254", 99, NeighbourState::reachable);
    EXPECT_EQ(mac_of(one), 99);
    EXPECT_EQ(mac_of(two), 99);
    const HopIndex late = destinations_.acquire(0, ip("203.0.113.3"));
    EXPECT_EQ(mac_of(late), 99);
}

TEST_F(DestinationsTest, TheRealmSaysByWhichFamilyAndDevice) {
    EXPECT_EQ(destinations_.acquire(0, ip("2001:db8::7")), kNoHop);
    EXPECT_EQ(destinations_.acquire(9, ip("192.0.2.7")), kNoHop);
    EXPECT_EQ(destinations_.acquire(0, ip("0.0.0.0")), kNoHop);
    EXPECT_EQ(destinations_.acquire(0, IpAddress{}), kNoHop);
    const HopIndex v6 = destinations_.acquire(1, ip("2001:db8::7"));
    EXPECT_NE(v6, kNoHop);
    tell("2001:db8::7", 6, NeighbourState::reachable);
    EXPECT_EQ(mac_of(v6), 6);
}

TEST_F(DestinationsTest, AChangedMacIsFollowedAtOnce) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    tell("192.0.2.7", 7, NeighbourState::reachable);
    tell("192.0.2.7", 8, NeighbourState::stale);
    EXPECT_EQ(mac_of(hop), 8);
    EXPECT_EQ(destinations_.counters().moved, 1U);
}

TEST_F(DestinationsTest, AStaleNeighbourIsConfirmedWhileItServes) {
    routes_.changes.set(FakeRoutes::neighbour("192.0.2.7", 7, NeighbourState::stale));
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    EXPECT_EQ(mac_of(hop), 7);
    pass(milliseconds(1));
    EXPECT_EQ(routes_.requests.size(), 1U);
    pass(milliseconds(8000));
    EXPECT_EQ(routes_.requests.size(), 1U);  // the kernel is at it
    tell("192.0.2.7", 7, NeighbourState::reachable);
    pass(milliseconds(60000));
    EXPECT_EQ(routes_.requests.size(), 1U);
    tell("192.0.2.7", 7, NeighbourState::stale);
    pass(milliseconds(1));
    EXPECT_EQ(routes_.requests.size(), 2U);
}

TEST_F(DestinationsTest, ASilentNeighbourIsGivenUpAndAskedForAgain) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    tell("192.0.2.7", 7, NeighbourState::reachable);
    tell("192.0.2.7", 7, NeighbourState::failed);
    EXPECT_EQ(mac_of(hop), -1);
    EXPECT_EQ(destinations_.counters().lost, 1U);
    pass(milliseconds(1));
    EXPECT_EQ(routes_.requests.size(), 1U);
    tell("192.0.2.7", 8, NeighbourState::reachable);
    EXPECT_EQ(mac_of(hop), 8);
}

TEST_F(DestinationsTest, WhatTheKernelOnlyForgotServesOnWhileItIsAskedFor) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    tell("192.0.2.7", 7, NeighbourState::reachable);
    tell("192.0.2.7", 0, NeighbourState::unresolved);
    EXPECT_EQ(mac_of(hop), 7);
    pass(milliseconds(1));
    EXPECT_EQ(routes_.requests.size(), 1U);
}

TEST_F(DestinationsTest, WhenTheLinkComesBackNobodyWaitsForTheRetry) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    pass(milliseconds(1));
    ASSERT_EQ(routes_.requests.size(), 1U);
    destinations_.on_link(Link{FakeRoutes::kDevice, "eth1", {}, 1500, false});
    destinations_.on_link(Link{FakeRoutes::kDevice + 1, "eth2", {}, 1500, true});
    pass(milliseconds(1));
    EXPECT_EQ(routes_.requests.size(), 1U);
    destinations_.on_link(Link{FakeRoutes::kDevice, "eth1", {}, 1500, true});
    pass(milliseconds(1));
    EXPECT_EQ(routes_.requests.size(), 2U);
    EXPECT_EQ(mac_of(hop), -1);
}

TEST_F(DestinationsTest, AnotherRouteIsFollowed) {
    const HopIndex hop = destinations_.acquire(0, ip("203.0.113.1"));
    tell("192.0.2.254", 99, NeighbourState::reachable);
    ASSERT_EQ(mac_of(hop), 99);
    routes_.changes.set(FakeRoutes::neighbour("192.0.2.253", 98, NeighbourState::reachable));
    routes_.add_route("203.0.113.0/24", "192.0.2.253");
    destinations_.on_routes_changed();
    destinations_.run_once();
    EXPECT_EQ(mac_of(hop), 98);
    routes_.remove_route("203.0.113.0/24", "192.0.2.253");
    routes_.remove_route("0.0.0.0/0", "192.0.2.254");
    destinations_.on_routes_changed();
    destinations_.run_once();
    EXPECT_EQ(mac_of(hop), -1);
    EXPECT_EQ(destinations_.counters().unroutable, 1U);
    routes_.add_route("203.0.113.0/24", "192.0.2.253");
    destinations_.on_routes_changed();
    destinations_.run_once();
    EXPECT_EQ(mac_of(hop), 98);
}

TEST_F(DestinationsTest, ADeviceThatComesLaterIsFound) {
    const HopIndex hop = destinations_.acquire(2, ip("198.51.100.7"));
    ASSERT_NE(hop, kNoHop);
    EXPECT_EQ(mac_of(hop), -1);
    constexpr DeviceIndex kLate = 9;
    routes_.changes.set(Link{kLate, "eth9", {}, 1500, true});
    Route on_link;
    on_link.destination = *Prefix::parse("198.51.100.0/24");
    on_link.paths.push_back(RoutePath{kLate, {}, true});
    routes_.changes.add(on_link);
    routes_.changes.set(
        Neighbour{{kLate, ip("198.51.100.7")}, {2, 0, 0, 0, 0, 5}, NeighbourState::reachable});
    destinations_.on_routes_changed();
    destinations_.run_once();
    EXPECT_EQ(mac_of(hop), 5);
}

TEST_F(DestinationsTest, AfterAnOverrunEverythingIsLookedAtAgain) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    tell("192.0.2.7", 7, NeighbourState::reachable);
    routes_.changes.set(FakeRoutes::neighbour("192.0.2.7", 8, NeighbourState::reachable));
    destinations_.on_reread();
    destinations_.run_once();
    EXPECT_EQ(mac_of(hop), 8);
}

TEST_F(DestinationsTest, AHopIsKeptForItsOtherUsersAndForAWhileAfterThem) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    EXPECT_EQ(destinations_.acquire(0, ip("192.0.2.7")), hop);
    tell("192.0.2.7", 7, NeighbourState::reachable);
    destinations_.release(hop);
    pass(milliseconds(60000));
    EXPECT_EQ(mac_of(hop), 7);
    destinations_.release(hop);
    EXPECT_EQ(destinations_.in_use(), 0U);
    pass(kHopLinger - milliseconds(1));
    EXPECT_EQ(mac_of(hop), 7);  // a worker may still send by it
    pass(milliseconds(1));
    EXPECT_EQ(mac_of(hop), -1);
    EXPECT_NE(destinations_.acquire(0, ip("192.0.2.8")), kNoHop);
}

TEST_F(DestinationsTest, ALingeringHopIsTakenUpAgain) {
    const HopIndex hop = destinations_.acquire(0, ip("192.0.2.7"));
    destinations_.release(hop);
    pass(milliseconds(5000));
    EXPECT_EQ(destinations_.acquire(0, ip("192.0.2.7")), hop);
    pass(milliseconds(60000));
    EXPECT_EQ(destinations_.acquire(0, ip("192.0.2.7")), hop);
    EXPECT_EQ(destinations_.in_use(), 1U);
}

TEST_F(DestinationsTest, WhenAllAreInUseTheNextHasNoneUntilOneIsGivenBack) {
    const HopIndex first = destinations_.acquire(0, ip("192.0.2.11"));
    for (const char* address : {"192.0.2.12", "192.0.2.13", "192.0.2.14"})
        EXPECT_NE(destinations_.acquire(0, ip(address)), kNoHop);
    EXPECT_EQ(destinations_.acquire(0, ip("192.0.2.15")), kNoHop);
    EXPECT_EQ(destinations_.counters().refused, 1U);
    destinations_.release(kNoHop);  // what was not given is given back without harm
    destinations_.release(first);
    // The lingering one goes early rather than that a call has none.
    EXPECT_EQ(destinations_.acquire(0, ip("192.0.2.15")), first);
}

TEST(DestinationRequests, AreLimitedWhateverTheNumberOfDestinations) {
    FakeClock clock;
    NullLogger log;
    FakeRoutes routes;
    NextHops hops;
    Destinations destinations({{ip("192.0.2.1"), ""}}, routes, hops, clock, log);
    routes.add_route("10.0.0.0/8", "");
    for (unsigned i = 0; i < 3000; ++i) {
        const auto high = static_cast<std::uint8_t>(i / 256);
        ASSERT_NE(destinations.acquire(0, IpAddress::v4(10, 1, high, std::uint8_t(i % 256))),
                  kNoHop);
    }
    for (int turn = 0; turn < 1000; ++turn) {
        clock.advance(milliseconds(1));
        destinations.run_once();
    }
    EXPECT_LE(routes.requests.size(), kNeighbourRequestsPerSecond + kNeighbourBurst);
    EXPECT_GE(routes.requests.size(), kNeighbourRequestsPerSecond);
    // Nobody is asked twice while others wait.
    std::set<NextHop> asked;
    for (const auto& request : routes.requests)
        EXPECT_TRUE(asked.insert(request.at).second);
}

TEST(DestinationRequests, AManyfoldChangeOfRoutesIsSpreadOverTurns) {
    FakeClock clock;
    NullLogger log;
    FakeRoutes routes;
    NextHops hops;
    Destinations destinations({{ip("192.0.2.1"), ""}}, routes, hops, clock, log);
    for (unsigned i = 0; i < 3000; ++i)
        (void)destinations.acquire(
            0, IpAddress::v4(10, 1, static_cast<std::uint8_t>(i / 256), std::uint8_t(i % 256)));
    routes.lookups = 0;
    destinations.on_routes_changed();
    destinations.run_once();
    EXPECT_LE(routes.lookups, kDestinationsPerTurn);
    for (int turn = 0; turn < 3; ++turn)
        destinations.run_once();
    EXPECT_EQ(routes.lookups, 3000U);
    // Routes that change in every turn do not keep the last destinations from theirs.
    routes.lookups = 0;
    for (int turn = 0; turn < 3; ++turn) {
        destinations.on_routes_changed();
        destinations.run_once();
    }
    EXPECT_GE(routes.lookups, 3000U);
    const HopIndex last = destinations.acquire(0, IpAddress::v4(10, 1, 11, 183));
    routes.changes.set(FakeRoutes::neighbour("192.0.2.253", 98, NeighbourState::reachable));
    routes.add_route("10.1.11.183/32", "192.0.2.253");
    MacAddress mac{};
    for (int turn = 0; turn < 8; ++turn) {
        destinations.on_routes_changed();
        destinations.run_once();
    }
    EXPECT_TRUE(hops.find(last, mac));
    EXPECT_EQ(mac[5], 98);
}

}  // namespace
}  // namespace weir::tests
