// SPDX-License-Identifier: Apache-2.0
// Translation rules and profiles (spec C).
#include <array>

#include "config/model/expression.hpp"
#include "config/model/validate_parts.hpp"

namespace weir::config {
namespace {

constexpr std::array<const char*, kTranslatedNumbers> kCommands{
    "translate calling", "translate called", "translate redirect-called",
    "translate redirect-target", "translate callback-number"};

// A group that the expression does not have inserts nothing.
void check_groups(const TranslationRule& rule, const std::string& command,
                  const BlockFindings& at) {
    const auto groups = check_rule_match(rule.match);
    const auto used = check_rule_replacement(rule.replace);
    if (rule.reject || !groups || !used || *used <= *groups) return;
    at.warn(command, "the replacement uses \\" + std::to_string(*used) +
                         ", and the expression has " + groups_text(*groups) +
                         ": nothing is inserted for it");
}

}  // namespace

void validate_translations(const Config& config, Findings& findings) {
    const std::string unchanged = "the number stays as it is";
    for (const auto& [tag, set] : config.translation_rules) {
        const BlockFindings at(findings, "voice translation-rule " + std::to_string(tag));
        for (const auto& [precedence, rule] : set.rules)
            check_groups(rule, "rule " + std::to_string(precedence), at);
    }
    for (const auto& [name, profile] : config.translation_profiles) {
        const BlockFindings at(findings, "voice translation-profile " + name);
        for (std::size_t i = 0; i < kCommands.size(); ++i) {
            at.reference(kCommands[i], profile.steps[i].rule_set, config.translation_rules,
                         "voice translation-rule", unchanged);
            at.reference(kCommands[i], profile.steps[i].number_file, config.number_files,
                         "voice class e164-translation", unchanged);
        }
    }
    const std::string& inbound = config.voip_incoming_profile;
    if (!inbound.empty() && !config.translation_profiles.contains(inbound))
        BlockFindings(findings, "")
            .missing("voip-incoming translation-profile", "voice translation-profile " + inbound,
                     "numbers stay as they are");
}

}  // namespace weir::config
