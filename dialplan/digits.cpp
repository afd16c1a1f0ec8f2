// SPDX-License-Identifier: Apache-2.0
// Expands and strips digits.
#include "dialplan/digits.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "dialplan/number_pattern.hpp"

namespace weir::dialplan {
namespace {

bool is_literal(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || c == '*' || c == '#';
}

// The digits under the dots of a pattern that consists of one-digit positions; what is repeated or
// grouped has no fixed place, so the dots behind it have none either.
std::string digits_under_dots(std::string_view pattern, std::string_view number) {
    std::string found;
    std::size_t at = 0;
    for (std::size_t i = 0; i < pattern.size() && at < number.size(); ++i) {
        const char c = pattern[i];
        if (c == '^' && i == 0) continue;
        if (c == '(' || c == ')' || c == '%' || c == '?' || c == 'T' || (c == '+' && i != 0)) break;
        if (c == ',' || c == '$') continue;
        if (c == '.') found += number[at];
        if (c == '[') i = std::min(pattern.find(']', i), pattern.size());
        if (c == '\\') ++i;
        ++at;
    }
    return found;
}

std::string filled(std::string_view expansion, std::string_view digits) {
    std::string made;
    std::size_t next = 0;
    for (const char c : expansion) {
        if (c != '.')
            made += c;
        else if (next < digits.size())
            made += digits[next++];
    }
    return made;
}

// How many digits the pattern covers without what T adds.
std::size_t pattern_length(std::string_view pattern, std::string_view number) {
    if (pattern.ends_with('$')) pattern.remove_suffix(1);
    if (pattern.ends_with('T')) pattern.remove_suffix(1);
    if (pattern.empty()) return 0;
    const auto compiled = NumberPattern::compile(pattern);
    const auto match = compiled ? compiled->match(number) : std::nullopt;
    return match ? match->consumed : 0;
}

}  // namespace

std::string left_digits(std::string_view pattern) {
    std::string digits;
    if (pattern.starts_with('^')) pattern.remove_prefix(1);
    if (pattern.starts_with('+')) {
        digits = "+";
        pattern.remove_prefix(1);
    }
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        char c = pattern[i];
        if (c == ',') continue;
        if (c == '\\' && i + 1 < pattern.size())
            c = pattern[++i];
        else if (!is_literal(c))
            break;
        const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
        if (next == '%' || next == '?' || next == '+') break;  // it may be there or not
        digits += c;
    }
    return digits;
}

std::string expand_number(const Compiled& plan, std::string_view called) {
    const CompiledExpansion* best = nullptr;
    unsigned best_length = 0;
    for (const auto& expansion : plan.expansions) {
        const auto match = expansion.pattern.match(called);
        if (!match || (best != nullptr && match->length <= best_length)) continue;
        best = &expansion;
        best_length = match->length;
    }
    if (best == nullptr) return std::string(called);
    return filled(best->source->expansion, digits_under_dots(best->source->pattern, called));
}

std::string pots_digits(std::string_view called, const config::DialPeer& peer, bool by_group) {
    using Kind = config::ForwardDigits::Kind;
    std::string_view sent = called;
    switch (peer.forward_digits.kind) {
        case Kind::all:
            break;
        case Kind::count:
            sent.remove_prefix(sent.size() -
                               std::min<std::size_t>(sent.size(), peer.forward_digits.count));
            break;
        case Kind::extra:
            sent.remove_prefix(pattern_length(peer.destination_pattern, called));
            break;
        case Kind::by_strip:
            if (!peer.digit_strip || by_group) break;
            if (const auto left = left_digits(peer.destination_pattern); called.starts_with(left))
                sent.remove_prefix(left.size());
            break;
    }
    return peer.prefix + std::string(sent);
}

// The oddity of A.3.4: a peer chosen by `.T` loses the leading plus.
std::string outgoing_called(std::string_view called, const config::DialPeer& chosen) {
    const bool has_map = chosen.destination_map || chosen.destination_calling_map ||
                         chosen.incoming_called_map || chosen.incoming_calling_map;
    if (chosen.destination_pattern == ".T" && !has_map && called.starts_with('+'))
        called.remove_prefix(1);
    return std::string(called);
}

}  // namespace weir::dialplan
