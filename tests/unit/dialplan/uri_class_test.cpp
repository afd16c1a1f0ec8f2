// SPDX-License-Identifier: Apache-2.0
// URI classes beyond their table: Via, order of specificity, errors and hostile input.
#include "dialplan/uri_class.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::dialplan {
namespace {

using ScoreKind = UriScore::Kind;

CompiledUriClass compiled(const config::UriClass& source) {
    auto made = CompiledUriClass::compile(source);
    EXPECT_TRUE(made.has_value());
    return std::move(*made);
}

config::UriClass carrier() {
    config::UriClass made;
    made.tag = "CARRIER-A";
    made.host_addresses = {IpAddress::v4(203, 0, 113, 21), IpAddress::v4(203, 0, 113, 22)};
    return made;
}

TEST(UriClass, ViaIsComparedByItsSentByHost) {
    const auto made = compiled(carrier());
    EXPECT_TRUE(made.match_via("203.0.113.22:5080").has_value());
    EXPECT_TRUE(made.match_via("203.0.113.21").has_value());
    EXPECT_FALSE(made.match_via("203.0.113.23").has_value());
}

TEST(UriClass, AClassThatAsksForMoreThanTheHostNeverMatchesAVia) {
    auto source = carrier();
    source.user_id = "7001";
    EXPECT_FALSE(compiled(source).match_via("203.0.113.21").has_value());
}

TEST(UriClass, ViaOfAnIpv6PeerIsComparedAsAddress) {
    config::UriClass source;
    source.host_addresses = {IpAddress::parse("2001:db8::1").value()};
    EXPECT_TRUE(compiled(source).match_via("[2001:db8:0:0::1]:5060").has_value());
}

// Spec A.4, the chosen order.
TEST(UriScore, KindsStandInTheOrderOfSpecificity) {
    EXPECT_GT(ScoreKind::whole_pattern, ScoreKind::host_and_user);
    EXPECT_GT(ScoreKind::host_and_user, ScoreKind::host);
    EXPECT_GT(ScoreKind::host, ScoreKind::user);
    EXPECT_GT(ScoreKind::user, ScoreKind::phone_number);
    EXPECT_GT(ScoreKind::phone_number, ScoreKind::pattern_with_wildcards);
}

TEST(UriScore, LongerLiteralTextWinsWithinAKind) {
    EXPECT_GT((UriScore{ScoreKind::host, 12}), (UriScore{ScoreKind::host, 11}));
    EXPECT_GT((UriScore{ScoreKind::host, 1}), (UriScore{ScoreKind::user, 40}));
}

TEST(UriClass, AWrongExpressionIsNamedWithItsPlace) {
    auto source = carrier();
    source.host_pattern = "a(b";
    source.place = {"node.cfg", 17};
    const auto made = CompiledUriClass::compile(source);
    ASSERT_FALSE(made.has_value());
    EXPECT_TRUE(
        made.error().context.starts_with("node.cfg:17: voice class uri CARRIER-A: host 'a(b'"))
        << made.error().context;
}

TEST(UriClass, AnExpressionOverTheBoundIsRefused) {
    auto source = carrier();
    source.host_pattern = std::string(kUriRegexBytes + 1, 'a');
    EXPECT_FALSE(CompiledUriClass::compile(source).has_value());
}

TEST(UriClass, AUriOverTheBoundMatchesNothing) {
    config::UriClass source;
    source.host_pattern = ".*";
    const auto made = compiled(source);
    EXPECT_TRUE(made.match("sip:" + std::string(kUriMaxBytes - 4, 'a')).has_value());
    EXPECT_FALSE(made.match("sip:" + std::string(kUriMaxBytes - 3, 'a')).has_value());
}

TEST(UriClass, BytesThatAreNoUriMatchNothing) {
    config::UriClass source;
    source.host_pattern = ".*";
    const auto made = compiled(source);
    for (const std::string uri : {"", ":", "sip", "urn:service:sos", "%", "\xff\xfe:\x01"}) {
        EXPECT_FALSE(made.match(uri).has_value()) << uri;
    }
}

}  // namespace
}  // namespace weir::dialplan
