// SPDX-License-Identifier: Apache-2.0
// Translation rules that never do anything (spec C.2: the first rule that matches is the only one).
#include <fmt/format.h>

#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::NumberPlan;
using config::NumberType;
using config::TranslationRule;

// Whether a number that `later` takes by type and plan is taken by `earlier` too.
bool conditions_cover(const TranslationRule& earlier, const TranslationRule& later) {
    const bool any_type = !earlier.match_type || *earlier.match_type == NumberType::any;
    const bool any_plan = !earlier.match_plan || *earlier.match_plan == NumberPlan::any;
    return (any_type || earlier.match_type == later.match_type) &&
           (any_plan || earlier.match_plan == later.match_plan);
}

void check_set(LintContext& context, const config::TranslationRuleSet& set) {
    const std::string block = fmt::format("voice translation-rule {}", set.tag);
    for (auto later = set.rules.begin(); later != set.rules.end(); ++later) {
        const std::string command = fmt::format("rule {}", unsigned{later->first});
        if (const std::string why = rule_impossible(later->second.match); !why.empty()) {
            context.add("WL402", block, command,
                        fmt::format("rule {} of translation-rule {} can match no number: {}",
                                    unsigned{later->first}, set.tag, why),
                        fmt::format("correct /{}/: test voice translation-rule {} shows what it "
                                    "does",
                                    later->second.match, set.tag));
            continue;
        }
        for (auto earlier = set.rules.begin(); earlier != later; ++earlier) {
            if (!conditions_cover(earlier->second, later->second) ||
                !rule_covers(earlier->second.match, later->second.match))
                continue;
            context.add("WL401", block, command,
                        fmt::format("rule {} of translation-rule {} never fires: whatever /{}/ "
                                    "matches, /{}/ of rule {} matches before",
                                    unsigned{later->first}, set.tag, later->second.match,
                                    earlier->second.match, unsigned{earlier->first}),
                        "put the more specific rule first, or take it out");
            break;
        }
    }
}

}  // namespace

void lint_translations(LintContext& context) {
    for (const auto& [tag, set] : context.config.translation_rules)
        check_set(context, set);
}

}  // namespace weir::dialplan
