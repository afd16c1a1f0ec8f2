// SPDX-License-Identifier: Apache-2.0
// Fuzzes translation rules, and the files of pattern maps and number translations: any expression,
// replacement and number; any bytes as a file.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/base/result.hpp"
#include "config/base/text.hpp"
#include "dialplan/dialplan_limits.hpp"
#include "dialplan/map_files.hpp"
#include "dialplan/number_index.hpp"
#include "dialplan/translation.hpp"

namespace {

using namespace weir::dialplan;

// MATCH, REPLACE, number; the rules of one set are the pairs in turn.
void try_rules(const std::vector<std::string_view>& lines) {
    weir::config::TranslationRuleSet set;
    for (std::size_t i = 0; i + 2 < lines.size() && set.rules.size() < 6; i += 2) {
        auto& rule = set.rules[static_cast<std::uint8_t>(set.rules.size() + 1)];
        rule.match = lines[i];
        rule.replace = lines[i + 1];
        rule.reject = rule.replace == "reject";
    }
    const auto rules = CompiledRuleSet::compile(set);
    if (!rules || lines.empty()) return;
    const std::string number(lines.back());
    const auto outcome = rules->apply({number, {}, {}});
    if (!outcome) return;
    WEIR_ASSERT(set.rules.contains(static_cast<std::uint8_t>(outcome->rule)));
    WEIR_ASSERT(outcome->digits.size() <= std::max(kTranslatedMaxBytes, number.size()));
    // The first rule that matches decides: each before it, alone, does not.
    for (const auto& [precedence, rule] : set.rules) {
        if (precedence >= outcome->rule) break;
        weir::config::TranslationRuleSet single;
        single.rules[1] = rule;
        WEIR_ASSERT(!CompiledRuleSet::compile(single)->apply({number, {}, {}}));
    }
}

// The index must say what each pattern says alone.
void try_index(const std::vector<std::string_view>& lines) {
    NumberIndex::Builder builder;
    std::vector<NumberPattern> patterns;
    for (const auto line : lines) {
        auto compiled = NumberPattern::compile(line);
        if (!compiled || patterns.size() == 8) continue;
        builder.add(*compiled, static_cast<std::uint32_t>(patterns.size()));
        patterns.push_back(std::move(*compiled));
    }
    const NumberIndex index = builder.build();
    std::vector<NumberIndex::Hit> hits;
    index.find(lines.back(), hits);
    std::size_t expected = 0;
    for (const auto& pattern : patterns)
        expected += pattern.match(lines.back()) ? 1 : 0;
    WEIR_ASSERT(hits.size() == expected);
    for (const auto& hit : hits)
        WEIR_ASSERT(patterns[hit.value].match(lines.back()) == hit.match);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    const auto lines = weir::text::split(input, '\n');
    try_rules(lines);
    try_index(lines);
    static_cast<void>(parse_map_file("fuzz", input));
    static_cast<void>(parse_number_file("fuzz", input));
    return 0;
}
