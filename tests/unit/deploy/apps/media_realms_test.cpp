// SPDX-License-Identifier: Apache-2.0
// Which media address a party gets.
#include "deploy/apps/media_realms.hpp"

#include <gtest/gtest.h>

namespace weir::apps {
namespace {

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

struct Network {
    config::Config config;
    config::Platform platform;
    IpAddress route;  // what the kernel would say
    Network() {
        platform.realms = {{"in", ip("192.0.2.1"), {}, "", {}},
                           {"out", ip("198.51.100.1"), {}, "", {}},
                           {"six", ip("2001:db8::1"), {}, "", {}}};
    }
    int toward(const char* party) const {
        return MediaRealms(platform, [this](const IpAddress&) { return route; })
            .toward(config, ip(party));
    }
    void bind(const char* address) {
        config::Interface interface;
        interface.name = "Media";
        Prefix held{ip(address), 24};
        interface.addresses.push_back(held);
        config.interfaces["Media"] = interface;
        config.voice.sip.bind.media = "Media";
    }
};

TEST(MediaRealms, BindMediaDecides) {
    Network network;
    network.bind("198.51.100.1");
    network.route = ip("192.0.2.1");
    EXPECT_EQ(network.toward("192.0.2.77"), 1);
}

TEST(MediaRealms, BindMediaOfTheOtherFamilyDoesNot) {
    Network network;
    network.bind("198.51.100.1");
    network.route = ip("2001:db8::1");
    EXPECT_EQ(network.toward("2001:db8::77"), 2);
}

TEST(MediaRealms, WithoutBindTheRouteDecides) {
    Network network;
    network.route = ip("198.51.100.1");
    EXPECT_EQ(network.toward("203.0.113.9"), 1);
}

TEST(MediaRealms, ARouteThatIsNoRealmGivesTheFirstOfTheFamily) {
    Network network;
    network.route = ip("10.0.0.1");
    EXPECT_EQ(network.toward("203.0.113.9"), 0);
    EXPECT_EQ(network.toward("2001:db8::9"), 2);
}

TEST(MediaRealms, TheKernelRoutesLoopbackByLoopback) {
    EXPECT_EQ(kernel_route(ip("127.0.0.1")), ip("127.0.0.1"));
}

}  // namespace
}  // namespace weir::apps
