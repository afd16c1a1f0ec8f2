// SPDX-License-Identifier: Apache-2.0
// Reading of DNS answers: records, aliases, times, and bytes that are wrong.
#include "signaling/dns/dns_records.hpp"

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "tests/unit/signaling/dns/dns_message.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;
using tests::be16;
using tests::joined;
using tests::kOwner;
using tests::Wire;
using tests::wire_answer;
using tests::wire_name;
using tests::wire_record;
using tests::wire_text;

TEST(DnsRecords, AddressesWithTheLowestTime) {
    const Wire wire = wire_answer(
        "sip.example", 1,
        {wire_record(kOwner, 1, 300, {192, 0, 2, 1}), wire_record(kOwner, 1, 60, {192, 0, 2, 2})});
    const DnsAnswer answer = read_dns_answer(wire, "SIP.example.", DnsType::a);
    ASSERT_EQ(answer.addresses.size(), 2U);
    EXPECT_EQ(answer.addresses[1].to_string(), "192.0.2.2");
    EXPECT_EQ(answer.ttl, seconds(60));
}

TEST(DnsRecords, AnAliasIsFollowedWithinTheAnswer) {
    const Wire wire = wire_answer("sip.example", 1,
                                  {wire_record(kOwner, 5, 10, wire_name("real.example")),
                                   wire_record(wire_name("real.example"), 1, 60, {192, 0, 2, 1})});
    const DnsAnswer answer = read_dns_answer(wire, "sip.example", DnsType::a);
    ASSERT_EQ(answer.addresses.size(), 1U);
    EXPECT_EQ(answer.ttl, seconds(10));
}

TEST(DnsRecords, AliasesInACircleEnd) {
    const Wire wire = wire_answer("a.example", 1,
                                  {wire_record(kOwner, 5, 10, wire_name("b.example")),
                                   wire_record(wire_name("b.example"), 5, 10, kOwner)});
    EXPECT_TRUE(read_dns_answer(wire, "a.example", DnsType::a).is_empty());
}

TEST(DnsRecords, ServicesAndRules) {
    const Wire srv = joined({be16(10), be16(60), be16(5061), wire_name("Host.example")});
    const auto services =
        read_dns_answer(wire_answer("_sip._udp.example", 33, {wire_record(kOwner, 33, 60, srv)}),
                        "_sip._udp.example", DnsType::srv);
    ASSERT_EQ(services.services.size(), 1U);
    EXPECT_EQ(services.services[0], (SrvRecord{10, 60, 5061, "host.example"}));

    const Wire naptr = joined({be16(1), be16(2), wire_text("S"), wire_text("sip+d2u"),
                               wire_text(""), wire_name("_sip._udp.example")});
    const auto rules =
        read_dns_answer(wire_answer("example", 35, {wire_record(kOwner, 35, 60, naptr)}), "example",
                        DnsType::naptr);
    ASSERT_EQ(rules.rules.size(), 1U);
    EXPECT_EQ(rules.rules[0], (NaptrService{1, 2, "s", "SIP+D2U", "_sip._udp.example"}));
}

TEST(DnsRecords, TheExpressionOfANumberIsRead) {  // RFC 6116
    const Wire naptr = joined({be16(10), be16(1), wire_text("u"), wire_text("E2U+sip"),
                               wire_text("!^.*$!sip:a@example!"), wire_name("")});
    const auto rules =
        read_dns_answer(wire_answer("1.example", 35, {wire_record(kOwner, 35, 60, naptr)}),
                        "1.example", DnsType::naptr);
    ASSERT_EQ(rules.rules.size(), 1U);
    EXPECT_EQ(rules.rules[0], (NaptrService{10, 1, "u", "E2U+SIP", ".", "!^.*$!sip:a@example!"}));
}

TEST(DnsRecords, ANameThatDoesNotExistIsKeptAsLongAsItsZoneSays) {
    const Wire soa =
        joined({wire_name("ns.example"), wire_name("root.example"), be16(0), be16(1), be16(0),
                be16(2), be16(0), be16(3), be16(0), be16(4), be16(0), be16(30)});
    const Wire wire =
        wire_answer("no.example", 1, {}, {wire_record(wire_name("example"), 6, 3600, soa)}, 3);
    const DnsAnswer answer = read_dns_answer(wire, "no.example", DnsType::a);
    EXPECT_FALSE(answer.is_failure);
    EXPECT_EQ(answer.ttl, seconds(30));
}

TEST(DnsRecords, AServerThatCannotAnswerIsAFailure) {
    EXPECT_TRUE(read_dns_answer(wire_answer("a.example", 1, {}, {}, 2), "a.example", DnsType::a)
                    .is_failure);
    EXPECT_TRUE(read_dns_answer({}, "a.example", DnsType::a).is_failure);
}

TEST(DnsRecords, ANameThatPointsToItselfIsAFailure) {
    Wire wire = wire_answer("a.example", 1, {wire_record({0xC0, 27}, 1, 60, {192, 0, 2, 1})});
    EXPECT_TRUE(read_dns_answer(wire, "a.example", DnsType::a).is_empty());
}

TEST(DnsRecords, AnyBytesAreRead) {
    const std::uint64_t seed = 20261121;
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    const Wire good = wire_answer(
        "_sip._udp.example", 33,
        {wire_record(kOwner, 33, 60,
                     joined({be16(10), be16(60), be16(5061), wire_name("host.example")}))});
    for (int i = 0; i < 20'000; ++i) {
        Wire wire = good;
        for (std::uint64_t change = random.below(6); change > 0; --change)
            wire[random.below(wire.size())] = static_cast<std::uint8_t>(random.below(256));
        wire.resize(random.below(wire.size() + 1));
        const DnsAnswer answer = read_dns_answer(wire, "_sip._udp.example", DnsType::srv);
        EXPECT_LE(answer.services.size(), 64U);
    }
}

}  // namespace
}  // namespace weir::signaling
