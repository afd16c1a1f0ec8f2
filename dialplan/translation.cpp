// SPDX-License-Identifier: Apache-2.0
// Compiles rule sets and applies them.
#include "dialplan/translation.hpp"

#include <algorithm>
#include <array>

#include <re2/re2.h>
#include <re2/set.h>

#include "dialplan/dialplan_limits.hpp"
#include "dialplan/pattern_reader.hpp"

namespace weir::dialplan {
namespace {

re2::RE2::Options rule_options(std::int64_t memory) {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(memory);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);  // bytes of a peer's user part
    return options;
}

re2::StringPiece piece_of(std::string_view text) {
    return {text.data(), text.size()};
}

// Below this many rules one after the other is as fast as the set.
constexpr std::size_t kRulesWithoutSet = 3;

}  // namespace

struct CompiledRuleSet::Rule {
    std::uint32_t precedence = 0;
    bool reject = false;
    std::unique_ptr<re2::RE2> regex;
    unsigned groups = 0;
    std::vector<ReplacePiece> replace;
    std::optional<config::NumberType> match_type;
    std::optional<config::NumberType> replace_type;
    std::optional<config::NumberPlan> match_plan;
    std::optional<config::NumberPlan> replace_plan;

    // A rule without type matches any; a probe without type matches no rule that names one.
    [[nodiscard]] bool fits(const NumberProbe& number) const {
        const bool type = !match_type || match_type == config::NumberType::any ||
                          (number.type && match_type == number.type);
        const bool plan = !match_plan || match_plan == config::NumberPlan::any ||
                          (number.plan && match_plan == number.plan);
        return type && plan;
    }

    [[nodiscard]] std::optional<std::string> replaced(std::string_view digits) const {
        std::array<re2::StringPiece, 10> found;
        if (!regex->Match(piece_of(digits), 0, digits.size(), re2::RE2::UNANCHORED, found.data(),
                          static_cast<int>(groups) + 1))
            return std::nullopt;
        const auto begin = static_cast<std::size_t>(found[0].data() - digits.data());
        std::string made(digits.substr(0, begin));
        const std::size_t limit = std::max(kTranslatedMaxBytes, digits.size());
        for (const ReplacePiece& piece : replace) {
            if (piece.group == ReplacePiece::kLiteral)
                made += piece.text;
            else if (static_cast<unsigned>(piece.group) <= groups)
                made.append(
                    found[static_cast<std::size_t>(piece.group)].data() == nullptr
                        ? std::string_view{}
                        : std::string_view(found[static_cast<std::size_t>(piece.group)].data(),
                                           found[static_cast<std::size_t>(piece.group)].size()));
            if (made.size() > limit) return std::nullopt;
        }
        made += digits.substr(begin + found[0].size());
        return made.size() > limit ? std::nullopt : std::optional(std::move(made));
    }
};

struct CompiledRuleSet::Finder {
    re2::RE2::Set set{rule_options(kSetMemory), re2::RE2::UNANCHORED};
};

CompiledRuleSet::CompiledRuleSet() = default;
CompiledRuleSet::CompiledRuleSet(CompiledRuleSet&&) noexcept = default;
CompiledRuleSet& CompiledRuleSet::operator=(CompiledRuleSet&&) noexcept = default;
CompiledRuleSet::~CompiledRuleSet() = default;

Result<CompiledRuleSet> CompiledRuleSet::compile(const config::TranslationRuleSet& source) {
    CompiledRuleSet made;
    made.tag_ = source.tag;
    made.finder_ = std::make_unique<Finder>();
    for (const auto& [precedence, rule] : source.rules) {
        const std::string where = source.place.file + ":" + std::to_string(source.place.line) +
                                  ": voice translation-rule " + std::to_string(source.tag) +
                                  ": rule " + std::to_string(precedence);
        const auto match = read_match(rule.match);
        if (!match) return fail(match.error().within(where));
        auto replace = read_replacement(rule.replace);
        if (!replace) return fail(replace.error().within(where));
        Rule compiled;
        compiled.precedence = precedence;
        compiled.reject = rule.reject;
        compiled.groups = match->groups;
        compiled.regex =
            std::make_unique<re2::RE2>(match->regex, rule_options(kTranslationRegexMemory));
        if (!compiled.regex->ok())
            return fail(ErrorCode::invalid, where + ": the expression /" + rule.match +
                                                "/ is too large: " + compiled.regex->error());
        for (const auto& piece : *replace)
            if (piece.group > static_cast<int>(match->groups))
                made.notices_.push_back(where + ": the replacement uses \\" +
                                        std::to_string(piece.group) +
                                        ", a group that the match does not have: it gives nothing");
        compiled.replace = std::move(*replace);
        compiled.match_type = rule.match_type;
        compiled.replace_type = rule.replace_type;
        compiled.match_plan = rule.match_plan;
        compiled.replace_plan = rule.replace_plan;
        std::string ignored;
        made.finder_->set.Add(match->regex, &ignored);
        made.rules_.push_back(std::move(compiled));
    }
    if (made.rules_.size() <= kRulesWithoutSet || !made.finder_->set.Compile())
        made.finder_.reset();
    return made;
}

// The indexes of the rules whose text matches, ascending.
std::vector<int> CompiledRuleSet::matching(std::string_view digits) const {
    std::vector<int> found;
    re2::RE2::Set::ErrorInfo error{};
    if (finder_ && (finder_->set.Match(piece_of(digits), &found, &error) ||
                    error.kind == re2::RE2::Set::kNoError)) {
        std::sort(found.begin(), found.end());
        return found;
    }
    // Few rules, or an automaton that outgrew its memory: one rule after the other, linear as well.
    found.resize(rules_.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        found[i] = static_cast<int>(i);
    return found;
}

std::optional<RuleOutcome> CompiledRuleSet::apply(const NumberProbe& number) const {
    for (const int index : matching(number.digits)) {
        const Rule& rule = rules_[static_cast<std::size_t>(index)];
        if (!rule.fits(number)) continue;
        auto digits = rule.replaced(number.digits);
        if (!digits) continue;
        if (rule.reject) return RuleOutcome{rule.precedence, true, number.digits, {}, {}};
        return RuleOutcome{rule.precedence, false, std::move(*digits), rule.replace_type,
                           rule.replace_plan};
    }
    return std::nullopt;
}

std::optional<RuleOutcome> CompiledRuleSet::rejects(const NumberProbe& number) const {
    for (const int index : matching(number.digits)) {
        const Rule& rule = rules_[static_cast<std::size_t>(index)];
        if (rule.reject && rule.fits(number) && rule.replaced(number.digits))
            return RuleOutcome{rule.precedence, true, number.digits, {}, {}};
    }
    return std::nullopt;
}

bool is_translatable(std::string_view digits) {
    return std::all_of(digits.begin(), digits.end(), [](char c) { return symbol_of(c) != 0; });
}

}  // namespace weir::dialplan
