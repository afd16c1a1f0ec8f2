// SPDX-License-Identifier: Apache-2.0
// Applies a profile number by number, in the order calling, called, redirecting.
#include "dialplan/profile.hpp"

#include <array>

#include "config/base/text.hpp"

namespace weir::dialplan {
namespace {

using config::TranslatedNumber;

// An INVITE has no redirect target (that is a 302's) and no ISDN callback number.
struct Target {
    TranslatedNumber which;
    TypedNumber CallNumbers::*number;
};
constexpr std::array<Target, 3> kTargets{{
    {TranslatedNumber::calling, &CallNumbers::calling},
    {TranslatedNumber::called, &CallNumbers::called},
    {TranslatedNumber::redirect_called, &CallNumbers::redirecting},
}};

// What the rules see. A caller who withholds the number has none (RFC 3323 4.1.1.3).
NumberProbe probe_of(const TypedNumber& number) {
    const bool withheld = text::iequals(number.digits, "anonymous");
    return {withheld ? std::string() : number.digits, number.type, number.plan};
}

// Spec C.3: user parts that are no numbers are not changed; without a Diversion there is nothing.
bool is_subject(const Target& target, const TypedNumber& number) {
    if (target.which == TranslatedNumber::redirect_called && number.digits.empty()) return false;
    return is_translatable(number.digits) || text::iequals(number.digits, "anonymous");
}

// Of the lines that cover the whole number, the one with most explicit digits.
std::optional<RuleOutcome> apply_lines(const std::vector<CompiledStep::FileLine>& lines,
                                       const std::string& digits) {
    std::optional<RuleOutcome> best;
    unsigned best_length = 0;
    for (const auto& line : lines) {
        const auto match = line.pattern.match(digits);
        if (!match || match->consumed != digits.size()) continue;
        if (best && match->length <= best_length) continue;
        best = RuleOutcome{line.line, false, line.replacement, {}, {}};
        best_length = match->length;
    }
    return best;
}

}  // namespace

bool apply_profile(const CompiledProfile& profile, std::optional<config::DialPeerTag> outbound,
                   CallNumbers& numbers, std::vector<TranslationStep>& steps) {
    for (const Target& target : kTargets) {
        const CompiledStep& rules = profile.steps[static_cast<std::size_t>(target.which)];
        TypedNumber& number = numbers.*target.number;
        if (!rules.is_set() || !is_subject(target, number)) continue;
        const NumberProbe probe = probe_of(number);
        const auto outcome = rules.rules != nullptr ? rules.rules->apply(probe)
                                                    : apply_lines(*rules.lines, probe.digits);
        if (!outcome) continue;
        TranslationStep step;
        step.profile = profile.name;
        step.number = target.which;
        step.rule_set = rules.tag;
        step.rule = outcome->rule;
        step.before = number;
        step.rejected = outcome->rejected;
        step.outbound = outbound;
        if (!outcome->rejected) {
            number.digits = outcome->digits;
            number.type = outcome->type.value_or(number.type);
            number.plan = outcome->plan.value_or(number.plan);
        }
        step.after = number;
        steps.push_back(std::move(step));
        if (outcome->rejected) return false;
    }
    return true;
}

std::optional<TranslationStep> blocked_by(const CompiledProfile& profile,
                                          const CallNumbers& numbers) {
    for (const Target& target : kTargets) {
        const CompiledStep& rules = profile.steps[static_cast<std::size_t>(target.which)];
        const TypedNumber& number = numbers.*target.number;
        if (rules.rules == nullptr || !is_subject(target, number)) continue;
        const auto outcome = rules.rules->rejects(probe_of(number));
        if (!outcome) continue;
        TranslationStep step;
        step.profile = profile.name;
        step.number = target.which;
        step.rule_set = rules.tag;
        step.rule = outcome->rule;
        step.before = step.after = number;
        step.rejected = true;
        return step;
    }
    return std::nullopt;
}

}  // namespace weir::dialplan
