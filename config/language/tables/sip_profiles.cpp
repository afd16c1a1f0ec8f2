// SPDX-License-Identifier: Apache-2.0
// The table of voice class sip-profiles (spec D.1, D.2).
#include <algorithm>
#include <cstdio>

#include "config/base/text.hpp"
#include "config/language/class_limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/tables/class_tables.hpp"
#include "config/language/text_argument.hpp"
#include "config/model/expression.hpp"
#include "config/model/sip_headers.hpp"

namespace weir::config::language {
namespace {

using Rule = SipProfileRule;
constexpr std::uint32_t kMaxRuleTag = 1073741823;

// ---- the syntax

std::string rule_syntax() {
    std::string methods;
    for (const auto method : profile_methods())
        methods += (methods.empty() ? "" : " | ") + std::string(method);
    const std::string copy = "copy <match=quoted> u<variable=1-99>";
    const std::string action =
        "{add <value=quoted> | remove | modify <match=quoted> <value=quoted> | " + copy + "}";
    return "{request {" + methods + "} | response {<code=100-699> | ANY} [method {" + methods +
           "}]} {sip-header <header=word> " + action +
           " | sdp-header [mline-index <mline=0-6>] <header=word> " + action +
           " | peer-header {sip <header=word> " + copy + " | sdp mline-index <mline=0-6> " + copy +
           "}}";
}

// ---- reading

// The error of an expression, placed at the sign that is wrong.
Result<void> check_quoted_expression(const Words& words, const char* argument,
                                     const GroupCount& checked) {
    if (checked) return {};
    words.blame(argument, quoted_offset(words.text(argument), checked.error().at));
    return fail(ErrorCode::invalid, checked.error().text);
}

Result<void> read_message(const Words& words, Rule& rule) {
    const auto& all = words.all();
    const auto first = std::find_if(all.begin(), all.end(), [](const Binding& binding) {
        return binding.value == "request" || binding.value == "response";
    });
    if (first->value == "request") {
        rule.method = (first + 1)->value;
        return {};
    }
    rule.message = Rule::Message::response;
    rule.code = (first + 1)->value;
    if ((first + 2)->value == "method") rule.method = (first + 3)->value;
    if (!words.given("code") || is_profile_code(words.number("code"))) return {};
    words.blame("code");
    return fail(ErrorCode::invalid,
                "rules cannot name the response code " + rule.code + ": ANY covers every response");
}

Result<void> read_sip_header(const Words& words, Rule& rule) {
    rule.header = canonical_header(words.text("header"));
    if (is_header_name(rule.header)) return {};
    words.blame("header");
    return fail(ErrorCode::invalid, "'" + rule.header + "' is not the name of a header");
}

// With an m-line the start of an SDP line ("a=fmtp:101"), without one a name of spec D.2.
Result<void> read_sdp_header(const Words& words, Rule& rule) {
    rule.header = words.text("header");
    words.blame("header");
    if (words.given("mline")) {
        rule.mline_index = static_cast<std::uint8_t>(words.number("mline"));
        const bool good = rule.header.size() >= 2 && rule.header[0] >= 'a' &&
                          rule.header[0] <= 'z' && rule.header[1] == '=';
        if (good) return {};
        return fail(ErrorCode::invalid,
                    "behind mline-index stands the start of an SDP line, as in a=fmtp:101");
    }
    if (const auto known = canonical_sdp_header(rule.header)) {
        rule.header = *known;
        return {};
    }
    const auto near = text::nearest(rule.header, {sdp_headers().begin(), sdp_headers().end()});
    return fail(ErrorCode::invalid,
                "'" + rule.header + "' is not a name of SDP lines" +
                    (near ? ": did you mean " + *near + "?"
                          : ", as Audio-Attribute; other lines need mline-index"));
}

Result<void> read_header(const Words& words, Rule& rule) {
    if (words.has("peer-header")) {
        rule.part = words.has("sdp") ? Rule::Part::peer_sdp_line : Rule::Part::peer_sip_header;
        if (rule.part == Rule::Part::peer_sip_header) return read_sip_header(words, rule);
        rule.mline_index = static_cast<std::uint8_t>(words.number("mline"));
        return {};
    }
    if (words.has("sip-header")) return read_sip_header(words, rule);
    rule.part = Rule::Part::sdp_header;
    return read_sdp_header(words, rule);
}

// Spec D.2: To, From, v=, o= and their like may be modified, but neither added nor removed.
Result<void> refuse_mandatory(const Words& words, const Rule& rule) {
    const bool mandatory = rule.part == Rule::Part::sdp_header
                               ? is_mandatory_sdp_header(rule.header)
                               : is_mandatory_header(rule.header);
    if (!mandatory) return {};
    words.blame("header");
    return fail(ErrorCode::invalid, rule.header +
                                        " is mandatory: it can be modified and copied, "
                                        "but neither added nor removed");
}

Result<void> read_action(const Words& words, Rule& rule) {
    if (words.has("remove")) {
        rule.action = Rule::Action::remove;
        return refuse_mandatory(words, rule);
    }
    rule.action = words.has("add")      ? Rule::Action::add
                  : words.has("modify") ? Rule::Action::modify
                                        : Rule::Action::copy;
    rule.match = unquoted(words.text("match"));
    rule.value = unquoted(words.text("value"));
    rule.variable = static_cast<std::uint8_t>(words.number("variable"));
    if (rule.action == Rule::Action::add) WEIR_TRY(refuse_mandatory(words, rule));
    if (rule.action != Rule::Action::copy)
        WEIR_TRY(check_quoted_expression(words, "value", check_profile_replacement(rule.value)));
    if (rule.action == Rule::Action::add) {
        if (!rule.value.empty()) return {};
        words.blame("value");
        return fail(ErrorCode::invalid, "there is nothing to add");
    }
    const auto groups = check_profile_match(rule.match);
    WEIR_TRY(check_quoted_expression(words, "match", groups));
    if (rule.action == Rule::Action::modify || *groups > 0) return {};
    words.blame("match");
    return fail(ErrorCode::invalid,
                "copy takes the text of the first group, and this expression "
                "has none: write it in ( )");
}

Result<Rule> rule_of(const Words& words) {
    Rule rule;
    WEIR_TRY(read_message(words, rule));
    WEIR_TRY(read_header(words, rule));
    WEIR_TRY(read_action(words, rule));
    return rule;
}

// ---- into the profile

// Spec D.1: a profile is all tagged or all untagged.
Result<void> refuse_mixture(const SipProfiles& profile, bool tagged) {
    if (profile.rules.empty() || profile.rules.front().tag.has_value() == tagged) return {};
    return fail(ErrorCode::exists,
                tagged ? "the rules of this profile have no tags: write this one without 'rule'"
                       : "the rules of this profile have tags: write 'rule TAG' before this one");
}

Result<void> refuse_too_many(const SipProfiles& profile) {
    if (profile.rules.size() < kMaxProfileRules) return {};
    return fail(ErrorCode::exhausted,
                "a profile has at most " + std::to_string(kMaxProfileRules) + " rules");
}

Result<void> read_untagged(const Words& words, SipProfiles& profile) {
    WEIR_TRY(refuse_mixture(profile, false));
    WEIR_TRY(refuse_too_many(profile));
    auto rule = rule_of(words);
    if (!rule) return fail(rule.error());
    profile.rules.push_back(*std::move(rule));
    return {};
}

std::vector<Rule>::iterator place_of(SipProfiles& profile, std::uint32_t tag) {
    return std::find_if(profile.rules.begin(), profile.rules.end(),
                        [&](const Rule& rule) { return rule.tag >= tag; });
}

// `rule before 20`: a place is made at 20, the rules from there on move up by one.
Result<void> make_place(const Words& words, SipProfiles& profile, std::uint32_t tag) {
    const auto at = place_of(profile, tag);
    words.blame("tag");
    if (at == profile.rules.end() || at->tag != tag)
        return fail(ErrorCode::not_found, "there is no rule " + std::to_string(tag));
    if (*profile.rules.back().tag >= kMaxRuleTag)
        return fail(ErrorCode::exhausted, "the last rule cannot move up: its tag is the highest");
    for (auto rule = at; rule != profile.rules.end(); ++rule)
        ++*rule->tag;
    return {};
}

Result<void> read_tagged(const Words& words, SipProfiles& profile) {
    WEIR_TRY(refuse_mixture(profile, true));
    auto rule = rule_of(words);
    if (!rule) return fail(rule.error());
    rule->tag = static_cast<std::uint32_t>(words.number("tag"));
    const auto known = place_of(profile, *rule->tag);
    const bool replaces = known != profile.rules.end() && known->tag == rule->tag;
    if (words.has("before") || !replaces) WEIR_TRY(refuse_too_many(profile));
    if (words.has("before"))
        WEIR_TRY(make_place(words, profile, *rule->tag));
    else if (replaces)
        profile.rules.erase(known);
    profile.rules.insert(place_of(profile, *rule->tag), *std::move(rule));
    return {};
}

void no_tagged(const Words& words, SipProfiles& profile) {
    std::erase_if(profile.rules, [&](const Rule& rule) { return rule.tag == words.number("tag"); });
}

void no_untagged(const Words& words, SipProfiles& profile) {
    const auto rule = rule_of(words);
    if (rule) std::erase(profile.rules, *rule);
}

// ---- printing

std::string message_text(const Rule& rule) {
    if (rule.message == Rule::Message::request) return "request " + rule.method;
    return "response " + rule.code + (rule.method.empty() ? "" : " method " + rule.method);
}

std::string header_text(const Rule& rule) {
    const std::string mline =
        rule.mline_index ? "mline-index " + std::to_string(*rule.mline_index) : "";
    switch (rule.part) {
        case Rule::Part::sip_header:
            return "sip-header " + rule.header;
        case Rule::Part::sdp_header:
            return "sdp-header " + mline + (mline.empty() ? "" : " ") + rule.header;
        case Rule::Part::peer_sip_header:
            return "peer-header sip " + rule.header;
        case Rule::Part::peer_sdp_line:
            return "peer-header sdp " + mline;
    }
    return "";
}

std::string action_text(const Rule& rule) {
    switch (rule.action) {
        case Rule::Action::add:
            return "add " + in_quotes(rule.value);
        case Rule::Action::remove:
            return "remove";
        case Rule::Action::modify:
            return "modify " + in_quotes(rule.match) + " " + in_quotes(rule.value);
        case Rule::Action::copy: {
            const std::string digits = std::to_string(rule.variable);
            return "copy " + in_quotes(rule.match) + " u" + (digits.size() < 2 ? "0" : "") + digits;
        }
    }
    return "";
}

void print_rules(const SipProfiles& profile, Printer& out) {
    for (const auto& rule : profile.rules)
        out.line((rule.tag ? "rule " + std::to_string(*rule.tag) + " " : "") + message_text(rule) +
                 " " + header_text(rule) + " " + action_text(rule));
}

Mode sip_profiles_mode() {
    const std::string help = "A change of messages";
    Command<SipProfiles> tagged_row{
        "rule {<tag=1-1073741823> | before <tag=1-1073741823>} " + rule_syntax(), help, read_tagged,
        no_tagged, print_rules};
    tagged_row.key_words = 2;
    // `no` of a rule without tag needs the whole rule: nothing else tells it from the others.
    Command<SipProfiles> row{rule_syntax(), help, read_untagged, no_untagged,
                             [](const SipProfiles&, Printer&) {}};
    row.key_words = grammar_of_row(row.syntax).tokens.size();
    return {ModeId::sip_profiles, ModeId::global, "voice class sip-profiles", "config-class",
            make_rows(std::vector<Command<SipProfiles>>{tagged_row, row},
                      tagged<&Config::sip_profiles>)};
}

}  // namespace

std::vector<Command<Config>> sip_profile_openers() {
    return {class_opener("voice class sip-profiles <1-10000>", "Changes of SIP messages",
                         &Config::sip_profiles, ModeId::sip_profiles)};
}

std::vector<Mode> sip_profile_modes() {
    return {sip_profiles_mode()};
}

}  // namespace weir::config::language
