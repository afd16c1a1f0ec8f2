// SPDX-License-Identifier: Apache-2.0
// NetlinkMonitor against the kernel, in network namespaces of the test.
#include "dataplane/route/netlink_monitor.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/network_namespace.hpp"

namespace weir::tests {
namespace {

using namespace dataplane;

IpAddress ip(const char* text) {
    return *IpAddress::parse(text);
}

class NetlinkMonitorTest : public TwoHosts {
protected:
    void start(NetlinkMonitorOptions options = {}) {
        auto monitor = near_.run([&] { return NetlinkMonitor::start(options, clock_, log_); });
        ASSERT_TRUE(monitor.has_value()) << monitor.error().context;
        monitor_ = std::move(*monitor);
        RouteListener listener;
        listener.neighbour_changed = [this](const Neighbour& news) { news_[news.at] = news; };
        listener.link_changed = [this](const Link& link) { links_.push_back(link); };
        listener.reread = [this] { ++rereads_; };
        monitor_->listen(std::move(listener));
        eth0_ = monitor_->table().link("eth0") != nullptr ? monitor_->table().link("eth0")->device
                                                          : kAnyDevice;
    }
    // Serves the monitor until it is so; false after five seconds.
    bool comes(const std::function<bool()>& is_so) {
        for (int turn = 0; turn < 500; ++turn) {
            monitor_->run_once();
            if (is_so()) return true;
            pollfd ready{monitor_->fd(), POLLIN, 0};
            (void)poll(&ready, 1, 10);
        }
        return false;
    }
    std::string way(const char* destination) {
        const auto hop = monitor_->next_hop(ip(destination), eth0_);
        return hop ? hop->address.to_string() : "none";
    }
    NeighbourState state(const char* address) {
        const auto neighbour = monitor_->neighbour({eth0_, ip(address)});
        return neighbour ? neighbour->state : NeighbourState::unresolved;
    }
    void resolve(const char* address, const char* source, unsigned attempt = 0) {
        near_.run([&] { monitor_->resolve({eth0_, ip(address)}, ip(source), attempt); });
    }

