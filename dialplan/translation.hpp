// SPDX-License-Identifier: Apache-2.0
// Translation rules, compiled: one automaton finds the rules that match, one replaces (spec C).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "dialplan/translation_dialect.hpp"

namespace re2 {
class RE2;
}

namespace weir::dialplan {

// A number with its Q.931 type and plan; SIP numbers have both unknown (spec C.1).
struct TypedNumber {
    std::string digits;
    config::NumberType type = config::NumberType::unknown;
    config::NumberPlan plan = config::NumberPlan::unknown;
    bool operator==(const TypedNumber&) const = default;
};

// The same as `test voice translation-rule` asks: without type and plan unless they were given.
struct NumberProbe {
    std::string digits;
    std::optional<config::NumberType> type;
    std::optional<config::NumberPlan> plan;
};

// What the first matching rule of a set did.
struct RuleOutcome {
    std::uint32_t rule = 0;  // precedence
    bool rejected = false;
    std::string digits;                      // after it; as before for reject
    std::optional<config::NumberType> type;  // the rule's replacement; none = unchanged
    std::optional<config::NumberPlan> plan;
};

// One `voice translation-rule`. Immutable. Thread: any (RE2 locks inside itself).
class CompiledRuleSet {
public:
    // Errors: invalid, with the file, the line, the rule and what is wrong with it.
    [[nodiscard]] static Result<CompiledRuleSet> compile(const config::TranslationRuleSet& source);

    // The rules in ascending precedence, the first that matches; none when no rule does. Linear in
    // the length of the number. A rule whose replacement would be longer than kTranslatedMaxBytes
    // (and longer than the number) counts as one that does not match.
    [[nodiscard]] std::optional<RuleOutcome> apply(const NumberProbe& number) const;
    // The first reject rule that matches, for call-block; other rules are not looked at.
    [[nodiscard]] std::optional<RuleOutcome> rejects(const NumberProbe& number) const;

    [[nodiscard]] std::uint32_t tag() const { return tag_; }
    // References in a replacement to groups that its match does not have: they give nothing.
    [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

    CompiledRuleSet(CompiledRuleSet&&) noexcept;
    CompiledRuleSet& operator=(CompiledRuleSet&&) noexcept;
    ~CompiledRuleSet();

private:
    struct Rule;
    struct Finder;
    CompiledRuleSet();
    [[nodiscard]] std::vector<int> matching(std::string_view digits) const;

    std::uint32_t tag_ = 0;
    std::vector<Rule> rules_;
    std::unique_ptr<Finder> finder_;
    std::vector<std::string> notices_;
};

// Whether translation rules touch it: digits, A-F, *, #, + and separators, or empty (spec C.3).
[[nodiscard]] bool is_translatable(std::string_view digits);

}  // namespace weir::dialplan
