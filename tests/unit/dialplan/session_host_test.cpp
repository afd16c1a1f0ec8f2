// SPDX-License-Identifier: Apache-2.0
// Targets that hold the called number: $s$, $d$, $e$, $u$ and ENUM (spec A.6, RFC 6116).
#include "dialplan/session_host.hpp"

#include <gtest/gtest.h>

#include "dialplan/enum_number.hpp"
#include "tests/unit/dialplan/route_fixture.hpp"

namespace weir::dialplan {
namespace {

using Kind = config::SessionTarget::Kind;

class TargetTest : public RouteTest {
protected:
    RouteCandidate to(const std::string& host, const char* pattern, const std::string& called) {
        DialPeer& peer = add_out(2, pattern);
        peer.target = {};
        peer.target.kind = Kind::dns;
        peer.target.host = host;
        const auto decision = decide(call(called));
        return decision.candidates.empty() ? RouteCandidate{} : decision.candidates.front();
    }
};

TEST_F(TargetTest, VariablesOfANameStandForTheNumber) {
    EXPECT_EQ(to("$d$.example.net", "1310222....", "13102220001").host, "13102220001.example.net");
    EXPECT_EQ(to("$e$.e164.arpa", "1310222....", "13102220001").host,
              "1.0.0.0.2.2.2.0.1.3.1.e164.arpa");
    EXPECT_EQ(to("$u$.example.net", "1310222....", "13102220001").host, "0001.example.net");
    EXPECT_EQ(to("$s$.example.net", "1310222....", "13102220001").host, "1310222.example.net");
    EXPECT_EQ(to("proxy.example.net", "1310222....", "13102220001").host, "proxy.example.net");
}

TEST_F(TargetTest, ThePlusOfANumberIsNoPartOfAName) {
    EXPECT_EQ(to("$d$.example.net", "+1310.......", "+13102220001").host,
              "13102220001.example.net");
}

TEST_F(TargetTest, AVariableThatGivesNothingIsLeftOut) {
    EXPECT_EQ(to("$u$.example.net", "2000", "2000").host, "example.net");
}

TEST_F(TargetTest, TheTargetThatIsShownHoldsTheNumber) {
    EXPECT_EQ(to("$d$.example.net", "2...", "2001").target, "dns:2001.example.net");
}

TEST_F(TargetTest, AnEnumTargetAsksForTheNamesOfItsTable) {
    auto& table = config_.enum_tables[3];
    table.tag = 3;
    table.rules[1] = {9, R"(^9\(.*\))", R"(+1408\1)", "e164.arpa"};
    table.rules[2] = {1, R"(^9\(.*\))", R"(+1\1)", "e164.example"};
    table.rules[3] = {1, "^8", "1", "e164.example"};
    DialPeer& peer = add_out(2, "9T");
    peer.target = {};
    peer.target.kind = Kind::enum_table;
    peer.target.number = 3;
    const auto decision = decide(call("95550148"));
    ASSERT_EQ(decision.candidates.size(), 1U);
    const auto& asked = decision.candidates.front().enum_questions;
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_EQ(asked[0], (EnumQuestion{"+15550148", "8.4.1.0.5.5.5.1.e164.example"}));
    EXPECT_EQ(asked[1], (EnumQuestion{"+14085550148", "8.4.1.0.5.5.5.8.0.4.1.e164.arpa"}));
}

// ---- records

NaptrRecord sip(const char* regexp, std::uint16_t order = 10, std::uint16_t preference = 10) {
    return {order, preference, "u", "E2U+sip", regexp};
}

TEST(Enum, RecordsAreTakenByOrderThenPreference) {
    EXPECT_EQ(
        enum_uris("+1408",
                  {sip("!^.*$!sip:c@example.net!", 20), sip("!^.*$!sip:b@example.net!", 10, 20),
                   sip("!^.*$!sip:a@example.net!", 10, 10)}),
        (std::vector<std::string>{"sip:a@example.net", "sip:b@example.net", "sip:c@example.net"}));
}

TEST(Enum, AGroupOfTheExpressionStandsInTheUri) {
    EXPECT_EQ(enum_uris("+14085550148", {sip(R"(!^\+1408(.*)$!sip:\1@example.net!)")}),
              (std::vector<std::string>{"sip:5550148@example.net"}));
}

TEST(Enum, OtherServicesAndFlagsArePassedOver) {
    EXPECT_TRUE(enum_uris("+1", {{1, 1, "u", "E2U+mailto", "!^.*$!sip:a@example.net!"},
                                 {1, 1, "s", "E2U+sip", "!^.*$!sip:a@example.net!"},
                                 {1, 1, "u", "", "!^.*$!sip:a@example.net!"}})
                    .empty());
    EXPECT_EQ(enum_uris("+1", {{1, 1, "U", "e2u+pstn:tel+SIP", "!^.*$!sip:a@example.net!"}}).size(),
              1U);
}

class HostileRecords : public testing::TestWithParam<const char*> {};

TEST_P(HostileRecords, MakeNoUri) {
    EXPECT_TRUE(enum_uris("+14085550148", {sip(GetParam())}).empty());
}

INSTANTIATE_TEST_SUITE_P(Records, HostileRecords,
                         testing::Values("", "!", "!!", "!^.*$!sip:a@b", "!(!sip:a@b!",
                                         "!^.*$!sip:\\9@b!", "!^.*$!mailto:a@b!",
                                         "!^.*$!sip:a b@c!", "!^.*$!sip:<a>@c!",
                                         "!^.*$!sip:a@b\r\nX: y!", "!^5!sip:a@b!",
                                         "!^.*$!sip:a@b!x", "1^.*$1sip:a@b1",
                                         "!((((((((((.{99}){99}){99}){99}){99})))))!sip:a@b!"));

TEST(Enum, AnEscapedDelimiterIsTheDelimiter) {
    EXPECT_EQ(enum_uris("+1", {sip(R"(/^.*$/sip:a\/b@example.net/i)")}),
              (std::vector<std::string>{"sip:a/b@example.net"}));
}

}  // namespace
}  // namespace weir::dialplan
