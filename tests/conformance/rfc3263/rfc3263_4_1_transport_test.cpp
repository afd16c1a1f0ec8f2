// SPDX-License-Identifier: Apache-2.0
// RFC 3263 4.1: which transport is chosen.
#include <gtest/gtest.h>

#include "tests/conformance/rfc3263/dns_bench.hpp"

namespace weir::signaling {
namespace {

class Rfc3263Section41 : public testing::Test, protected tests::DnsBench {};

// "If the URI specifies a transport protocol in the transport parameter, that transport protocol
// SHOULD be used": here session transport. Nobody is asked for NAPTR.
TEST_F(Rfc3263Section41, WrittenTransportIsUsed) {
    dns.rule("example", {1, 1, "s", "SIP+D2U", "_sip._udp.example"});
    dns.service("_sip._udp.example", {1, 0, 5060, "u.example"});
    dns.host("u.example", "192.0.2.9");
    dns.host("example", "192.0.2.1");
    EXPECT_EQ(way({"example", 0, SipTransport::tcp}), "tcp 192.0.2.1:5060");
    EXPECT_FALSE(dns.was_asked(DnsType::naptr));
}

// "if no transport protocol is specified, but the TARGET ... is not numeric, but an explicit port
// is provided, the client SHOULD use UDP for a SIP URI".
TEST_F(Rfc3263Section41, WithAPortItIsUdpWithoutAsking) {
    dns.host("example", "192.0.2.1");
    EXPECT_EQ(way({"example", 5070, std::nullopt}), "udp 192.0.2.1:5070");
    EXPECT_FALSE(dns.was_asked(DnsType::naptr));
    EXPECT_FALSE(dns.was_asked(DnsType::srv));
}

// "the client SHOULD perform a NAPTR query": the lowest order, then the lowest preference.
TEST_F(Rfc3263Section41, NaptrDecidesByOrderAndPreference) {
    dns.rule("example", {20, 1, "s", "SIP+D2U", "_sip._udp.example"});
    dns.rule("example", {10, 9, "s", "SIPS+D2T", "_sips._tcp.example"});
    dns.rule("example", {10, 2, "s", "SIP+D2T", "_sip._tcp.example"});
    for (const char* name : {"_sip._udp.example", "_sips._tcp.example", "_sip._tcp.example"})
        dns.service(name, {1, 0, 5066, "a.example"});
    dns.host("a.example", "192.0.2.1");
    EXPECT_EQ(way({"example", 0, std::nullopt}),
              "tcp 192.0.2.1:5066, tls 192.0.2.1:5066, udp 192.0.2.1:5066");
}

// "the client discards any records whose services fields are not applicable": protocols that we do
// not speak, and flags other than s.
TEST_F(Rfc3263Section41, RecordsOfOtherServicesAreDiscarded) {
    dns.rule("example", {1, 1, "s", "SIP+D2S", "_sip._sctp.example"});
    dns.rule("example", {2, 1, "u", "E2U+SIP", ""});
    dns.rule("example", {3, 1, "a", "SIP+D2U", "a.example"});
    dns.rule("example", {4, 1, "s", "SIP+D2T", "_sip._tcp.example"});
    dns.service("_sip._sctp.example", {1, 0, 5060, "s.example"});
    dns.service("_sip._tcp.example", {1, 0, 5060, "a.example"});
    dns.host("s.example", "192.0.2.8");
    dns.host("a.example", "192.0.2.1");
    EXPECT_EQ(way({"example", 0, std::nullopt}), "tcp 192.0.2.1:5060");
}

// The replacement names another domain ("example.org" of a provider): its records are asked.
TEST_F(Rfc3263Section41, ReplacementMayLieInAnotherDomain) {
    dns.rule("example", {1, 1, "s", "SIP+D2U", "_sip._udp.provider.example"});
    dns.service("_sip._udp.provider.example", {1, 0, 5080, "sbc.provider.example"});
    dns.host("sbc.provider.example", "192.0.2.40");
    EXPECT_EQ(way({"example", 0, std::nullopt}), "udp 192.0.2.40:5080");
}

// "If no NAPTR records are found, the client constructs SRV queries for those transport protocols
// it supports ... if the query is successful, it means that the particular transport is supported".
TEST_F(Rfc3263Section41, WithoutNaptrTheFirstTransportWithRecordsIsUsed) {
    dns.service("_sip._tcp.example", {1, 0, 5060, "a.example"});
    dns.host("a.example", "192.0.2.1");
    dns.host("example", "192.0.2.7");
    EXPECT_EQ(way({"example", 0, std::nullopt}), "tcp 192.0.2.1:5060");
}

// "If no SRV records are found, the client SHOULD use ... UDP for a SIP URI".
TEST_F(Rfc3263Section41, WithoutAnyRecordItIsUdp) {
    dns.host("example", "192.0.2.7");
    EXPECT_EQ(way({"example", 0, std::nullopt}), "udp 192.0.2.7:5060");
    EXPECT_TRUE(dns.was_asked(DnsType::naptr));
    EXPECT_TRUE(dns.was_asked(DnsType::srv));
}

}  // namespace
}  // namespace weir::signaling
