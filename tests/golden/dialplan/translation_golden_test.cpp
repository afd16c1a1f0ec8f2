// SPDX-License-Identifier: Apache-2.0
// Holds translation rules to translation.table and translation_typed.table (spec C.2).
#include <array>

#include <gtest/gtest.h>

#include "dialplan/translation.hpp"
#include "tests/golden/dialplan/golden_table.hpp"

namespace weir::dialplan {
namespace {

using config::NumberPlan;
using config::NumberType;

constexpr std::array kTypes{"unknown", "abbreviated", "international", "national",
                            "network", "reserved",    "subscriber",    "any"};
constexpr std::array kPlans{"unknown",      "data",     "ermes", "isdn", "national",
                            "private_plan", "reserved", "telex", "any"};

template <typename Value, std::size_t count>
std::optional<Value> read(const std::array<const char*, count>& words, const std::string& word) {
    for (std::size_t i = 0; i < count; ++i)
        if (word == words[i]) return static_cast<Value>(i);
    EXPECT_EQ(word, "none");
    return std::nullopt;
}

// "a<separator>b", or "none" for both.
std::pair<std::string, std::string> halves(const std::string& text, char separator) {
    const auto at = text.find(separator);
    if (at == std::string::npos) return {text, text};
    return {text.substr(0, at), text.substr(at + 1)};
}

CompiledRuleSet compiled(const config::TranslationRule& rule) {
    config::TranslationRuleSet set;
    set.rules[1] = rule;
    auto made = CompiledRuleSet::compile(set);
    EXPECT_TRUE(made.has_value()) << made.error().context;
    return std::move(*made);
}

TEST(TranslationTable, EveryRowHolds) {
    for (const auto& row : tests::read_table("translation.table", 4)) {
        SCOPED_TRACE(row.place);
        config::TranslationRule rule;
        rule.match = row.words[0];
        rule.reject = row.words[1] == "reject";
        if (!rule.reject) rule.replace = row.words[1];
        const auto outcome = compiled(rule).apply({row.words[2], {}, {}});
        const std::string result = !outcome            ? "no"
                                   : outcome->rejected ? "blocked"
                                                       : outcome->digits;
        EXPECT_EQ(result, row.words[3]);
    }
}

TEST(TypedTranslationTable, EveryRowHolds) {
    for (const auto& row : tests::read_table("translation_typed.table", 8)) {
        SCOPED_TRACE(row.place);
        config::TranslationRule rule;
        rule.match = row.words[0];
        rule.replace = row.words[1];
        const auto [match_type, new_type] = halves(row.words[2], '>');
        const auto [match_plan, new_plan] = halves(row.words[3], '>');
        rule.match_type = read<NumberType>(kTypes, match_type);
        rule.replace_type = read<NumberType>(kTypes, new_type);
        rule.match_plan = read<NumberPlan>(kPlans, match_plan);
        rule.replace_plan = read<NumberPlan>(kPlans, new_plan);
        const auto [type, plan] = halves(row.words[5], '/');
        const NumberProbe probe{row.words[4], read<NumberType>(kTypes, type),
                                read<NumberPlan>(kPlans, plan)};
        const auto outcome = compiled(rule).apply(probe);
        EXPECT_EQ(outcome ? outcome->digits : "no", row.words[6]);
        if (!outcome) continue;
        const auto [type_after, plan_after] = halves(row.words[7], '/');
        EXPECT_EQ(outcome->type ? outcome->type : probe.type, read<NumberType>(kTypes, type_after));
        EXPECT_EQ(outcome->plan ? outcome->plan : probe.plan, read<NumberPlan>(kPlans, plan_after));
    }
}

}  // namespace
}  // namespace weir::dialplan
