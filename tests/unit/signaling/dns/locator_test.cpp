// SPDX-License-Identifier: Apache-2.0
// RFC 3263 over a table of records, in virtual time.
#include "signaling/dns/locator.hpp"

#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "signaling/dns/dns_limits.hpp"
#include "tests/support/fake_loop.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

// Answers from a table when the test lets it; what is not in the table does not exist.
struct FakeDns final : DnsSource {
    void ask(const DnsQuestion& question, std::function<void(DnsAnswer)> done) override {
        asked.push_back(question);
        open.emplace_back(question, std::move(done));
    }
    // Answers everything, also what the answers lead to.
    void answer() {
        while (!open.empty()) {
            auto [question, done] = std::move(open.front());
            open.pop_front();
            DnsAnswer answer;
            answer.ttl = seconds(60);
            if (const auto known = table.find(question); known != table.end())
                answer = known->second;
            if (is_silent) answer = {true, seconds(5), {}, {}, {}};
            done(answer);
        }
    }
    std::map<DnsQuestion, DnsAnswer> table;
    std::deque<std::pair<DnsQuestion, std::function<void(DnsAnswer)>>> open;
    std::vector<DnsQuestion> asked;
    bool is_silent = false;
};

class LocatorTest : public testing::Test {
protected:
    void host(const std::string& name, const std::string& address, seconds ttl = seconds(60)) {
        const auto parsed = *IpAddress::parse(address);
        const auto type = parsed.family == Family::v4 ? DnsType::a : DnsType::aaaa;
        DnsAnswer& answer = dns.table[{name, type}];
        answer.ttl = ttl;
        answer.addresses.push_back(parsed);
    }
    void service(const std::string& name, SrvRecord record) {
        DnsAnswer& answer = dns.table[{name, DnsType::srv}];
        answer.ttl = seconds(60);
        answer.services.push_back(std::move(record));
    }
    // What is known once every question is answered: "udp 192.0.2.1:5060, ...".
    std::string located(const DnsTarget& target) {
        for (int i = 0; i < 5 && !locator.is_known(target); ++i)
            dns.answer();
        return text(locator.locate(target));
    }
    static std::string text(const std::vector<DnsHop>& hops) {
        std::string made;
        for (const DnsHop& hop : hops)
            made += (made.empty() ? "" : ", ") + std::string(to_string(hop.transport)) + " " +
                    hop.endpoint.to_string();
        return made;
    }

    tests::FakeLoop loop;
    FakeDns dns;
    SeededRandom random{5};
    NullLogger log;
    Locator locator{{loop, dns, random, log}};
};

TEST_F(LocatorTest, WithAPortOnlyAddressesAreAsked) {  // RFC 3263 4.2
    host("sip.example", "192.0.2.1");
    EXPECT_EQ(located({"sip.example", 5070, SipTransport::tcp}), "tcp 192.0.2.1:5070");
    for (const auto& question : dns.asked)
        EXPECT_NE(question.type, DnsType::srv);
}

TEST_F(LocatorTest, WithATransportItsServiceIsAsked) {
    service("_sip._tcp.example", {10, 0, 5065, "a.example"});
    service("_sip._tcp.example", {20, 0, 5066, "b.example"});
    host("a.example", "192.0.2.1");
    host("b.example", "192.0.2.2");
    EXPECT_EQ(located({"example", 0, SipTransport::tcp}), "tcp 192.0.2.1:5065, tcp 192.0.2.2:5066");
}

TEST_F(LocatorTest, TlsHasAServiceAndAPortOfItsOwn) {
    service("_sips._tcp.example", {10, 0, 5061, "a.example"});
    host("a.example", "192.0.2.1");
    host("plain.example", "192.0.2.9");
    EXPECT_EQ(located({"example", 0, SipTransport::tls}), "tls 192.0.2.1:5061");
    EXPECT_EQ(located({"plain.example", 0, SipTransport::tls}), "tls 192.0.2.9:5061");
}

