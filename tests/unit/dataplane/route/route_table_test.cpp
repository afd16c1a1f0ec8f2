// SPDX-License-Identifier: Apache-2.0
// RouteTable: tables of routes and the next hops that they give.
#include "dataplane/route/route_table.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::dataplane {
namespace {

IpAddress ip(const std::string& text) {
    const auto address = IpAddress::parse(text);
    EXPECT_TRUE(address.has_value()) << text;
    return address.value_or(IpAddress{});
}

// "10.0.0.0/8 via 192.0.2.1 dev 2 metric 100", "10.1.0.0/16 dev 3 nexthop dev 4 dead",
// "10.2.0.0/16 unreachable".
Route route(const std::string& text) {
    std::istringstream words(text);
    Route result;
    std::string word;
    words >> word;
    result.destination = *Prefix::parse(word);
    RoutePath path;
    const auto finish_path = [&] {
        if (path.device != kAnyDevice) result.paths.push_back(path);
        path = RoutePath{};
    };
    while (words >> word) {
        if (word == "nexthop") finish_path();
        if (word == "dead") path.is_usable = false;
        std::string value;
        if (word == "via" && words >> value) path.gateway = ip(value);
        if (word == "dev") words >> path.device;
        if (word == "metric") words >> result.metric;
    }
    finish_path();
    return result;
}

std::string hop(const RouteTable& table, const std::string& destination, DeviceIndex device = 0) {
    const auto found = table.next_hop(ip(destination), device);
    return found ? found->address.to_string() + " dev " + std::to_string(found->device) : "none";
}

struct Row {
    std::string destination;
    DeviceIndex device = 0;
    std::string expected;
};

void expect_hops(const RouteTable& table, const std::vector<Row>& rows) {
    for (const auto& row : rows)
        EXPECT_EQ(hop(table, row.destination, row.device), row.expected)
            << row.destination << " by device " << row.device;
}

TEST(RouteTable, TheLongestPrefixDecides) {
    RouteTable table;
    for (const char* line :
         {"0.0.0.0/0 via 192.0.2.1 dev 2", "10.0.0.0/8 via 192.0.2.2 dev 2", "10.1.0.0/16 dev 3",
          "10.1.2.3/32 via 10.1.9.9 dev 3", "192.0.2.0/24 dev 2"})
        table.add(route(line));
    expect_hops(table, {{"8.8.8.8", 0, "192.0.2.1 dev 2"},
                        {"10.2.0.1", 0, "192.0.2.2 dev 2"},
                        {"10.1.0.1", 0, "10.1.0.1 dev 3"},
                        {"10.1.2.3", 0, "10.1.9.9 dev 3"},
                        {"192.0.2.77", 0, "192.0.2.77 dev 2"},
                        {"10.1.255.255", 0, "10.1.255.255 dev 3"}});
}

TEST(RouteTable, Ipv6PrefixesOfAnyLengthAreDistinct) {
    RouteTable table;
    for (const char* line : {"::/0 via fe80::1 dev 2", "2001:db8::/32 via fe80::2 dev 2",
                             "2001:db8:1::/65 dev 3", "fe80::/64 dev 2", "fe80::/64 dev 3"})
        table.add(route(line));
    expect_hops(table, {{"2001:db9::1", 0, "fe80::1 dev 2"},
                        {"2001:db8:2::1", 0, "fe80::2 dev 2"},
                        {"2001:db8:1::7fff", 0, "2001:db8:1::7fff dev 3"},
                        {"2001:db8:1:0:8000::1", 0, "fe80::2 dev 2"},
                        {"fe80::9", 3, "fe80::9 dev 3"},
                        {"fe80::9", 2, "fe80::9 dev 2"},
                        {"10.0.0.1", 0, "none"}});
}

TEST(RouteTable, TheRealmsDeviceChoosesAmongRoutes) {
    RouteTable table;
    for (const char* line : {"0.0.0.0/0 via 192.0.2.1 dev 2",
                             "0.0.0.0/0 via 198.51.100.1 dev 3 metric 50", "10.0.0.0/8 dev 2"})
        table.add(route(line));
    expect_hops(table, {{"10.0.0.1", 3, "198.51.100.1 dev 3"},
                        {"10.0.0.1", 2, "10.0.0.1 dev 2"},
                        {"10.0.0.1", 4, "none"}});
}

TEST(RouteTable, TheLowestMetricIsPreferredWhateverTheOrder) {
    RouteTable table;
    table.add(route("10.0.0.0/8 via 192.0.2.3 dev 2 metric 300"));
    table.add(route("10.0.0.0/8 via 192.0.2.1 dev 2 metric 100"));
    table.add(route("10.0.0.0/8 via 192.0.2.2 dev 2 metric 200"));
    EXPECT_EQ(hop(table, "10.0.0.1"), "192.0.2.1 dev 2");
    EXPECT_TRUE(table.remove(route("10.0.0.0/8 via 192.0.2.1 dev 2 metric 100")));
    EXPECT_EQ(hop(table, "10.0.0.1"), "192.0.2.2 dev 2");
}

TEST(RouteTable, OfSeveralPathsTheFirstUsableIsTaken) {
    RouteTable table;
    table.add(route("10.0.0.0/8 via 192.0.2.1 dev 2 dead nexthop via 192.0.2.2 dev 2"));
    EXPECT_EQ(hop(table, "10.0.0.1"), "192.0.2.2 dev 2");
    table.add(route("10.0.0.0/8 via 192.0.2.1 dev 2"));  // it is alive again
    EXPECT_EQ(hop(table, "10.0.0.1"), "192.0.2.1 dev 2");
    EXPECT_EQ(table.routes(), 2U);
}

TEST(RouteTable, ADeadPathIsBetterThanAShorterPrefix) {
    RouteTable table;
    table.add(route("0.0.0.0/0 via 192.0.2.1 dev 2"));
    table.add(route("10.0.0.0/8 via 192.0.2.2 dev 2 dead"));
    EXPECT_EQ(hop(table, "10.0.0.1"), "192.0.2.2 dev 2");
}

TEST(RouteTable, AnUnreachableRouteEndsTheSearch) {
    RouteTable table;
    table.add(route("0.0.0.0/0 via 192.0.2.1 dev 2"));
    table.add(route("10.0.0.0/8 unreachable"));
    EXPECT_EQ(hop(table, "10.0.0.1", 2), "none");
    EXPECT_TRUE(table.remove(route("10.0.0.0/8 unreachable")));
    EXPECT_EQ(hop(table, "10.0.0.1", 2), "192.0.2.1 dev 2");
}

TEST(RouteTable, AnIpv4RouteMayHaveAnIpv6Gateway) {
    RouteTable table;
    table.add(route("10.0.0.0/8 via fe80::1 dev 2"));
    EXPECT_EQ(hop(table, "10.0.0.1"), "fe80::1 dev 2");
}

TEST(RouteTable, AReplacedRouteIsGone) {
    RouteTable table;
    table.add(route("10.0.0.0/8 via 192.0.2.1 dev 2"));
    table.replace(route("10.0.0.0/8 via 192.0.2.9 dev 3"));
    EXPECT_EQ(hop(table, "10.0.0.1"), "192.0.2.9 dev 3");
    EXPECT_EQ(hop(table, "10.0.0.1", 2), "none");
    EXPECT_EQ(table.routes(), 1U);
}

TEST(RouteTable, ReplacingByNothingKnownIsAnAddition) {
    RouteTable table;
    table.replace(route("10.0.0.0/8 dev 3"));
    EXPECT_TRUE(table.remove(route("10.0.0.0/8 dev 3")));
    EXPECT_EQ(hop(table, "10.0.0.1"), "none");
}

TEST(RouteTable, RemovingTheUnknownIsToldAsOutOfStep) {
    RouteTable table;
    table.add(route("10.0.0.0/8 dev 2"));
    EXPECT_FALSE(table.remove(route("10.0.0.0/8 dev 3")));
    EXPECT_FALSE(table.remove(route("11.0.0.0/8 dev 2")));
    EXPECT_EQ(hop(table, "10.0.0.1"), "10.0.0.1 dev 2");
}

TEST(RouteTable, TheBoundIsKeptAndTold) {
    RouteTable table(2, 1);
    table.add(route("10.0.0.0/8 dev 2"));
    table.add(route("11.0.0.0/8 dev 2"));
    EXPECT_TRUE(table.has_all_routes());
    table.add(route("12.0.0.0/8 dev 2"));
    EXPECT_FALSE(table.has_all_routes());
    EXPECT_EQ(table.routes(), 2U);
    EXPECT_EQ(hop(table, "12.0.0.1"), "none");

    table.set(Neighbour{{2, ip("10.0.0.1")}, {}, NeighbourState::reachable});
    EXPECT_TRUE(table.has_all_neighbours());
    table.set(Neighbour{{2, ip("10.0.0.2")}, {}, NeighbourState::reachable});
    EXPECT_FALSE(table.has_all_neighbours());
    EXPECT_EQ(table.neighbours(), 1U);
}

TEST(RouteTable, BitsBehindThePrefixLengthDoNotMatter) {
    RouteTable table;
    table.add(route("10.1.2.3/13 dev 2"));
    EXPECT_EQ(hop(table, "10.7.255.255"), "10.7.255.255 dev 2");
    EXPECT_EQ(hop(table, "10.8.0.0"), "none");
    EXPECT_TRUE(table.remove(route("10.0.0.0/13 dev 2")));
}

TEST(RouteTable, NeighboursAreFoundByDeviceAndAddress) {
    RouteTable table;
    const MacAddress mac{2, 0, 0, 0, 0, 1};
    table.set(Neighbour{{2, ip("10.0.0.1")}, mac, NeighbourState::stale});
    const Neighbour* known = table.neighbour({2, ip("10.0.0.1")});
    ASSERT_NE(known, nullptr);
    EXPECT_EQ(known->mac, mac);
    EXPECT_TRUE(known->is_usable());
    EXPECT_EQ(table.neighbour({3, ip("10.0.0.1")}), nullptr);
    table.remove(NextHop{2, ip("10.0.0.1")});
    EXPECT_EQ(table.neighbour({2, ip("10.0.0.1")}), nullptr);
}

TEST(RouteTable, TheDeviceOfAnAddressGoesWithItsLink) {
    RouteTable table;
    table.set(Link{4, "eth1", {}, 1500, true});
    table.add_address(4, *Prefix::parse("192.0.2.1/24"));
    EXPECT_EQ(table.device_of(ip("192.0.2.1")), 4U);
    EXPECT_EQ(table.device_of(ip("192.0.2.2")), kAnyDevice);
    ASSERT_NE(table.link("eth1"), nullptr);
    EXPECT_EQ(table.link("eth1")->device, 4U);
    table.remove_link(4);
    EXPECT_EQ(table.device_of(ip("192.0.2.1")), kAnyDevice);
    EXPECT_EQ(table.link("eth1"), nullptr);
}

}  // namespace
}  // namespace weir::dataplane
