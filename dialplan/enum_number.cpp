// SPDX-License-Identifier: Apache-2.0
// Applies enum-match-tables and the expressions of NAPTR records.
#include "dialplan/enum_number.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "config/base/text.hpp"
#include "dialplan/dialplan_limits.hpp"
#include "dialplan/session_host.hpp"

namespace weir::dialplan {
namespace {

// RFC 6116 3.4.3: "E2U+sip"; several services may follow each other with a plus, and a subtype with
// a colon. RFC 2916 wrote "sip+E2U".
bool is_sip_service(std::string_view service) {
    if (text::iequals(service, "sip+E2U")) return true;
    if (!text::istarts_with(service, "E2U+")) return false;
    service.remove_prefix(4);
    while (!service.empty()) {
        const auto plus = service.find('+');
        const std::string_view one = service.substr(0, plus);
        if (text::iequals(one.substr(0, one.find(':')), "sip")) return true;
        service = plus == std::string_view::npos ? "" : service.substr(plus + 1);
    }
    return false;
}

// RFC 3402 3.2: delimiter, expression, delimiter, replacement, delimiter, flags.
struct Substitution {
    std::string match;
    std::string replacement;
    bool any_case = false;
};

std::optional<Substitution> parse_substitution(std::string_view text) {
    if (text.size() < 3 || text.size() > kNaptrRegexpBytes) return std::nullopt;
    const char delimiter = text.front();
    if ((delimiter >= '0' && delimiter <= '9') || delimiter == '\\' || delimiter == 'i')
        return std::nullopt;
    Substitution made;
    std::string* part = &made.match;
    std::size_t i = 1;
    for (unsigned parts = 0; i < text.size() && parts < 2; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            // An escaped delimiter is the delimiter itself; other escapes are the expression's.
            if (text[i + 1] != delimiter) *part += '\\';
            *part += text[++i];
        } else if (text[i] == delimiter) {
            part = &made.replacement;
            ++parts;
            if (parts == 2) {
                const std::string_view flags = text.substr(i + 1);
                made.any_case = flags == "i";
                return flags.empty() || made.any_case ? std::optional(made) : std::nullopt;
            }
        } else {
            *part += text[i];
        }
    }
    return std::nullopt;
}

std::optional<std::string> substituted(std::string_view number, std::string_view regexp) {
    const auto parsed = parse_substitution(regexp);
    if (!parsed) return std::nullopt;
    RE2::Options options(RE2::Latin1);
    options.set_log_errors(false);
    options.set_case_sensitive(!parsed->any_case);
    options.set_max_mem(kEnumExpressionMemory);
    const RE2 expression(parsed->match, options);
    std::string error;
    if (!expression.ok() || !expression.CheckRewriteString(parsed->replacement, &error))
        return std::nullopt;
    std::string made(number);
    if (!RE2::Replace(&made, expression, parsed->replacement) || made.size() > kEnumUriBytes)
        return std::nullopt;
    return made;
}

// What comes from a stranger's zone and goes into our Request-URI: printable, without blanks.
bool is_sip_uri(std::string_view uri) {
    const bool plain =
        std::all_of(uri.begin(), uri.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    return plain && (text::istarts_with(uri, "sip:") || text::istarts_with(uri, "sips:")) &&
           uri.find_first_of("<>\"") == std::string_view::npos;
}

}  // namespace

Result<CompiledEnumTable> CompiledEnumTable::compile(const config::EnumTable& source) {
    std::vector<std::pair<std::uint32_t, const config::EnumTable::Rule*>> order;
    for (const auto& [number, rule] : source.rules)
        order.emplace_back(rule.preference, &rule);
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    CompiledEnumTable made;
    for (const auto& [preference, rule] : order) {
        config::TranslationRuleSet one;
        one.tag = source.tag;
        one.place = source.place;
        one.rules[1].match = rule->match;
        one.rules[1].replace = rule->replace;
        auto compiled = CompiledRuleSet::compile(one);
        if (!compiled)
            return fail(
                compiled.error().within("voice enum-match-table " + std::to_string(source.tag)));
        made.rules_.push_back({std::move(*compiled), rule->domain});
    }
    return made;
}

std::vector<EnumQuestion> CompiledEnumTable::questions(std::string_view called) const {
    std::vector<EnumQuestion> questions;
    for (const Rule& rule : rules_) {
        const auto outcome = rule.rules.apply({std::string(called), std::nullopt, std::nullopt});
        if (!outcome) continue;
        const std::string name = dotted_digits(outcome->digits);
        if (name.empty() || name.size() > kEnumNameDigitBytes) continue;
        questions.push_back({outcome->digits, name + rule.domain});
    }
    return questions;
}

std::vector<std::string> enum_uris(std::string_view number, std::vector<NaptrRecord> records) {
    std::stable_sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
        return a.order != b.order ? a.order < b.order : a.preference < b.preference;
    });
    std::vector<std::string> uris;
    for (const NaptrRecord& record : records) {
        if (uris.size() == kEnumUrisMax) break;
        if (!text::iequals(record.flags, "u") || !is_sip_service(record.service)) continue;
        const auto uri = substituted(number, record.regexp);
        if (uri && is_sip_uri(*uri)) uris.push_back(*uri);
    }
    return uris;
}

}  // namespace weir::dialplan
