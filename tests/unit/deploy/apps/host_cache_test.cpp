// SPDX-License-Identifier: Apache-2.0
// Names of session targets are resolved ahead, and keep their last address.
#include "deploy/apps/host_cache.hpp"

#include <future>

#include <gtest/gtest.h>

namespace weir::apps {
namespace {

TEST(HostCache, ResolvesTheNamesOfTheDialPeersInTheBackground) {
    NullLogger log;
    std::promise<void> asked_twice;
    int lookups = 0;
    const auto lookup = [&](const std::string& host) -> std::optional<IpAddress> {
        // The second name is asked for when the answer for the first is kept.
        if (++lookups == 2) asked_twice.set_value();
        return host == "a.example" ? std::optional(IpAddress::v4(192, 0, 2, 1)) : std::nullopt;
    };
    const HostCache cache({"a.example", "b.example"}, lookup, log);
    asked_twice.get_future().wait();
    EXPECT_EQ(cache.find("a.example"), IpAddress::v4(192, 0, 2, 1));
    EXPECT_EQ(cache.find("c.example"), std::nullopt);
}

TEST(HostCache, EndsWithoutWaitingForALookupThatHangs) {
    NullLogger log;
    std::promise<void> asked;
    const auto release = std::make_shared<std::promise<void>>();
    const auto gate = std::make_shared<std::shared_future<void>>(release->get_future());
    {
        const HostCache cache(
            {"a.example"},
            [&asked, gate](const std::string&) -> std::optional<IpAddress> {
                asked.set_value();
                gate->wait();
                return std::nullopt;
            },
            log);
        asked.get_future().wait();
    }
    release->set_value();  // the thread ends by itself
}

TEST(HostCache, TheSystemKnowsLocalhost) {
    const auto address = system_lookup("localhost");
    ASSERT_TRUE(address.has_value());
    EXPECT_TRUE(*address == IpAddress::v4(127, 0, 0, 1) || address->family == Family::v6);
}

TEST(HostCache, OnlyDnsTargetsAreNames) {
    config::Config config;
    config::DialPeer peer;
    peer.tag = config::DialPeerTag{1};
    peer.target.kind = config::SessionTarget::Kind::dns;
    peer.target.host = "sbc.example";
    config.dial_peers[peer.tag] = peer;
    peer.tag = config::DialPeerTag{2};
    peer.target.kind = config::SessionTarget::Kind::address;
    config.dial_peers[peer.tag] = peer;
    EXPECT_EQ(target_hosts(config), std::set<std::string>{"sbc.example"});
}

}  // namespace
}  // namespace weir::apps
