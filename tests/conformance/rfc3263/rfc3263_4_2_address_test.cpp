// SPDX-License-Identifier: Apache-2.0
// RFC 3263 4.2: port and addresses; RFC 2782: the order of SRV records.
#include <map>

#include <gtest/gtest.h>

#include "tests/conformance/rfc3263/dns_bench.hpp"

namespace weir::signaling {
namespace {

class Rfc3263Section42 : public testing::Test, protected tests::DnsBench {};

// "If the TARGET was not a numeric IP address, but a port is present in the URI, the client
// performs an A or AAAA record lookup of the domain name": SRV is not asked.
TEST_F(Rfc3263Section42, WithAPortAddressesAloneAreAsked) {
    dns.service("_sip._udp.example", {1, 0, 5099, "other.example"});
    dns.host("other.example", "192.0.2.9");
    dns.host("example", "192.0.2.1");
    dns.host("example", "2001:db8::1");
    EXPECT_EQ(way({"example", 5070, SipTransport::udp}),
              "udp 192.0.2.1:5070, udp [2001:db8::1]:5070");
    EXPECT_FALSE(dns.was_asked(DnsType::srv));
}

// "If the result of the SRV query is non-empty, the client ... as described in RFC 2782":
// priorities in their order, all of them.
TEST_F(Rfc3263Section42, SrvRecordsComeByPriority) {
    dns.service("_sip._udp.example", {30, 0, 5063, "c.example"});
    dns.service("_sip._udp.example", {10, 0, 5061, "a.example"});
    dns.service("_sip._udp.example", {20, 0, 5062, "b.example"});
    dns.host("a.example", "192.0.2.1");
    dns.host("b.example", "192.0.2.2");
    dns.host("c.example", "192.0.2.3");
    EXPECT_EQ(way({"example", 0, SipTransport::udp}),
              "udp 192.0.2.1:5061, udp 192.0.2.2:5062, udp 192.0.2.3:5063");
}

// RFC 2782: of one priority by weight: 3 to 1 here, 0 nearly never, and no record is lost.
TEST_F(Rfc3263Section42, WeightsShareTheFirstPlace) {
    dns.service("_sip._udp.example", {1, 30, 5061, "a.example"});
    dns.service("_sip._udp.example", {1, 10, 5062, "b.example"});
    dns.service("_sip._udp.example", {1, 0, 5063, "c.example"});
    for (const char* name : {"a.example", "b.example", "c.example"})
        dns.host(name, "192.0.2.1");
    std::map<std::uint16_t, unsigned> first;
    constexpr unsigned kTries = 4000;
    (void)way({"example", 0, SipTransport::udp});
    for (unsigned i = 0; i < kTries; ++i) {
        const auto hops = locator.locate({"example", 0, SipTransport::udp});
        ASSERT_EQ(hops.size(), 3U);
        ++first[hops[0].endpoint.port];
    }
    EXPECT_NEAR(first[5061], kTries * 30 / 41.0, kTries * 0.04);
    EXPECT_NEAR(first[5062], kTries * 10 / 41.0, kTries * 0.04);
    EXPECT_LT(first[5063], kTries * 0.06);
}

// RFC 2782: "A Target of "." means that the service is decidedly not available at this domain".
TEST_F(Rfc3263Section42, TargetDotIsNoService) {
    dns.service("_sip._udp.example", {1, 0, 0, "."});
    dns.host("example", "192.0.2.1");
    EXPECT_EQ(way({"example", 0, SipTransport::udp}), "");
}

// "If no SRV records were found, the client performs an A or AAAA record lookup of the domain
// name"; the default port is that of the transport (19.1.2 of RFC 3261).
TEST_F(Rfc3263Section42, WithoutSrvTheDefaultPortIsTheTransports) {
    dns.host("example", "192.0.2.1");
    EXPECT_EQ(way({"example", 0, SipTransport::tcp}), "tcp 192.0.2.1:5060");
    EXPECT_EQ(way({"example", 0, SipTransport::tls}), "tls 192.0.2.1:5061");
}

// "an A or AAAA lookup": of the families that we have a listener for.
TEST_F(Rfc3263Section42, OnlyFamiliesWithAListenerCount) {
    dns.host("example", "192.0.2.1");
    dns.host("example", "2001:db8::1");
    locator.set_families(true, false);
    EXPECT_EQ(way({"example", 5060, SipTransport::udp}), "udp 192.0.2.1:5060");
}

// A name without any record has no way, and nothing waits for it.
TEST_F(Rfc3263Section42, NameThatDoesNotExistHasNoWay) {
    EXPECT_EQ(way({"nowhere.example", 0, std::nullopt}), "");
    EXPECT_TRUE(locator.is_known({"nowhere.example", 0, std::nullopt}));
}

}  // namespace
}  // namespace weir::signaling
