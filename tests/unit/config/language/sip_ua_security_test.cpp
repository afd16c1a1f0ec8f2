// SPDX-License-Identifier: Apache-2.0
// The transports and certificates of sip-ua (spec B.12, B.13).
#include <string>

#include <gtest/gtest.h>

#include "config/language/language.hpp"

namespace weir::config::language {
namespace {

SipUa sip_ua(const std::string& lines) {
    const auto result = read_text("sip-ua\n" + lines, "test");
    EXPECT_TRUE(result.config) << print_diagnostic(result.diagnostics.at(0));
    return result.config ? result.config->sip_ua : SipUa{};
}

TEST(SipUaSecurity, ACertificateHasItsChecks) {
    const SipUa ua = sip_ua(
        " crypto signaling default trustpoint TP cn-san-validate server client-vtp CA "
        "ecdsa-cipher curve-size 384\n");
    ASSERT_TRUE(ua.crypto_default);
    EXPECT_EQ(ua.crypto_default->trustpoint, "TP");
    EXPECT_EQ(ua.crypto_default->cn_san_validate, "server");
    EXPECT_EQ(ua.crypto_default->client_trustpoint, "CA");
    EXPECT_TRUE(ua.crypto_default->ecdsa_cipher);
    EXPECT_TRUE(ua.crypto_default->curve_384);
}

TEST(SipUaSecurity, ANetworkHasACertificateOfItsOwn) {
    const SipUa ua = sip_ua(
        " crypto signaling remote-addr 192.0.2.0 255.255.255.0 tls-profile 7\n"
        " crypto signaling remote-addr 2001:db8::/32 trustpoint SIX\n");
    EXPECT_EQ(ua.crypto_by_address.at(*Prefix::parse("192.0.2.0/24")).tls_profile, 7u);
    EXPECT_EQ(ua.crypto_by_address.at(*Prefix::parse("2001:db8::/32")).trustpoint, "SIX");
}

TEST(SipUaSecurity, NoTakesANetworkAwayByItsAddressAlone) {
    EXPECT_TRUE(sip_ua(" crypto signaling remote-addr 192.0.2.0 255.255.255.0 trustpoint T\n"
                       " no crypto signaling remote-addr 192.0.2.0 255.255.255.0\n")
                    .crypto_by_address.empty());
}

TEST(SipUaSecurity, TransportsAreOnUntilTheyAreSwitchedOff) {
    const SipUa ua = sip_ua(" no transport udp\n transport tcp tls v1.2 minimum\n");
    EXPECT_FALSE(ua.transport_udp);
    EXPECT_TRUE(ua.transport_tcp);
    ASSERT_TRUE(ua.transport_tls);
    EXPECT_EQ(ua.transport_tls->version, 12);
    EXPECT_TRUE(ua.transport_tls->minimum);
}

}  // namespace
}  // namespace weir::config::language
