// SPDX-License-Identifier: Apache-2.0
// The tables of translation rules and profiles, num-exp and voip-incoming (spec C.1, C.3, A.3).
#include <algorithm>
#include <array>
#include <utility>

#include "config/base/limits.hpp"
#include "config/language/class_limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables/class_tables.hpp"
#include "config/language/text_argument.hpp"
#include "config/model/expression.hpp"

namespace weir::config::language {
namespace {

// ---- types and plans of numbers

template <typename Value>
using WordTable = std::pair<Value, const char*>;

constexpr std::array<WordTable<NumberType>, 8> kRuleTypes{{
    {NumberType::abbreviated, "abbreviated"},
    {NumberType::any, "any"},
    {NumberType::international, "international"},
    {NumberType::national, "national"},
    {NumberType::network, "network"},
    {NumberType::reserved, "reserved"},
    {NumberType::subscriber, "subscriber"},
    {NumberType::unknown, "unknown"},
}};

constexpr std::array<WordTable<NumberPlan>, 9> kRulePlans{{
    {NumberPlan::any, "any"},
    {NumberPlan::data, "data"},
    {NumberPlan::ermes, "ermes"},
    {NumberPlan::isdn, "isdn"},
    {NumberPlan::national, "national"},
    {NumberPlan::private_plan, "private"},
    {NumberPlan::reserved, "reserved"},
    {NumberPlan::telex, "telex"},
    {NumberPlan::unknown, "unknown"},
}};

// "{abbreviated | any | ...}"; `any` only in a match.
template <typename Table>
std::string choice_of(const Table& table, bool with_any) {
    std::string words;
    for (const auto& [value, word] : table)
        if (with_any || std::string_view(word) != "any")
            words += (words.empty() ? "" : " | ") + std::string(word);
    return "{" + words + "}";
}

template <typename Table>
auto value_of(const Table& table, const std::string& word) {
    return std::find_if(table.begin(), table.end(),
                        [&](const auto& row) { return word == row.second; })
        ->first;
}

template <typename Table, typename Value>
std::string word_of(const Table& table, Value value) {
    return std::find_if(table.begin(), table.end(),
                        [&](const auto& row) { return value == row.first; })
        ->second;
}

// ---- rule

// The words behind `type` or `plan`, as many as stand there: one for a reject rule.
template <typename Table, typename Value>
void read_pair(const Words& words, const char* keyword, const Table& table,
               std::pair<std::optional<Value>&, std::optional<Value>&> into) {
    const auto& all = words.all();
    const auto at = std::find_if(all.begin(), all.end(), [&](const Binding& binding) {
        return binding.token->kind == ArgumentKind::keyword && binding.value == keyword;
    });
    if (at == all.end()) return;
    into.first = value_of(table, (at + 1)->value);
    if (!words.has("reject")) into.second = value_of(table, (at + 2)->value);
}

Result<void> read_rule(const Words& words, TranslationRuleSet& set) {
    TranslationRule rule;
    rule.reject = words.has("reject");
    rule.match = between_slashes(words.text("match"));
    rule.replace = between_slashes(words.text("replace"));
    WEIR_TRY(check_slashed(words, "match", check_rule_match(rule.match)));
    WEIR_TRY(check_slashed(words, "replace", check_rule_replacement(rule.replace)));
    read_pair<decltype(kRuleTypes), NumberType>(words, "type", kRuleTypes,
                                                {rule.match_type, rule.replace_type});
    read_pair<decltype(kRulePlans), NumberPlan>(words, "plan", kRulePlans,
                                                {rule.match_plan, rule.replace_plan});
    set.rules[static_cast<std::uint8_t>(words.number("precedence"))] = std::move(rule);
    return {};
}

template <typename Table, typename Value>
std::string pair_text(const char* keyword, const Table& table, const std::optional<Value>& match,
                      const std::optional<Value>& replace) {
    if (!match) return "";
    return std::string(" ") + keyword + " " + word_of(table, *match) +
           (replace ? " " + word_of(table, *replace) : "");
}

void print_translation_rules(const TranslationRuleSet& set, Printer& out) {
    for (const auto& [precedence, rule] : set.rules)
        out.line("rule " + std::to_string(precedence) + (rule.reject ? " reject /" : " /") +
                 rule.match + "/" + (rule.reject ? "" : " /" + rule.replace + "/") +
                 pair_text("type", kRuleTypes, rule.match_type, rule.replace_type) +
                 pair_text("plan", kRulePlans, rule.match_plan, rule.replace_plan));
}

Mode rule_set_mode() {
    const std::string types = choice_of(kRuleTypes, true);
    const std::string plans = choice_of(kRulePlans, true);
    // Spec C.1: 15 rules by older releases, 100 by newer ones; 100 here.
    Command<TranslationRuleSet> row{
        "rule <precedence=1-100> {reject <match=slashed> [type " + types + "] [plan " + plans +
            "] | <match=slashed> <replace=slashed> [type " + types + " " +
            choice_of(kRuleTypes, false) + "] [plan " + plans + " " + choice_of(kRulePlans, false) +
            "]}",
        "What is replaced; the first rule that matches is the only one", read_rule,
        [](const Words& words, TranslationRuleSet& set) {
            set.rules.erase(static_cast<std::uint8_t>(words.number("precedence")));
        },
        print_translation_rules};
    row.key_words = 2;
    return {ModeId::translation_rule, ModeId::global, "voice translation-rule",
            "cfg-translation-rule",
            make_rows(std::vector<Command<TranslationRuleSet>>{row},
                      tagged<&Config::translation_rules>)};
}

// ---- voice translation-profile

constexpr std::array<const char*, kTranslatedNumbers> kNumbers{
    "calling", "called", "redirect-called", "redirect-target", "callback-number"};

TranslationProfile& translation_profile(Config& config, const Scope& scope) {
    return config.translation_profiles.at(scope.name);
}

TranslationProfile::Step& step_of(const Words& words, TranslationProfile& profile) {
    std::size_t at = 0;
    while (!words.has(kNumbers[at]))
        ++at;
    return profile.steps[at];
}

Command<TranslationProfile> translate_row() {
    std::string numbers;
    for (const char* word : kNumbers)
        numbers += (numbers.empty() ? "" : " | ") + std::string(word);
    Command<TranslationProfile> row{
        "translate {" + numbers + "} <1-2147483647>", "A rule set for one of the call's numbers",
        [](const Words& words, TranslationProfile& profile) -> Result<void> {
            step_of(words, profile) = {static_cast<std::uint32_t>(words.number()), std::nullopt};
            return {};
        },
        [](const Words& words, TranslationProfile& profile) { step_of(words, profile) = {}; },
        [](const TranslationProfile& profile, Printer& out) {
            for (std::size_t i = 0; i < kNumbers.size(); ++i) {
                const auto& step = profile.steps[i];
                const std::string head = std::string("translate ") + kNumbers[i] + " ";
                if (step.rule_set) out.line(head + std::to_string(*step.rule_set));
                if (step.number_file)
                    out.line(head + "voice-class e164-translation " +
                             std::to_string(*step.number_file));
            }
        }};
    row.key_words = 2;
    return row;
}

Command<TranslationProfile> translate_file_row() {
    Command<TranslationProfile> row{
        "translate {calling | called} voice-class e164-translation <1-10000>",
        "A file of numbers for the calling or the called number",
        [](const Words& words, TranslationProfile& profile) -> Result<void> {
            step_of(words, profile) = {std::nullopt, static_cast<std::uint32_t>(words.number())};
            return {};
        },
        [](const Words& words, TranslationProfile& profile) { step_of(words, profile) = {}; },
        [](const TranslationProfile&, Printer&) {}};  // the other row prints both, in their order
    row.key_words = 3;
    return row;
}

Mode translation_profile_mode() {
    return {
        ModeId::translation_profile, ModeId::global, "voice translation-profile",
        "cfg-translation-profile",
        make_rows(std::vector<Command<TranslationProfile>>{translate_row(), translate_file_row()},
                  translation_profile)};
}

Result<Scope> open_profile(const Words& words, Config& config, const Place& place) {
    const std::string name = words.text("name");
    auto& profiles = config.translation_profiles;
    if (name.size() > kTranslationProfileName)
        return fail(ErrorCode::invalid, "the name of a translation-profile has at most " +
                                            std::to_string(kTranslationProfileName) +
                                            " characters");
    if (profiles.size() >= kMaxTranslationProfiles && !profiles.contains(name))
        return fail(ErrorCode::exhausted, "there are " + std::to_string(kMaxTranslationProfiles) +
                                              " translation-profiles already");
    const auto [entry, made] = profiles.try_emplace(name);
    entry->second.name = name;
    if (made) entry->second.place = place;
    return Scope{ModeId::translation_profile, 0, name, "voice translation-profile " + name};
}

Command<Config> profile_opener() {
    Command<Config> command{"voice translation-profile <name=word>",
                            "Which rules change which number", nullptr,
                            [](const Words& words, Config& config) {
                                config.translation_profiles.erase(words.text("name"));
                            },
                            [](const Config& config, Printer& out) {
                                for (const auto& [name, profile] : config.translation_profiles) {
                                    const std::string title = "voice translation-profile " + name;
                                    out.block(title, {ModeId::translation_profile, 0, name, title});
                                }
                            }};
    command.open = open_profile;
    command.key_words = 3;
    return command;
}

// ---- num-exp, voip-incoming

// Spec A.3: each dot of the expansion stands for the digit of a dot of the pattern, and the result
// is no +E.164 number.
Result<void> check_expansion(const Words& words) {
    const std::string pattern = words.text("pattern");
    const std::string expansion = words.text("expansion");
    words.blame("expansion");
    const auto bad = expansion.find_first_not_of("0123456789ABCDEF*#.");
    if (bad != std::string::npos || expansion.size() > kNumberPatternBytes) {
        words.blame("expansion", bad == std::string::npos ? 0 : bad);
        return fail(ErrorCode::invalid,
                    expansion.starts_with('+')
                        ? "num-exp cannot produce a number with +: use a translation rule"
                        : "an expansion has digits, A-F, *, # and dots");
    }
    if (std::count(expansion.begin(), expansion.end(), '.') >
        std::count(pattern.begin(), pattern.end(), '.'))
        return fail(ErrorCode::invalid,
                    "the expansion has more dots than the pattern, and each "
                    "of them stands for a digit of the pattern");
    return {};
}

Result<void> read_expansion(const Words& words, Config& config) {
    WEIR_TRY(check_expansion(words));
    NumberExpansion expansion{words.text("pattern"), words.text("expansion")};
    auto& all = config.number_expansions;
    const auto known = std::find_if(all.begin(), all.end(), [&](const auto& other) {
        return other.pattern == expansion.pattern;
    });
    if (known != all.end()) {
        *known = std::move(expansion);
        return {};
    }
    if (all.size() >= kMaxNumberExpansions)
        return fail(ErrorCode::exhausted,
                    "there are " + std::to_string(kMaxNumberExpansions) + " num-exp lines already");
    all.push_back(std::move(expansion));
    return {};
}

Command<Config> expansion_row() {
    Command<Config> row{
        "num-exp <pattern> <expansion=word>",
        "A short number and what it becomes before the outbound lookup", read_expansion,
        [](const Words& words, Config& config) {
            std::erase_if(config.number_expansions, [&](const auto& other) {
                return other.pattern == words.text("pattern");
            });
        },
        [](const Config& config, Printer& out) {
            for (const auto& expansion : config.number_expansions)
                out.line("num-exp " + expansion.pattern + " " + expansion.expansion);
        }};
    row.key_words = 2;
    return row;
}

}  // namespace

std::vector<Command<Config>> translation_openers() {
    return {class_opener("voice translation-rule <1-2147483647>", "Rules that change a number",
                         &Config::translation_rules, ModeId::translation_rule, kMaxRuleSets),
            profile_opener(),
            text_field("voip-incoming translation-profile <name=word>",
                       "Translation of every inbound SIP call", &Config::voip_incoming_profile)};
}

std::vector<Command<Config>> number_expansion_rows() {
    return {expansion_row()};
}

std::vector<Mode> translation_modes() {
    return {rule_set_mode(), translation_profile_mode()};
}

}  // namespace weir::config::language
