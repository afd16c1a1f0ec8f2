// SPDX-License-Identifier: Apache-2.0
// Reads the text of a number pattern into positions: a recursive descent, bounded in depth and
// size.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/base/result.hpp"
#include "dialplan/number_pattern.hpp"

namespace weir::dialplan {

// The symbols a number may consist of, in the order that ranges use.
inline constexpr std::string_view kDialSymbols = "0123456789ABCDEF*#+";
inline constexpr SymbolSet kAllSymbols = (1U << kDialSymbols.size()) - 1;
// What else may stand in a user part and can be matched by `\x` only.
inline constexpr std::string_view kSeparators = "-.()";

// The bit of one character, or 0 if it can be no part of a number.
[[nodiscard]] SymbolSet symbol_of(char character);

// Reads a text that config::check_number_pattern has accepted; what is left to go wrong is the
// size.
class PatternReader {
public:
    [[nodiscard]] static Result<NumberPattern> read(std::string_view text);

private:
    // A piece of the pattern: where it may begin and end, and whether it may be empty.
    struct Fragment {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        bool nullable = true;
    };

    explicit PatternReader(std::string_view text) : text_(text) {}
    // `counts`: whether literals in it are explicit positions (not inside a repeated group).
    Fragment sequence(bool counts);
    Fragment atom(bool counts);
    Fragment group(bool counts);
    Fragment repeated_literal(SymbolSet symbol, char operation, bool counts);
    Fragment add_position(SymbolSet symbols, bool counts);
    SymbolSet bracket_symbols();
    Fragment append(const Fragment& left, const Fragment& right);
    Fragment repeat(const Fragment& piece, char operation);
    char take_operator();  // + % ?, or 0
    [[nodiscard]] bool group_is_repeated() const;
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    std::string_view text_;
    std::size_t at_ = 0;  // next character
    unsigned dots_ = 0;
    bool overflow_ = false;  // more than kNumberPatternPositions
    NumberPattern pattern_;
};

}  // namespace weir::dialplan
