// SPDX-License-Identifier: Apache-2.0
// The syntax of expressions in translation rules and SIP profiles: accepted, or wrong at a sign.
#include "config/model/expression.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "config/model/expression_limits.hpp"
#include "config/model/sip_headers.hpp"

namespace weir::config {
namespace {

std::optional<std::size_t> wrong_at(const GroupCount& checked) {
    return checked ? std::nullopt : std::optional(checked.error().at);
}

TEST(RuleExpression, TheFormsOfTheSpecificationAreAccepted) {
    for (const auto* text :
         {"123", "^123$", "^40...", ".*", ".+", "^0+", R"x(^\(12\)3\(45\)$)x", R"x(.*\(....\))x",
          R"x(\+\(.*\))x", R"x(^2\(...$\))x", R"x(^\(01...\)\-\(......?$\))x", "^", "^$", "",
          "[0-9]", "[^1]", "[12]", R"x(\/)x"})
        EXPECT_TRUE(check_rule_match(text)) << text;
}

TEST(RuleExpression, GroupsAreCounted) {
    EXPECT_EQ(check_rule_match(R"x(^\(12\)3\(45\)$)x").value_or(0), 2U);
    EXPECT_EQ(check_rule_match("(12)").value_or(9), 0U) << "plain parentheses are literal";
}

TEST(RuleExpression, ARepeatSignWithNothingBeforeItIsTheSignItself) {
    EXPECT_TRUE(check_rule_match("+44"));
    EXPECT_TRUE(check_rule_match("^+44"));
    EXPECT_TRUE(check_rule_match(R"x(\(+\))x"));
}

TEST(RuleExpression, TheErrorStandsAtTheSignThatIsWrong) {
    EXPECT_EQ(wrong_at(check_rule_match(R"x(12\))x")), 2U);
    EXPECT_EQ(wrong_at(check_rule_match(R"x(\(12)x")), 4U);
    EXPECT_EQ(wrong_at(check_rule_match("1[23")), 1U);
    EXPECT_EQ(wrong_at(check_rule_match("[3-1]")), 1U);
    EXPECT_EQ(wrong_at(check_rule_match("1*+")), 2U);
    EXPECT_EQ(wrong_at(check_rule_match(R"x(12\)x")), 2U);
    EXPECT_EQ(wrong_at(check_rule_match(R"x(\(1\)\1)x")), 5U);
}

TEST(RuleExpression, MoreThanNineGroupsCannotBeNamed) {
    std::string text;
    for (int i = 0; i < 9; ++i)
        text += R"x(\(1\))x";
    EXPECT_EQ(check_rule_match(text).value_or(0), 9U);
    EXPECT_EQ(wrong_at(check_rule_match(text + R"x(\(1\))x")), text.size());
}

TEST(RuleExpression, ItsLengthIsBounded) {
    EXPECT_TRUE(check_rule_match(std::string(kRuleTextBytes, '1')));
    EXPECT_FALSE(check_rule_match(std::string(kRuleTextBytes + 1, '1')));
    EXPECT_FALSE(check_rule_replacement(std::string(kRuleTextBytes + 1, '1')));
}

TEST(RuleReplacement, TheHighestGroupIsFound) {
    EXPECT_EQ(check_rule_replacement(R"x(+44\1\3)x").value_or(0), 3U);
    EXPECT_EQ(check_rule_replacement(R"x(1408515\0)x").value_or(9), 0U);
    EXPECT_EQ(check_rule_replacement(R"x(\+44&)x").value_or(9), 0U);
    EXPECT_EQ(wrong_at(check_rule_replacement(R"x(1\a)x")), 1U);
    EXPECT_EQ(wrong_at(check_rule_replacement(R"x(1\)x")), 1U);
}

TEST(ProfileExpression, TheFormsOfTheSpecificationAreAccepted) {
    for (const auto* text :
         {".*", "<sip:(.*)@.*>", R"x(sip:\+(.*)@.*;user=phone)x", "a=(sendonly|recvonly)",
          "(a=sendonly|a=recvonly|a=inactive)", ", UPDATE", " SIP/2.0", "[^;]*", R"x(\x0D\x0A)x",
          R"x(\{1\})x", "m\xC3\xBCller"})
        EXPECT_TRUE(check_profile_match(text)) << text;
    EXPECT_EQ(check_profile_match("((a)|b)").value_or(0), 2U);
}

TEST(ProfileExpression, WhatTheDialectLacksIsRefusedAtItsSign) {
    EXPECT_EQ(wrong_at(check_profile_match("a(?:b)")), 1U);
    EXPECT_EQ(wrong_at(check_profile_match("a(?=b)")), 1U);
    EXPECT_EQ(wrong_at(check_profile_match("ab{2}")), 2U);
    EXPECT_EQ(wrong_at(check_profile_match("a|*")), 2U);
    EXPECT_EQ(wrong_at(check_profile_match("[[:digit:]]")), 1U);
    EXPECT_EQ(wrong_at(check_profile_match(")")), 0U);
    EXPECT_EQ(wrong_at(check_profile_match("")), 0U);
}

TEST(ProfileReplacement, GroupsVariablesAndBytesAreKnown) {
    EXPECT_EQ(check_profile_replacement(R"x(\1\x0D\x0ADiversion: <sip:\u01@h>)x").value_or(0), 1U);
    EXPECT_EQ(wrong_at(check_profile_replacement(R"x(\u00)x")), 0U);
    EXPECT_EQ(wrong_at(check_profile_replacement(R"x(a\u1)x")), 1U);
    EXPECT_EQ(wrong_at(check_profile_replacement(R"x(\xG0)x")), 0U);
    EXPECT_EQ(wrong_at(check_profile_replacement(R"x(\0)x")), 0U);
}

TEST(SipHeaders, NamesAreSpelledInTheirOwnWay) {
    EXPECT_EQ(canonical_header("user-agent"), "User-Agent");
    EXPECT_EQ(canonical_header("SIP-REQ-URI"), "SIP-Req-URI");
    EXPECT_EQ(canonical_header("x-trace"), "x-trace");
    EXPECT_EQ(canonical_sdp_header("session-owner").value_or(""), "Session-Owner");
    EXPECT_FALSE(canonical_sdp_header("X-Owner"));
}

TEST(SipHeaders, WhatAMessageCannotDoWithoutIsKnown) {
    EXPECT_TRUE(is_mandatory_header("Call-ID"));
    EXPECT_FALSE(is_mandatory_header("Contact"));
    EXPECT_TRUE(is_mandatory_sdp_header("m=audio"));
    EXPECT_TRUE(is_mandatory_sdp_header("Audio-Media"));
    EXPECT_FALSE(is_mandatory_sdp_header("a=fmtp:101"));
}

TEST(SipHeaders, CodesAreThoseThatRulesCanName) {
    for (const auto code : {100, 183, 200, 423, 489, 513, 606})
        EXPECT_TRUE(is_profile_code(static_cast<std::uint64_t>(code))) << code;
    for (const auto code : {101, 199, 411, 418, 490, 506, 605})
        EXPECT_FALSE(is_profile_code(static_cast<std::uint64_t>(code))) << code;
}

}  // namespace
}  // namespace weir::config
