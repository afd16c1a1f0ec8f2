// SPDX-License-Identifier: Apache-2.0
// Translation rules and profiles as they were written (spec C); compiled by the dial plan.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "config/model/vocabulary.hpp"

namespace weir::config {

// Q.931 type of number; `any` only in a match.
enum class NumberType : std::uint8_t {
    unknown,
    abbreviated,
    international,
    national,
    network,
    reserved,
    subscriber,
    any,
};

// Q.931 numbering plan; `any` only in a match.
enum class NumberPlan : std::uint8_t {
    unknown,
    data,
    ermes,
    isdn,
    national,
    private_plan,
    reserved,
    telex,
    any,
};

// rule P /MATCH/ /REPLACE/ ... or rule P reject /MATCH/ ...
struct TranslationRule {
    bool reject = false;
    std::string match;    // between the slashes, as written
    std::string replace;  // "" for reject
    std::optional<NumberType> match_type;
    std::optional<NumberType> replace_type;  // set exactly when match_type is, unless reject
    std::optional<NumberPlan> match_plan;
    std::optional<NumberPlan> replace_plan;
    bool operator==(const TranslationRule&) const = default;
};

// voice translation-rule N
struct TranslationRuleSet {
    std::uint32_t tag = 0;                          // 1..2147483647
    std::map<std::uint8_t, TranslationRule> rules;  // precedence 1..100
    Place place;
};

// What a profile translates, in the order of printing.
enum class TranslatedNumber : std::uint8_t {
    calling,
    called,
    redirect_called,
    redirect_target,
    callback_number,
};
inline constexpr std::size_t kTranslatedNumbers = 5;

// voice translation-profile NAME
struct TranslationProfile {
    // At most one of both is set.
    struct Step {
        std::optional<std::uint32_t> rule_set;     // voice translation-rule
        std::optional<std::uint32_t> number_file;  // voice class e164-translation
        bool operator==(const Step&) const = default;
    };
    std::string name;                            // at most 31 characters
    std::array<Step, kTranslatedNumbers> steps;  // by TranslatedNumber
    Place place;
};

// num-exp PATTERN EXPANSION (spec A.3)
struct NumberExpansion {
    std::string pattern;
    std::string expansion;
    bool operator==(const NumberExpansion&) const = default;
};

}  // namespace weir::config