TEST_F(LocatorTest, WithoutServiceRecordsTheAddressIsTaken) {
    host("sip.example", "192.0.2.1");
    host("sip.example", "2001:db8::1");
    EXPECT_EQ(located({"sip.example", 0, SipTransport::udp}),
              "udp 192.0.2.1:5060, udp [2001:db8::1]:5060");
}

TEST_F(LocatorTest, WithoutATransportNaptrChooses) {  // RFC 3263 4.1
    DnsAnswer& rules = dns.table[{"example", DnsType::naptr}];
    rules.ttl = seconds(60);
    rules.rules = {{20, 1, "s", "SIP+D2U", "_sip._udp.example"},
                   {10, 1, "s", "SIP+D2T", "_sip._tcp.example"},
                   {5, 1, "s", "SIP+D2S", "_sip._sctp.example"}};
    service("_sip._tcp.example", {10, 0, 5060, "a.example"});
    service("_sip._udp.example", {10, 0, 5060, "a.example"});
    host("a.example", "192.0.2.1");
    EXPECT_EQ(located({"example", 0, std::nullopt}), "tcp 192.0.2.1:5060, udp 192.0.2.1:5060");
}

TEST_F(LocatorTest, WithoutNaptrTheServicesAreTriedInTurn) {
    service("_sip._tcp.example", {10, 0, 5060, "a.example"});
    host("a.example", "192.0.2.1");
    EXPECT_EQ(located({"example", 0, std::nullopt}), "tcp 192.0.2.1:5060");
}

TEST_F(LocatorTest, AFamilyWithoutAListenerIsLeftOut) {
    host("sip.example", "192.0.2.1");
    host("sip.example", "2001:db8::1");
    locator.set_families(false, true);
    EXPECT_EQ(located({"sip.example", 5060, SipTransport::udp}), "udp [2001:db8::1]:5060");
}

TEST_F(LocatorTest, AnAnswerIsAskedOnceForItsTime) {
    host("sip.example", "192.0.2.1");
    (void)located({"sip.example", 5060, SipTransport::udp});
    const auto asked = dns.asked.size();
    loop.advance(seconds(59));
    EXPECT_EQ(text(locator.locate({"SIP.Example.", 5060, SipTransport::udp})),
              "udp 192.0.2.1:5060");
    EXPECT_EQ(dns.asked.size(), asked);
}

TEST_F(LocatorTest, AnOldAnswerIsUsedUntilTheNewOneIsThere) {
    host("sip.example", "192.0.2.1");
    (void)located({"sip.example", 5060, SipTransport::udp});
    dns.table.clear();
    host("sip.example", "192.0.2.7");
    loop.advance(seconds(61));
    EXPECT_EQ(text(locator.locate({"sip.example", 5060, SipTransport::udp})), "udp 192.0.2.1:5060");
    dns.answer();
    EXPECT_EQ(text(locator.locate({"sip.example", 5060, SipTransport::udp})), "udp 192.0.2.7:5060");
}

TEST_F(LocatorTest, ASilentServerDoesNotTakeAnAddressAway) {
    host("sip.example", "192.0.2.1");
    (void)located({"sip.example", 5060, SipTransport::udp});
    dns.is_silent = true;
    loop.advance(std::chrono::hours(24));
    (void)locator.locate({"sip.example", 5060, SipTransport::udp});
    dns.answer();
    EXPECT_EQ(text(locator.locate({"sip.example", 5060, SipTransport::udp})), "udp 192.0.2.1:5060");
    EXPECT_GT(locator.counters().stale, 0U);
}

TEST_F(LocatorTest, ANameThatDoesNotExistIsNotAskedAgainAtOnce) {
    EXPECT_EQ(located({"no.example", 5060, SipTransport::udp}), "");
    const auto asked = dns.asked.size();
    loop.advance(seconds(30));
    EXPECT_EQ(located({"no.example", 5060, SipTransport::udp}), "");
    EXPECT_EQ(dns.asked.size(), asked);
}

