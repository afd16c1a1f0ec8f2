// SPDX-License-Identifier: Apache-2.0
// Who is trusted (spec B.3).
#include "signaling/edge/trusted_sources.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

const IpAddress kPeer = IpAddress::v4(203, 0, 113, 21);
const IpAddress kStranger = IpAddress::v4(203, 0, 113, 99);

config::Config with_target() {
    config::Config config;
    config::DialPeer peer;
    peer.tag = config::DialPeerTag{1};
    peer.session_protocol_sip = true;
    peer.destination_pattern = "1";
    peer.target = {config::SessionTarget::Kind::address, kPeer, "", 0};
    config.dial_peers[peer.tag] = peer;
    return config;
}

TEST(TrustedSources, NobodyIsTrustedByDefault) {
    EXPECT_FALSE(TrustedSources(config::Config{}).is_trusted(kStranger));
}

TEST(TrustedSources, EverybodyIsWithoutAuthentication) {
    config::Config config;
    config.voice.trusted.authenticate = false;
    EXPECT_TRUE(TrustedSources(config).is_trusted(kStranger));
}

TEST(TrustedSources, TheListTrustsItsNets) {
    config::Config config;
    config.voice.trusted.prefixes = {Prefix::parse("203.0.113.20/30").value(),
                                     Prefix::parse("2001:db8::/32").value()};
    const TrustedSources trusted(config);
    EXPECT_TRUE(trusted.is_trusted(kPeer));
    EXPECT_FALSE(trusted.is_trusted(IpAddress::v4(203, 0, 113, 24)));
    EXPECT_TRUE(trusted.is_trusted(IpAddress::parse("2001:db8:1::1").value()));
    EXPECT_FALSE(trusted.is_trusted(IpAddress::parse("2001:db9::1").value()));
}

TEST(TrustedSources, TargetOfAPeerThatIsUpIsTrusted) {
    const TrustedSources trusted(with_target());
    EXPECT_TRUE(trusted.is_trusted(kPeer));
    EXPECT_FALSE(trusted.is_trusted(kStranger));
}

TEST(TrustedSources, TargetOfAPeerThatIsDownIsNot) {
    auto config = with_target();
    config.dial_peers.begin()->second.shutdown = true;
    EXPECT_FALSE(TrustedSources(config).is_trusted(kPeer));
}

TEST(TrustedSources, NamesAreNotTrustedByThemselves) {
    auto config = with_target();
    auto& target = config.dial_peers.begin()->second.target;
    target.kind = config::SessionTarget::Kind::dns;
    target.host = "203.0.113.21";
    EXPECT_FALSE(TrustedSources(config).is_trusted(kPeer));
}

}  // namespace
}  // namespace weir::signaling
