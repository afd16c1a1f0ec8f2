// SPDX-License-Identifier: Apache-2.0
// The grammar of number patterns (spec A.3, N8).
#include "dialplan/pattern_reader.hpp"

#include <bit>

#include "config/base/text.hpp"
#include "config/model/number_pattern.hpp"

namespace weir::dialplan {

SymbolSet symbol_of(char character) {
    auto index = kDialSymbols.find(character);
    if (index != std::string_view::npos) return 1U << index;
    index = kSeparators.find(character);
    if (index == std::string_view::npos) return 0;
    return 1U << (kDialSymbols.size() + index);
}

Result<NumberPattern> NumberPattern::compile(std::string_view text) {
    return PatternReader::read(text);
}

Result<NumberPattern> PatternReader::read(std::string_view text) {
    WEIR_TRY(config::check_number_pattern(text));
    PatternReader reader(text);
    if (reader.peek() == '^') ++reader.at_;
    Fragment whole;
    // Spec A.3: a leading + is the literal plus of E.164, anywhere else it repeats.
    if (reader.peek() == '+') {
        ++reader.at_;
        whole = reader.add_position(symbol_of('+'), true);
    }
    whole = reader.append(whole, reader.sequence(true));
    if (reader.overflow_) {
        return fail(ErrorCode::invalid, "the pattern '" + text::printable(text) +
                                            "' has more than " +
                                            std::to_string(kNumberPatternPositions) +
                                            " digit positions: shorten it, or end it in T");
    }
    NumberPattern& pattern = reader.pattern_;
    pattern.first_ = whole.first;
    pattern.last_ = whole.last;
    pattern.nullable_ = whole.nullable;
    pattern.text_ = std::string(text);
    return std::move(pattern);
}

PatternReader::Fragment PatternReader::sequence(bool counts) {
    Fragment whole;
    while (at_ < text_.size() && peek() != ')') {
        switch (peek()) {
            case ',':  // a pause in dialling: matches nothing
                ++at_;
                break;
            case 'T':
                ++at_;
                pattern_.variable_ = true;
                break;
            case '$':
                ++at_;
                pattern_.anchored_end_ = true;
                break;
            default:
                whole = append(whole, atom(counts));
        }
    }
    return whole;
}

PatternReader::Fragment PatternReader::atom(bool counts) {
    const char character = peek();
    if (character == '(') return group(counts);
    if (character == '[') {
        const Fragment piece = add_position(bracket_symbols(), false);
        return repeat(piece, take_operator());
    }
    ++at_;
    if (character == '.') {
        // Spec A.3: at most 15 dots are honoured; further ones stand for nothing.
        const Fragment piece =
            ++dots_ > kNumberPatternDots ? Fragment{} : add_position(kAllSymbols, false);
        return repeat(piece, take_operator());
    }
    const SymbolSet symbol =
        symbol_of(character == '\\' && at_ < text_.size() ? text_[at_++] : character);
    if (const char operation = take_operator(); operation != '\0') {
        return repeated_literal(symbol, operation, counts);
    }
    return add_position(symbol, counts);
}

PatternReader::Fragment PatternReader::group(bool counts) {
    // A.3: a position repeated by an operator counts 0; N8 excepts only the single literal.
    const bool inner_counts = counts && !group_is_repeated();
    ++at_;
    const Fragment inner = sequence(inner_counts);
    if (peek() == ')') ++at_;
    return repeat(inner, take_operator());
}

// Whether the group that opens here is followed by an operator.
bool PatternReader::group_is_repeated() const {
    unsigned depth = 0;
    for (std::size_t i = at_; i < text_.size(); ++i) {
        if (text_[i] == '\\') {
            ++i;
        } else if (text_[i] == '(') {
            ++depth;
        } else if (text_[i] == ')' && --depth == 0) {
            return i + 1 < text_.size() &&
                   std::string_view("+%?").find(text_[i + 1]) != std::string_view::npos;
        }
    }
    return false;
}

// [2-9], [1,3-5], [^135]: the comma separates, a range follows the order of kDialSymbols.
SymbolSet PatternReader::bracket_symbols() {
    ++at_;
    const bool negated = peek() == '^';
    if (negated) ++at_;
    SymbolSet symbols = 0;
    while (at_ < text_.size() && peek() != ']') {
        const auto from = kDialSymbols.find(text_[at_++]);
        if (from == std::string_view::npos) continue;  // the comma
        auto to = from;
        if (peek() == '-') {
            ++at_;
            to = kDialSymbols.find(peek());
            ++at_;
        }
        for (auto index = from; index <= to && index < kDialSymbols.size(); ++index) {
            symbols |= 1U << index;
        }
    }
    ++at_;
    return negated ? kAllSymbols & ~symbols : symbols;
}

// N8: a repeated literal counts once if it matched, so its first occurrence is an explicit
// position and the further ones are not.
PatternReader::Fragment PatternReader::repeated_literal(SymbolSet symbol, char operation,
                                                        bool counts) {
    const Fragment once = add_position(symbol, counts);
    if (operation == '?') return repeat(once, '?');
    const Fragment run = append(once, repeat(add_position(symbol, false), '%'));
    return operation == '%' ? repeat(run, '?') : run;
}

PatternReader::Fragment PatternReader::add_position(SymbolSet symbols, bool counts) {
    if (pattern_.count_ >= kNumberPatternPositions) {
        overflow_ = true;
        return {};
    }
    const std::uint64_t bit = std::uint64_t{1} << pattern_.count_;
    auto& position = pattern_.positions_[pattern_.count_++];
    position.symbols = symbols;
    position.weight = counts ? 1 : 0;
    return Fragment{bit, bit, false};
}

PatternReader::Fragment PatternReader::append(const Fragment& left, const Fragment& right) {
    for (std::uint64_t bits = left.last; bits != 0; bits &= bits - 1) {
        pattern_.positions_[static_cast<std::size_t>(std::countr_zero(bits))].follow |= right.first;
    }
    return Fragment{left.nullable ? left.first | right.first : left.first,
                    right.nullable ? left.last | right.last : right.last,
                    left.nullable && right.nullable};
}

PatternReader::Fragment PatternReader::repeat(const Fragment& piece, char operation) {
    if (operation == '\0') return piece;
    if (operation != '?') append(piece, piece);  // after its end it may begin again
    return Fragment{piece.first, piece.last, operation == '+' ? piece.nullable : true};
}

char PatternReader::take_operator() {
    const char next = peek();
    if (next != '+' && next != '%' && next != '?') return '\0';
    ++at_;
    return next;
}

}  // namespace weir::dialplan