TEST_F(LocatorTest, KeptNamesAreFreshWhenACallComes) {
    host("sip.example", "192.0.2.1", seconds(10));
    locator.keep({{"sip.example", 5060, SipTransport::udp}});
    dns.answer();
    for (int i = 0; i < 12; ++i) {
        loop.advance(seconds(1));
        dns.answer();
    }
    EXPECT_EQ(text(locator.locate({"sip.example", 5060, SipTransport::udp})), "udp 192.0.2.1:5060");
    EXPECT_TRUE(dns.open.empty()) << "nothing had to be asked for the call";
}

TEST_F(LocatorTest, WhoeverWaitsIsToldWhenTheNameIsKnown) {
    host("sip.example", "192.0.2.1");
    bool told = false;
    locator.when_known({DnsTarget{"sip.example", 5060, SipTransport::udp}}, seconds(3),
                       [&] { told = true; });
    EXPECT_FALSE(told);
    dns.answer();
    EXPECT_TRUE(told);
}

TEST_F(LocatorTest, WhoeverWaitsForASilentServerIsToldInTime) {
    bool told = false;
    locator.when_known({DnsTarget{"sip.example", 5060, SipTransport::udp}}, seconds(3),
                       [&] { told = true; });
    loop.advance(seconds(3));
    EXPECT_TRUE(told);
    EXPECT_EQ(text(locator.locate({"sip.example", 5060, SipTransport::udp})), "");
}

TEST_F(LocatorTest, WhoeverWaitsForSeveralNamesIsToldOnceWhenTheLastIsKnown) {
    service("_sip._udp.a.example", {10, 0, 5060, "host.example"});
    host("host.example", "192.0.2.1");
    int told = 0;
    locator.when_known({DnsTarget{"a.example", 0, SipTransport::udp},
                        DnsTarget{"b.example", 5060, SipTransport::udp}},
                       seconds(3), [&] { ++told; });
    dns.answer();  // also the address that the service leads to
    EXPECT_EQ(told, 1);
    loop.advance(seconds(5));
    EXPECT_EQ(told, 1);
}

TEST_F(LocatorTest, OneWhoseTimeIsOverIsNotToldAgainByALateAnswer) {
    int told = 0;
    locator.when_known({DnsTarget{"late.example", 5060, SipTransport::udp}}, seconds(1),
                       [&] { ++told; });
    loop.advance(seconds(1));
    dns.answer();
    loop.advance(seconds(1));
    EXPECT_EQ(told, 1);
}

TEST_F(LocatorTest, ANumberIsKnownByItsRecordsAlone) {  // RFC 6116
    const std::string name = "8.4.1.0.e164.example";
    DnsAnswer& answer = dns.table[{name, DnsType::naptr}];
    answer.ttl = seconds(60);
    answer.rules = {{10, 1, "u", "E2U+SIP", "", "!^.*$!sip:a@b.example!"}};
    EXPECT_FALSE(locator.is_known({name, 0, std::nullopt, true}));
    dns.answer();
    EXPECT_TRUE(locator.is_known({name, 0, std::nullopt, true}));
    ASSERT_EQ(locator.rules_of(name).size(), 1U);
    EXPECT_EQ(dns.asked.size(), 1U) << "no service and no address of a number";
}

TEST_F(LocatorTest, AFullCacheMakesRoomAndKeepsWhatLastsLongest) {
    host("long.example", "192.0.2.1", std::chrono::hours(10));
    (void)located({"long.example", 5060, SipTransport::udp});
    for (std::size_t i = 0; i < kDnsCacheEntries + 100; ++i) {
        (void)locator.locate({"n" + std::to_string(i) + ".example", 5060, SipTransport::udp});
        dns.answer();
    }
    EXPECT_LE(locator.size(), kDnsCacheEntries);
    const auto asked = dns.asked.size();
    EXPECT_EQ(text(locator.locate({"long.example", 5060, SipTransport::udp})),
              "udp 192.0.2.1:5060");
    EXPECT_GE(asked + 1, dns.asked.size());
}

}  // namespace
}  // namespace weir::signaling