    SystemClock clock_;
    NullLogger log_;
    std::unique_ptr<NetlinkMonitor> monitor_;
    DeviceIndex eth0_ = kAnyDevice;
    std::map<NextHop, Neighbour> news_;
    std::vector<Link> links_;
    int rereads_ = 0;
};

TEST_F(NetlinkMonitorTest, WhatIsThereIsReadAtTheStart) {
    ASSERT_TRUE(near_.ip("route add default via 192.0.2.2"));
    ASSERT_TRUE(near_.ip("-6 route add default via 2001:db8::2"));
    start();
    ASSERT_NE(eth0_, kAnyDevice);
    EXPECT_TRUE(monitor_->table().link(eth0_)->is_up);
    EXPECT_EQ(monitor_->table().link(eth0_)->mtu, 1500U);
    EXPECT_EQ(monitor_->table().device_of(ip("2001:db8::1")), eth0_);
    EXPECT_EQ(way("192.0.2.77"), "192.0.2.77");
    EXPECT_EQ(way("203.0.113.1"), "192.0.2.2");
    EXPECT_EQ(way("2001:db8::77"), "2001:db8::77");
    EXPECT_EQ(way("2001:db9::1"), "2001:db8::2");
    EXPECT_EQ(way("fe80::77"), "fe80::77");
}

TEST_F(NetlinkMonitorTest, RoutesThatComeChangeAndGoAreFollowed) {
    start();
    ASSERT_TRUE(near_.ip("route add 203.0.113.0/24 via 192.0.2.2"));
    EXPECT_TRUE(comes([&] { return way("203.0.113.1") == "192.0.2.2"; }));
    ASSERT_TRUE(near_.ip("route replace 203.0.113.0/24 via 192.0.2.3"));
    EXPECT_TRUE(comes([&] { return way("203.0.113.1") == "192.0.2.3"; }));
    ASSERT_TRUE(near_.ip("route add unreachable 203.0.113.128/25"));
    EXPECT_TRUE(comes([&] { return way("203.0.113.200") == "none"; }));
    ASSERT_TRUE(near_.ip("route del 203.0.113.0/24"));
    EXPECT_TRUE(comes([&] { return way("203.0.113.1") == "none"; }));
}

TEST_F(NetlinkMonitorTest, Ipv6RoutesOfOneMetricAreFollowed) {
    start();
    ASSERT_TRUE(
        near_.ip("-6 route add 2001:db9::/32 nexthop via 2001:db8::2 dev eth0 nexthop via "
                 "2001:db8::3 dev eth0"));
    EXPECT_TRUE(comes([&] { return way("2001:db9::1") == "2001:db8::2"; }));
    ASSERT_TRUE(near_.ip("-6 route replace 2001:db9::/32 via 2001:db8::4"));
    EXPECT_TRUE(comes([&] { return way("2001:db9::1") == "2001:db8::4"; }));
    ASSERT_TRUE(near_.ip("-6 route del 2001:db9::/32"));
    EXPECT_TRUE(comes([&] { return way("2001:db9::1") == "none"; }));
}

TEST_F(NetlinkMonitorTest, RoutesGoWithTheLinkAndComeBackWithIt) {
    ASSERT_TRUE(near_.ip("route add default via 192.0.2.2"));
    start();
    ASSERT_EQ(way("203.0.113.1"), "192.0.2.2");
    ASSERT_TRUE(near_.ip("link set eth0 down"));
    EXPECT_TRUE(comes([&] { return way("203.0.113.1") == "none" && way("192.0.2.9") == "none"; }));
    ASSERT_FALSE(links_.empty());
    EXPECT_FALSE(links_.back().is_up);
    ASSERT_TRUE(near_.ip("link set eth0 up"));
    EXPECT_TRUE(comes([&] { return way("192.0.2.9") == "192.0.2.9"; }));
    EXPECT_TRUE(comes([&] { return links_.back().is_up; }));
}

TEST_F(NetlinkMonitorTest, RoutesThatPreferAnAddressGoWithIt) {
    ASSERT_TRUE(near_.ip("addr add 198.51.100.1/32 dev eth0"));
    ASSERT_TRUE(near_.ip("route add 203.0.113.0/24 via 192.0.2.2 src 198.51.100.1"));
    start();
    ASSERT_EQ(way("203.0.113.1"), "192.0.2.2");
    ASSERT_TRUE(near_.ip("addr del 198.51.100.1/32 dev eth0"));
    EXPECT_TRUE(comes([&] { return way("203.0.113.1") == "none"; }));
}

TEST_F(NetlinkMonitorTest, ADeviceThatComesLaterIsSeen) {
    start();
    ASSERT_TRUE(near_.ip("link add eth7 type veth peer name eth8"));
    ASSERT_TRUE(near_.ip("addr add 198.51.100.1/24 dev eth7"));
    EXPECT_TRUE(
        comes([&] { return monitor_->table().device_of(ip("198.51.100.1")) != kAnyDevice; }));
    ASSERT_TRUE(near_.ip("link del eth7"));
    EXPECT_TRUE(comes([&] { return monitor_->table().link("eth7") == nullptr; }));
    EXPECT_EQ(monitor_->table().device_of(ip("198.51.100.1")), kAnyDevice);
}

TEST_F(NetlinkMonitorTest, ANeighbourIsResolvedWithoutAPacketOfOurs) {
    start();
    for (const char* address : {"192.0.2.2", "2001:db8::2"}) {
        ASSERT_EQ(state(address), NeighbourState::unresolved);
        resolve(address, address[0] == '1' ? "192.0.2.1" : "2001:db8::1");
        EXPECT_TRUE(comes([&] { return state(address) == NeighbourState::reachable; })) << address;
        const NextHop at{eth0_, ip(address)};
        EXPECT_EQ(news_[at].state, NeighbourState::reachable) << address;
        EXPECT_NE(news_[at].mac, MacAddress{}) << address;
    }
    EXPECT_EQ(monitor_->counters().refused, 0U);
}

TEST_F(NetlinkMonitorTest, ANeighbourThatDoesNotAnswerIsToldAsFailedAndAskedAgain) {
    start();
    resolve("192.0.2.9", "192.0.2.1");
    EXPECT_TRUE(comes([&] { return state("192.0.2.9") == NeighbourState::failed; }));
    ASSERT_TRUE(far_.ip("addr add 192.0.2.9/24 dev eth0"));
    resolve("192.0.2.9", "192.0.2.1", 1);
    EXPECT_TRUE(comes([&] { return state("192.0.2.9") == NeighbourState::reachable; }));
}

TEST_F(NetlinkMonitorTest, AnotherMacOfTheNeighbourIsFollowed) {
    start();
    resolve("192.0.2.2", "192.0.2.1");
    ASSERT_TRUE(comes([&] { return state("192.0.2.2") == NeighbourState::reachable; }));
    // As a router that takes an address over: it announces itself (gratuitous ARP).
    ASSERT_TRUE(near_.set("ipv4/neigh/eth0/locktime", "0"));
    ASSERT_TRUE(far_.set("ipv4/conf/eth0/arp_notify", "1"));
    ASSERT_TRUE(far_.ip("link set eth0 address 02:00:00:00:00:99"));
    const MacAddress moved{2, 0, 0, 0, 0, 0x99};
    EXPECT_TRUE(comes([&] { return news_[NextHop{eth0_, ip("192.0.2.2")}].mac == moved; }));
}

TEST_F(NetlinkMonitorTest, ADatagramResolvesWhereRequestsAreDenied) {
    start();
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> before{};
    ASSERT_EQ(syscall(SYS_capget, &header, before.data()), 0);
    auto less = before;
    less[0].effective &= ~(1U << CAP_NET_ADMIN);
    near_.run([&] {
        ASSERT_EQ(syscall(SYS_capset, &header, less.data()), 0);
        const NextHop far{eth0_, ip("192.0.2.2")};
        monitor_->resolve(far, ip("192.0.2.1"), 0);
        EXPECT_TRUE(comes([&] { return monitor_->counters().refused == 1; }));
        monitor_->resolve(far, ip("192.0.2.1"), 1);
        monitor_->resolve({eth0_, ip("2001:db8::2")}, ip("2001:db8::1"), 1);
        EXPECT_TRUE(comes([&] { return state("192.0.2.2") == NeighbourState::reachable; }));
        EXPECT_TRUE(comes([&] { return state("2001:db8::2") == NeighbourState::reachable; }));
        ASSERT_EQ(syscall(SYS_capset, &header, before.data()), 0);
    });
}

TEST_F(NetlinkMonitorTest, AnIpv6NeighbourIsResolvedAlsoWithoutALinkLocalAddress) {
    ASSERT_TRUE(near_.ip("addr flush dev eth0 scope link"));
    start();
    ASSERT_FALSE(monitor_->table().has_link_local(eth0_));
    resolve("2001:db8::2", "2001:db8::1");
    EXPECT_TRUE(comes([&] { return state("2001:db8::2") == NeighbourState::reachable; }));
}

TEST_F(NetlinkMonitorTest, AfterAnOverrunEverythingIsReadAgain) {
    NetlinkMonitorOptions options;
    options.receive_buffer = 4096;
    start(options);
    std::string batch = "route add 10.0.0.0/24 via 192.0.2.2";
    for (int net = 1; net < 250; ++net)
        batch += "\\nroute add 10.0." + std::to_string(net) + ".0/24 via 192.0.2.2";
    ASSERT_TRUE(near_.run(
        [&] { return std::system(("printf '" + batch + "\\n' | ip -batch -").c_str()) == 0; }));
    EXPECT_TRUE(comes([&] { return monitor_->counters().overruns > 0 && rereads_ > 0; }));
    EXPECT_TRUE(comes([&] { return way("10.0.249.1") == "192.0.2.2"; }));
    EXPECT_TRUE(comes([&] { return way("10.0.0.1") == "192.0.2.2"; }));
}

TEST_F(NetlinkMonitorTest, WhatDoesNotFitIsAskedOfTheKernel) {
    for (const char* route :
         {"10.1.0.0/16 via 192.0.2.2", "10.2.0.0/16 via 192.0.2.3", "10.3.0.0/16 via 192.0.2.4"})
        ASSERT_TRUE(near_.ip(std::string("route add ") + route));
    for (const char* host : {"3", "4", "5"})
        ASSERT_TRUE(near_.ip(std::string("neigh add 192.0.2.") + host + " lladdr 02:00:00:00:00:0" +
                             host + " dev eth0"));
    NetlinkMonitorOptions options;
    options.max_routes = 1;
    options.max_neighbours = 1;
    start(options);
    EXPECT_FALSE(monitor_->table().has_all_routes());
    EXPECT_EQ(way("10.1.0.1"), "192.0.2.2");
    EXPECT_EQ(way("10.2.0.1"), "192.0.2.3");
    EXPECT_EQ(way("10.3.0.1"), "192.0.2.4");
    EXPECT_EQ(way("10.4.0.1"), "none");
    EXPECT_EQ(way("2001:db8::9"), "2001:db8::9");
    for (const char* host : {"192.0.2.3", "192.0.2.4", "192.0.2.5"})
        EXPECT_EQ(state(host), NeighbourState::reachable) << host;
    EXPECT_EQ(state("192.0.2.6"), NeighbourState::unresolved);
    EXPECT_GT(monitor_->counters().asked, 4U);
    // What is asked for is followed too.
    ASSERT_TRUE(near_.ip("neigh replace 192.0.2.5 lladdr 02:00:00:00:00:55 dev eth0"));
    const NextHop fifth{eth0_, ip("192.0.2.5")};
    EXPECT_TRUE(comes([&] { return news_.contains(fifth) && news_[fifth].mac[5] == 0x55; }));
}

TEST_F(NetlinkMonitorTest, AnAddressIsPutOnADeviceOnce) {
    start();
    const auto address = *Prefix::parse("198.51.100.1/24");
    EXPECT_TRUE(monitor_->put_address(eth0_, address));
    EXPECT_TRUE(monitor_->put_address(eth0_, address));
    EXPECT_TRUE(monitor_->put_address(eth0_, *Prefix::parse("2001:db8:1::1/64")));
    EXPECT_TRUE(comes([&] { return monitor_->table().device_of(ip("198.51.100.1")) == eth0_; }));
    EXPECT_TRUE(comes([&] { return monitor_->table().device_of(ip("2001:db8:1::1")) == eth0_; }));
    const auto nowhere = monitor_->put_address(9999, address);
    ASSERT_FALSE(nowhere.has_value());
    EXPECT_EQ(nowhere.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace weir::tests
