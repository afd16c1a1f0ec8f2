// SPDX-License-Identifier: Apache-2.0
// Rule sets: order, types, rejects, and input that wants to be slow (spec C).
#include "dialplan/translation.hpp"

#include <gtest/gtest.h>

#include "dialplan/dialplan_limits.hpp"

namespace weir::dialplan {
namespace {

using config::NumberPlan;
using config::NumberType;
using config::TranslationRule;
using config::TranslationRuleSet;

TranslationRule rule(const char* match, const char* replace) {
    TranslationRule made;
    made.match = match;
    made.replace = replace;
    return made;
}

TranslationRule reject(const char* match) {
    TranslationRule made = rule(match, "");
    made.reject = true;
    return made;
}

CompiledRuleSet compiled(std::map<std::uint8_t, TranslationRule> rules) {
    TranslationRuleSet source;
    source.tag = 7;
    source.rules = std::move(rules);
    auto made = CompiledRuleSet::compile(source);
    EXPECT_TRUE(made.has_value()) << made.error().context;
    return std::move(*made);
}

std::string translated(const CompiledRuleSet& rules, const std::string& digits) {
    const auto outcome = rules.apply({digits, {}, {}});
    return outcome ? outcome->digits : "no match";
}

std::string error_of(const char* match, const char* replace) {
    TranslationRuleSet source;
    source.tag = 7;
    source.place = {"node.cfg", 12};
    source.rules[3] = rule(match, replace);
    const auto made = CompiledRuleSet::compile(source);
    return made ? "" : made.error().context;
}

TEST(RuleSet, TheFirstRuleThatMatchesIsTheLast) {
    const auto rules = compiled({{1, rule("^9", "a")}, {2, rule("^9[0-4]", "b")}});
    EXPECT_EQ(rules.apply({"91", {}, {}})->rule, 1U);
    EXPECT_EQ(translated(rules, "91"), "a1");
}

TEST(RuleSet, FifteenRulesAreTriedInAscendingPrecedence) {
    std::map<std::uint8_t, TranslationRule> all;
    for (std::uint8_t i = 1; i <= 15; ++i)
        all[i] = rule(("^" + std::to_string(i)).c_str(), "x");
    const auto rules = compiled(std::move(all));
    EXPECT_EQ(rules.apply({"15", {}, {}})->rule, 1U);
    EXPECT_EQ(rules.apply({"9", {}, {}})->rule, 9U);
    EXPECT_FALSE(rules.apply({"05", {}, {}}).has_value());
}

TEST(RuleSet, OperatorsWithNothingBeforeThemStandForThemselves) {
    EXPECT_EQ(translated(compiled({{1, rule("^+44", "0")}}), "+44207"), "0207");
    EXPECT_EQ(translated(compiled({{1, rule("*70", "x")}}), "1*70"), "1x");
    EXPECT_EQ(translated(compiled({{1, rule("\\(+1\\)", "x\\1")}}), "+15"), "x+15");
}

TEST(RuleSet, ASecondOperatorIsNoReluctance) {
    EXPECT_EQ(translated(compiled({{1, rule("^1.+?", "")}}), "12345"), "");
    EXPECT_EQ(translated(compiled({{1, rule("^\\(12\\)*+", "x")}}), "12123"), "x3");
}

TEST(RuleSet, CharactersWithoutMeaningHereAreLiteral) {
    EXPECT_EQ(translated(compiled({{1, rule("(1|2)", "x")}}), "12"), "no match");
    EXPECT_EQ(translated(compiled({{1, rule("1{2}", "x")}}), "11"), "no match");
    EXPECT_EQ(translated(compiled({{1, rule("1$2", "x")}}), "12"), "no match");
    EXPECT_EQ(translated(compiled({{1, rule("5^", "x")}}), "55"), "no match");
}

TEST(RuleSet, SetsAreReadAsPosixDoes) {
    EXPECT_EQ(translated(compiled({{1, rule("^[^0]", "x")}}), "123"), "x23");
    EXPECT_EQ(translated(compiled({{1, rule("[*#]$", "")}}), "12*"), "12");
    EXPECT_EQ(translated(compiled({{1, rule("[+-]", "x")}}), "1-2"), "1x2");
}

TEST(RuleSet, ReplacementsTakeTheWholeMatchAndLiteralSigns) {
    EXPECT_EQ(translated(compiled({{1, rule("^4", "<&|\\0|\\&>")}}), "42"), "<4|4|&>2");
    EXPECT_EQ(translated(compiled({{1, rule("^\\(4\\)\\(9\\)?", "[\\2]")}}), "42"), "[]2");
}

TEST(RuleSet, AnEmptyMatchPutsItsReplacementInFront) {
    EXPECT_EQ(translated(compiled({{1, rule("", "")}}), "123"), "123");
    EXPECT_EQ(translated(compiled({{1, rule("", "9")}}), "123"), "9123");
}

TEST(RuleSet, TypeAndPlanMustFitWhenTheyAreNamed) {
    auto typed = rule("^4", "904");
    typed.match_type = NumberType::national;
    typed.replace_type = NumberType::unknown;
    auto any = rule("^5", "905");
    any.match_type = NumberType::any;
    any.replace_type = NumberType::subscriber;
    auto plan = rule("^6", "906");
    plan.match_plan = NumberPlan::isdn;
    plan.replace_plan = NumberPlan::telex;
    const auto rules = compiled({{1, typed}, {2, any}, {3, plan}});
    EXPECT_FALSE(rules.apply({"4", {}, {}}).has_value());
    EXPECT_FALSE(rules.apply({"4", NumberType::unknown, {}}).has_value());
    EXPECT_EQ(rules.apply({"4", NumberType::national, {}})->type, NumberType::unknown);
    EXPECT_EQ(rules.apply({"5", {}, {}})->type, NumberType::subscriber);
    EXPECT_FALSE(rules.apply({"6", {}, NumberPlan::data}).has_value());
    EXPECT_EQ(rules.apply({"6", {}, NumberPlan::isdn})->plan, NumberPlan::telex);
}

TEST(RuleSet, ARejectRuleBlocksAndLeavesTheNumber) {
    const auto rules = compiled({{1, rule("^1", "2")}, {2, reject("^1")}, {3, reject("^9")}});
    EXPECT_FALSE(rules.apply({"1", {}, {}})->rejected);
    const auto blocked = rules.apply({"901", {}, {}});
    ASSERT_TRUE(blocked.has_value());
    EXPECT_TRUE(blocked->rejected);
    EXPECT_EQ(blocked->rule, 3U);
    EXPECT_EQ(blocked->digits, "901");
}

// Spec C.4: the reject lookup precedes translation, so the rules before it do not hide it.
TEST(RuleSet, CallBlockLooksAtRejectRulesAlone) {
    const auto rules = compiled({{1, rule("^1", "2")}, {2, reject("^1")}});
    EXPECT_EQ(rules.rejects({"15", {}, {}})->rule, 2U);
    EXPECT_FALSE(rules.rejects({"25", {}, {}}).has_value());
}

TEST(RuleSet, ErrorsNameTheRuleAndTheReason) {
    EXPECT_EQ(error_of("[12", ""),
              "node.cfg:12: voice translation-rule 7: rule 3: the expression /[12/ is wrong: a '[' "
              "is not closed");
    for (const char* wrong : {"\\(1", "1\\)", "\\(1\\)\\1", "[9-1]", "1\\", "[]"})
        EXPECT_NE(error_of(wrong, ""), "") << wrong;
    EXPECT_NE(error_of("\\(\\)\\(\\)\\(\\)\\(\\)\\(\\)\\(\\)\\(\\)\\(\\)\\(\\)\\(\\)", ""), "");
    EXPECT_NE(error_of("1", "2\\"), "");
    EXPECT_NE(error_of(std::string(129, '1').c_str(), ""), "");
}

TEST(RuleSet, AGroupThatIsNotThereGivesNothingAndIsNoted) {
    const auto rules = compiled({{1, rule("^1\\(2\\)", "x\\2\\1")}});
    EXPECT_EQ(translated(rules, "123"), "x23");
    ASSERT_EQ(rules.notices().size(), 1U);
    EXPECT_NE(rules.notices()[0].find("\\2"), std::string::npos);
}

TEST(RuleSet, AReplacementThatWouldExplodeIsNotMade) {
    std::string many;
    for (int i = 0; i < 40; ++i)
        many += "\\0";
    const auto rules = compiled({{1, rule(".*", many.c_str())}});
    EXPECT_FALSE(rules.apply({std::string(100, '1'), {}, {}}).has_value());
    EXPECT_EQ(translated(rules, "1").size(), 40U);
}

TEST(RuleSet, NestedStarsAgainstALongNumberEnd) {
    const auto rules = compiled({{1, rule("^\\(\\(1*\\)*\\)*2$", "x")},
                                 {2, rule("\\(.*\\)\\(.*\\)\\(.*\\)\\(.*\\)3$", "x")},
                                 {3, rule("1*1*1*1*1*1*1*1*4", "x")},
                                 {4, rule("5", "x")}});
    EXPECT_EQ(translated(rules, std::string(10000, '1')), "no match");
}

TEST(IsTranslatable, NamesAreLeftToSipProfiles) {
    EXPECT_TRUE(is_translatable("+44(20)79-46.0999"));
    EXPECT_TRUE(is_translatable("*70#AD"));
    EXPECT_TRUE(is_translatable(""));
    EXPECT_FALSE(is_translatable("alice"));
    EXPECT_FALSE(is_translatable("12 34"));
}

}  // namespace
}  // namespace weir::dialplan
