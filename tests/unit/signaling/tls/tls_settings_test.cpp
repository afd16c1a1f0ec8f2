// SPDX-License-Identifier: Apache-2.0
// Which certificate a peer gets: tenant's profile, remote-addr, default (spec A.13).
#include "signaling/tls/tls_settings.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

class TlsSettingsTest : public testing::Test {
protected:
    TlsSettingsTest() {
        settings.profiles[7].trustpoint = "PROFILE";
        settings.by_address[*Prefix::parse("192.0.2.0/24")].trustpoint = "NET";
        settings.by_address[*Prefix::parse("192.0.2.9/32")].trustpoint = "HOST";
        settings.by_default.emplace().trustpoint = "DEFAULT";
    }
    std::string of(std::uint32_t profile, const char* peer) {
        const TlsIdentity* identity = settings.identity_for(profile, *IpAddress::parse(peer));
        return identity == nullptr ? "none" : identity->trustpoint;
    }
    TlsSettings settings;
};

TEST_F(TlsSettingsTest, ATenantsProfileComesFirst) {
    EXPECT_EQ(of(7, "192.0.2.9"), "PROFILE");
}

TEST_F(TlsSettingsTest, TheLongestNetworkThatHoldsThePeerDecides) {
    EXPECT_EQ(of(0, "192.0.2.9"), "HOST");
    EXPECT_EQ(of(0, "192.0.2.10"), "NET");
}

TEST_F(TlsSettingsTest, OthersGetTheDefaultOrNothing) {
    EXPECT_EQ(of(0, "198.51.100.1"), "DEFAULT");
    settings.by_default.reset();
    EXPECT_EQ(of(0, "198.51.100.1"), "none");
}

}  // namespace
}  // namespace weir::signaling
