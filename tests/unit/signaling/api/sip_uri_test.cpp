// SPDX-License-Identifier: Apache-2.0
// SipUri: its parts, its refusals, and that it prints what it read.
#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {
namespace {

TEST(SipUri, TakesAFullSipUriApart) {
    const auto uri = SipUri::parse("SIP:alice:secret@[2001:db8::1]:5070;transport=tcp;lr?a=b&c=d");
    ASSERT_TRUE(uri.has_value());
    EXPECT_EQ(uri->scheme, "sip");
    EXPECT_EQ(uri->user, "alice");
    EXPECT_EQ(uri->password, "secret");
    EXPECT_EQ(uri->host, "[2001:db8::1]");
    EXPECT_EQ(uri->port, 5070);
    EXPECT_EQ(uri->parameters, ";transport=tcp;lr");
    EXPECT_EQ(uri->headers, "?a=b&c=d");
    EXPECT_EQ(uri->parameter("TRANSPORT"), "tcp");
    EXPECT_EQ(uri->parameter("lr"), "");
    EXPECT_EQ(uri->parameter("maddr"), std::nullopt);
}

TEST(SipUri, AUserMayHoldSemicolonsAndQuestionMarks) {
    const auto uri = SipUri::parse("sip:user;par=u%40example.net?x@example.com");
    ASSERT_TRUE(uri.has_value());
    EXPECT_EQ(uri->user, "user;par=u%40example.net?x");
    EXPECT_EQ(uri->host, "example.com");
    EXPECT_EQ(uri->parameters, "");
}

TEST(SipUri, TelHasANumberAndParameters) {
    const auto uri = SipUri::parse("tel:+1-201-555-0123;phone-context=example.com");
    ASSERT_TRUE(uri.has_value());
    EXPECT_EQ(uri->scheme, "tel");
    EXPECT_EQ(uri->user, "+1-201-555-0123");
    EXPECT_EQ(uri->host, "");
    EXPECT_EQ(uri->parameter("phone-context"), "example.com");
}

TEST(SipUri, OtherSchemesStayWhole) {
    const auto uri = SipUri::parse("urn:service:sos?x");
    ASSERT_TRUE(uri.has_value());
    EXPECT_EQ(uri->scheme, "urn");
    EXPECT_EQ(uri->user, "service:sos?x");
}

TEST(SipUri, PercentEscapesOfTheUserAreUndone) {
    EXPECT_EQ(SipUri::parse("sip:%2B1%20a%zz%4@h")->user_unescaped(), "+1 a%zz%4");
    EXPECT_EQ(SipUri::parse("sip:%00@h")->user_unescaped(), std::string(1, '\0'));
}

TEST(SipUri, PrintsWhatItRead) {
    for (const char* text : {"sip:host", "sip:a@host:5060", "sips:a:b@host;x=y?h=v", "tel:123",
                             "tel:1;a=b", "sip:[::1]:6000", "nobody:opaque;stuff"}) {
        const auto uri = SipUri::parse(text);
        ASSERT_TRUE(uri.has_value()) << text;
        EXPECT_EQ(uri->to_string(), text);
    }
}

TEST(SipUri, RefusesWhatIsNoUri) {
    for (const char* text : {"",
                             ":",
                             "sip",
                             "sip:",
                             "host",
                             "sip:@host",
                             "sip:a@",
                             "sip:a@b@c",
                             "sip:a@host:0",
                             "sip:a@host:65536",
                             "sip:a@host:x",
                             "sip:a@host:",
                             "sip:a b@host",
                             "sip:<a@host>",
                             "sip:a@ho\"st",
                             "sip:a@[::1",
                             "sip:a@[zz]",
                             "tel:",
                             "tel:;a",
                             "1sip:a@b",
                             "sip:a@h,b"}) {
        EXPECT_FALSE(SipUri::parse(text).has_value()) << text;
    }
}

// Any bytes: no crash, and what parses prints back to something that parses the same.
TEST(SipUri, IsTotalAndStableOverRandomBytes) {
    const std::uint64_t seed = 4475;
    RecordProperty("seed", std::to_string(seed));
    SeededRandom random(seed);
    constexpr std::string_view kAlphabet = "sip:tel@;?=&[]%<>\" \t.01a:+-\\,";
    for (int round = 0; round < 50'000; ++round) {
        std::string text = round % 2 == 0 ? "sip:" : "";
        for (auto length = random.below(24); length > 0; --length)
            text.push_back(kAlphabet[random.below(kAlphabet.size())]);
        const auto uri = SipUri::parse(text);
        if (!uri) continue;
        const auto again = SipUri::parse(uri->to_string());
        ASSERT_TRUE(again.has_value()) << text << " (seed " << seed << ")";
        EXPECT_EQ(*again, *uri) << text << " (seed " << seed << ")";
    }
}

}  // namespace
}  // namespace weir::signaling
