// SPDX-License-Identifier: Apache-2.0
// Rule sets, profiles, expansions, and the test of one rule set (spec C.5).
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dialplan/show_classes.hpp"

namespace weir::dialplan {
namespace {

using config::NumberPlan;
using config::NumberType;
using config::TranslatedNumber;

constexpr std::array<std::pair<NumberType, const char*>, 8> kTypes{{
    {NumberType::unknown, "unknown"},
    {NumberType::abbreviated, "abbreviated"},
    {NumberType::international, "international"},
    {NumberType::national, "national"},
    {NumberType::network, "network"},
    {NumberType::reserved, "reserved"},
    {NumberType::subscriber, "subscriber"},
    {NumberType::any, "any"},
}};
constexpr std::array<std::pair<NumberPlan, const char*>, 9> kPlans{{
    {NumberPlan::unknown, "unknown"},
    {NumberPlan::data, "data"},
    {NumberPlan::ermes, "ermes"},
    {NumberPlan::isdn, "isdn"},
    {NumberPlan::national, "national"},
    {NumberPlan::private_plan, "private"},
    {NumberPlan::reserved, "reserved"},
    {NumberPlan::telex, "telex"},
    {NumberPlan::any, "any"},
}};
// The words of the profile's lines, in the order of TranslatedNumber.
constexpr std::array<const char*, config::kTranslatedNumbers> kProfileLines{
    "Calling number", "Called number", "Redirect number", "Redirect target", "Callback number"};

template <typename Table, typename Value>
const char* word_in(const Table& table, Value value) {
    for (const auto& [entry, word] : table)
        if (entry == value) return word;
    return "unknown";
}

template <typename Value>
std::string optional_word(const std::optional<Value>& value) {
    return value ? word_of(*value) : "none";
}

std::string rule_text(std::uint32_t precedence, const config::TranslationRule& rule) {
    std::string text =
        fmt::format("        Rule {}:\n        Match pattern: {}\n", precedence, rule.match);
    text += rule.reject ? "        Action: reject\n"
                        : fmt::format("        Replace pattern: {}\n", rule.replace);
    const auto row = [](const char* what, const std::string& match, const std::string& replace) {
        return fmt::format("        {:<32}{}\n", fmt::format("Match {}: {}", what, match),
                           fmt::format("Replace {}: {}", what, replace));
    };
    text += row("type", optional_word(rule.match_type), optional_word(rule.replace_type));
    text += row("plan", optional_word(rule.match_plan), optional_word(rule.replace_plan));
    return text;
}

template <typename Value>
void reverse_if(std::vector<Value>& values, Sort sort) {
    if (sort == Sort::descending) std::reverse(values.begin(), values.end());
}

}  // namespace

const char* word_of(NumberType type) {
    return word_in(kTypes, type);
}

const char* word_of(NumberPlan plan) {
    return word_in(kPlans, plan);
}

std::optional<NumberType> number_type_of(std::string_view word) {
    for (const auto& [type, name] : kTypes)
        if (word == name) return type;
    return std::nullopt;
}

std::optional<NumberPlan> number_plan_of(std::string_view word) {
    for (const auto& [plan, name] : kPlans)
        if (word == name) return plan;
    return std::nullopt;
}

Result<std::string> test_translation_rule(const config::Config& config, std::uint32_t rule_set,
                                          const NumberProbe& number) {
    const auto found = config.translation_rules.find(rule_set);
    if (found == config.translation_rules.end())
        return fail(ErrorCode::not_found,
                    fmt::format("voice translation-rule {} does not exist", rule_set));
    const auto rules = CompiledRuleSet::compile(found->second);
    if (!rules) return fail(rules.error());
    NumberProbe probe = number;
    if (probe.digits == "\"\"") probe.digits.clear();
    const auto outcome = rules->apply(probe);
    if (!outcome) return fmt::format("{} Didn't match with any of rules\n", probe.digits);
    if (outcome->rejected)
        return fmt::format("{} blocked on rule {}\n", probe.digits, outcome->rule);
    return fmt::format(
        "Matched with rule {}\n"
        "Original number: {}   Translated number: {}\n"
        "Original number type: {}   Translated number type: {}\n"
        "Original number plan: {}   Translated number plan: {}\n",
        outcome->rule, probe.digits, outcome->digits, optional_word(probe.type),
        optional_word(outcome->type ? outcome->type : probe.type), optional_word(probe.plan),
        optional_word(outcome->plan ? outcome->plan : probe.plan));
}

Result<std::string> show_translation_rules(const config::Config& config, Tag tag, Sort sort) {
    std::vector<std::string> sets;
    for (const auto& [number, set] : config.translation_rules) {
        if (tag && *tag != number) continue;
        std::string text = fmt::format("Translation-rule tag: {}\n", number);
        for (const auto& [precedence, rule] : set.rules)
            text += rule_text(precedence, rule);
        sets.push_back(std::move(text));
    }
    if (tag && sets.empty())
        return fail(ErrorCode::not_found,
                    fmt::format("voice translation-rule {} does not exist", *tag));
    reverse_if(sets, sort);
    return fmt::format("{}", fmt::join(sets, "\n"));
}

Result<std::string> show_translation_profiles(const config::Config& config, const std::string& name,
                                              Sort sort) {
    std::vector<std::string> profiles;
    for (const auto& [tag, profile] : config.translation_profiles) {
        if (!name.empty() && name != tag) continue;
        std::string text = fmt::format("Translation Profile: {}\n", tag);
        for (std::size_t i = 0; i < kProfileLines.size(); ++i) {
            const auto& step = profile.steps[i];
            const std::string rule = step.rule_set ? std::to_string(*step.rule_set)
                                     : step.number_file
                                         ? fmt::format("e164-translation {}", *step.number_file)
                                         : "";
            // The last two are rare: only where they are used.
            if (rule.empty() && i > static_cast<std::size_t>(TranslatedNumber::redirect_called))
                continue;
            text += fmt::format("        Rule for {}:{}{}\n", kProfileLines[i],
                                rule.empty() ? "" : " ", rule);
        }
        profiles.push_back(std::move(text));
    }
    if (!name.empty() && profiles.empty())
        return fail(ErrorCode::not_found,
                    fmt::format("voice translation-profile {} does not exist", name));
    reverse_if(profiles, sort);
    return fmt::format("{}", fmt::join(profiles, "\n"));
}

std::string show_num_exp(const config::Config& config, const std::string& pattern) {
    std::string text;
    for (const auto& expansion : config.number_expansions)
        if (pattern.empty() || expansion.pattern == pattern)
            text += fmt::format("Dest Digit Pattern = '{}'     Translation = '{}'\n",
                                expansion.pattern, expansion.expansion);
    return text;
}

}  // namespace weir::dialplan
