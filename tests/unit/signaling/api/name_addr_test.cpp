// SPDX-License-Identifier: Apache-2.0
// NameAddr: forms of RFC 3261 20.10, the odd ones of RFC 4475, and that it prints what it read.
#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/parameter_list.hpp"

namespace weir::signaling {
namespace {

TEST(NameAddr, QuotedDisplayUriAndParameters) {
    const auto address = NameAddr::parse(R"("A \"B\" \\ C" <sip:a;x@h;lr>;tag=1;q="0;5")");
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->display, R"(A "B" \ C)");
    EXPECT_EQ(address->uri, "sip:a;x@h;lr");
    EXPECT_EQ(address->tag(), "1");
    EXPECT_EQ(address->parameter("Q"), "0;5");
    EXPECT_EQ(address->to_string(), R"("A \"B\" \\ C" <sip:a;x@h;lr>;tag=1;q="0;5")");
}

TEST(NameAddr, DisplayTokensMayTouchTheBracket) {
    const auto address = NameAddr::parse("caller x<sip:caller@example.com>;tag=323");
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->display, "caller x");
    EXPECT_EQ(address->uri, "sip:caller@example.com");
}

TEST(NameAddr, WithoutBracketsParametersBelongToTheHeader) {
    const auto address = NameAddr::parse("sip:vivekg@example.com ;   tag    = 1918181833n");
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->uri, "sip:vivekg@example.com");
    EXPECT_EQ(address->tag(), "1918181833n");
    EXPECT_EQ(NameAddr::parse("tel:+1;phone-context=x")->uri, "tel:+1");
}

TEST(NameAddr, AStarOfAContactIsItsUri) {
    EXPECT_EQ(NameAddr::parse("*")->uri, "*");
}

TEST(NameAddr, RefusesWhatIsNoAddress) {
    for (const char* text : {"", " ", "<>", "\"open <sip:a@b>", "\"x\" sip:a@b", "<sip:a@b",
                             "<sip:a@b> x", "a \"b\" <sip:a@b>", "sip:a@b?Route=x", "sip:a@b c",
                             "sip:a@b,sip:c@d", "<sip:a\x01@b>"}) {
        EXPECT_FALSE(NameAddr::parse(text).has_value()) << text;
    }
}

TEST(NameAddr, IsTotalAndStableOverRandomBytes) {
    const std::uint64_t seed = 3261;
    RecordProperty("seed", std::to_string(seed));
    SeededRandom random(seed);
    constexpr std::string_view kAlphabet = "sip:a@<>\"\\;=, \tx";
    for (int round = 0; round < 50'000; ++round) {
        std::string text;
        for (auto length = random.below(24); length > 0; --length)
            text.push_back(kAlphabet[random.below(kAlphabet.size())]);
        const auto address = NameAddr::parse(text);
        if (!address) continue;
        const auto again = NameAddr::parse(address->to_string());
        ASSERT_TRUE(again.has_value()) << text << " (seed " << seed << ")";
        EXPECT_EQ(again->uri, address->uri) << text << " (seed " << seed << ")";
        EXPECT_EQ(again->display, address->display) << text << " (seed " << seed << ")";
    }
}

TEST(FindParameter, QuotesHideSemicolonsAndEqualSigns) {
    EXPECT_EQ(find_parameter(R"(;a="x;tag=no";tag=yes)", "tag"), "yes");
    EXPECT_EQ(find_parameter(";lr", "LR"), "");
    EXPECT_EQ(find_parameter("", "lr"), std::nullopt);
    EXPECT_EQ(find_parameter(R"(;a="open)", "a"), "\"open");
}

}  // namespace
}  // namespace weir::signaling
