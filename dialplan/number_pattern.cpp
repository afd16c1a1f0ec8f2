// SPDX-License-Identifier: Apache-2.0
// Matches a number against a compiled pattern (spec A.3).
#include "dialplan/number_pattern.hpp"

#include <algorithm>
#include <bit>

#include "dialplan/pattern_reader.hpp"

namespace weir::dialplan {

namespace {

// Spec A.3.6: a user part with other letters than A-F is no number.
bool is_number(std::string_view text) {
    return text.size() <= kNumberMaxBytes &&
           std::all_of(text.begin(), text.end(), [](char c) { return symbol_of(c) != 0; });
}

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (symbol_of(c) & kAllSymbols) != 0; });
}

}  // namespace

std::optional<NumberMatch> NumberPattern::match(std::string_view number) const {
    // Spec A.7: an empty called number matches only T.
    if (number.empty()) {
        return variable_ && count_ == 0 ? std::optional(NumberMatch{}) : std::nullopt;
    }
    if (!is_number(number)) return std::nullopt;

    std::optional<NumberMatch> best;
    const auto accept = [&](unsigned length, std::size_t consumed) {
        if (!accepts_rest(number, consumed)) return;
        const auto total = static_cast<unsigned>(variable_ ? number.size() : consumed);
        if (!best) best = NumberMatch{};
        best->length = std::max(best->length, length);
        best->consumed = std::max(best->consumed, total);
    };
    if (nullable_) accept(0, 0);

    std::array<Lengths, 2> lengths;
    std::uint64_t live = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
        Lengths& after = lengths[i % 2];
        after.fill(-1);
        const SymbolSet digit = symbol_of(number[i]);
        if (i == 0) {
            for (std::uint64_t bits = first_; bits != 0; bits &= bits - 1) {
                const auto position = static_cast<unsigned>(std::countr_zero(bits));
                if ((positions_[position].symbols & digit) != 0) enter(position, 0, after, live);
            }
        } else {
            live = step(live, lengths[(i + 1) % 2], digit, after);
        }
        if (live == 0) break;
        for (std::uint64_t bits = live & last_; bits != 0; bits &= bits - 1) {
            accept(static_cast<unsigned>(after[static_cast<std::size_t>(std::countr_zero(bits))]),
                   i + 1);
        }
    }
    return best;
}

std::uint64_t NumberPattern::step(std::uint64_t live, const Lengths& before, SymbolSet digit,
                                  Lengths& after) const {
    std::uint64_t next = 0;
    for (; live != 0; live &= live - 1) {
        const auto from = static_cast<std::size_t>(std::countr_zero(live));
        for (std::uint64_t bits = positions_[from].follow; bits != 0; bits &= bits - 1) {
            const auto to = static_cast<unsigned>(std::countr_zero(bits));
            if ((positions_[to].symbols & digit) != 0) enter(to, before[from], after, next);
        }
    }
    return next;
}

// Reaches a position; of several ways the one with most explicit digits counts.
void NumberPattern::enter(unsigned position, int length, Lengths& lengths,
                          std::uint64_t& live) const {
    const int total = length + positions_[position].weight;
    live |= std::uint64_t{1} << position;
    lengths[position] = static_cast<std::int8_t>(std::max<int>(lengths[position], total));
}

// What may follow the digits matched so far.
bool NumberPattern::accepts_rest(std::string_view number, std::size_t consumed) const {
    if (variable_) {
        return number.size() <= kNumberDigitsWithT && all_digits(number.substr(consumed));
    }
    return !anchored_end_ || consumed == number.size();
}

}  // namespace weir::dialplan
