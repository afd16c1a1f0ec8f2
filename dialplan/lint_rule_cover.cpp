// SPDX-License-Identifier: Apache-2.0
// Whether one expression of translation rules matches all that another one matches: told by their
// texts, and only where that is certain.
#include <algorithm>
#include <bitset>

#include <fmt/format.h>

#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using Symbols = std::bitset<128>;

// One element of an expression; how often it may stand there.
struct Piece {
    Symbols symbols;
    bool may_be_absent = false;  // * ?
    bool may_repeat = false;     // * +
    [[nodiscard]] bool is_single() const { return !may_be_absent && !may_repeat; }
    [[nodiscard]] bool takes_all() const { return symbols.all() && may_repeat; }
};

struct Expression {
    bool is_readable = true;  // false: it has something that is not compared, as repeated groups
    bool anchored_start = false;
    bool anchored_end = false;
    std::vector<Piece> pieces;
};

class ExpressionReader {
public:
    explicit ExpressionReader(std::string_view text) : text_(text) {}

    Expression read() {
        while (at_ < text_.size() && result_.is_readable)
            element();
        return std::move(result_);
    }

private:
    void element() {
        const char character = text_[at_++];
        switch (character) {
            case '^':
                if (!result_.pieces.empty()) result_.is_readable = false;
                result_.anchored_start = true;
                return;
            case '$':
                if (text_.substr(at_) != "" && text_.substr(at_) != "\\)")
                    result_.is_readable = false;
                result_.anchored_end = true;
                return;
            case '.':
                return add(Symbols().set());
            case '[':
                return set();
            case '\\':
                return escaped();
            default:
                return add(one(character));
        }
    }

    void escaped() {
        if (at_ >= text_.size()) {
            result_.is_readable = false;
            return;
        }
        const char character = text_[at_++];
        if (character != '(' && character != ')') return add(one(character));
        // A group that is repeated is not looked into.
        const char next = at_ < text_.size() ? text_[at_] : '\0';
        if (character == ')' && (next == '*' || next == '+' || next == '?'))
            result_.is_readable = false;
    }

    void set() {
        Symbols symbols;
        const bool negated = at_ < text_.size() && text_[at_] == '^';
        if (negated) ++at_;
        const auto end = text_.find(']', at_ + 1);  // a ] that stands first is one of the set
        if (end == std::string_view::npos) {
            result_.is_readable = false;
            return;
        }
        for (std::size_t i = at_; i < end; ++i) {
            const auto first = static_cast<unsigned char>(text_[i]);
            auto last = first;
            if (i + 2 < end && text_[i + 1] == '-') {
                last = static_cast<unsigned char>(text_[i + 2]);
                i += 2;
            }
            for (unsigned symbol = first; symbol <= last && symbol < symbols.size(); ++symbol)
                symbols.set(symbol);
        }
        at_ = end + 1;
        add(negated ? ~symbols : symbols);
    }

    void add(const Symbols& symbols) {
        Piece piece{symbols};
        const char operation = at_ < text_.size() ? text_[at_] : '\0';
        if (operation == '*' || operation == '+' || operation == '?') ++at_;
        piece.may_be_absent = operation == '*' || operation == '?';
        piece.may_repeat = operation == '*' || operation == '+';
        result_.pieces.push_back(piece);
    }

    static Symbols one(char character) {
        Symbols symbols;
        symbols.set(static_cast<unsigned char>(character) % symbols.size());
        return symbols;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Expression result_;
};

// The same language with less text: a search needs no `.*` at an open end, and one more digit of a
// repeated element there changes nothing.
void simplify(Expression& expression) {
    auto& pieces = expression.pieces;
    if (expression.anchored_end && !pieces.empty() && pieces.back().takes_all())
        expression.anchored_end = false;
    if (expression.anchored_start && !pieces.empty() && pieces.front().takes_all())
        expression.anchored_start = false;
    while (!expression.anchored_end && !pieces.empty() && pieces.back().may_be_absent)
        pieces.pop_back();
    if (!expression.anchored_end && !pieces.empty()) pieces.back().may_repeat = false;
    while (!expression.anchored_start && !pieces.empty() && pieces.front().may_be_absent)
        pieces.erase(pieces.begin());
    if (!expression.anchored_start && !pieces.empty()) pieces.front().may_repeat = false;
}

// What certainly stands side by side in each match: singles, and gaps of unknown length.
struct Unit {
    Symbols symbols;
    bool is_gap = false;
};

std::vector<Unit> units_of(const Expression& expression) {
    std::vector<Unit> units;
    for (const Piece& piece : expression.pieces) {
        if (!piece.may_be_absent) units.push_back({piece.symbols});
        if (!piece.is_single()) units.push_back({{}, true});
    }
    return units;
}

bool fits(const std::vector<Piece>& wanted, const std::vector<Unit>& units, std::size_t at) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const Unit& unit = units[at + i];
        if (unit.is_gap || (unit.symbols & ~wanted[i].symbols).any()) return false;
    }
    return true;
}

}  // namespace

bool rule_covers(std::string_view earlier, std::string_view later) {
    if (earlier == later || earlier.empty()) return true;  // // matches any number
    Expression first = ExpressionReader(earlier).read();
    const Expression second = ExpressionReader(later).read();
    if (!first.is_readable || !second.is_readable) return false;
    simplify(first);
    const bool open_start = !first.anchored_start;
    const bool open_end = !first.anchored_end;
    if (first.pieces.empty()) return open_start || open_end;  // each number has a start and an end
    if (!std::all_of(first.pieces.begin(), first.pieces.end(),
                     [](const Piece& piece) { return piece.is_single(); }))
        return false;
    if ((!open_start && !second.anchored_start) || (!open_end && !second.anchored_end))
        return false;
    const auto units = units_of(second);
    const std::size_t length = first.pieces.size();
    if (units.size() < length || (!open_start && !open_end && units.size() != length)) return false;
    const std::size_t last = units.size() - length;
    for (std::size_t at = open_end ? 0 : last; at <= (open_start ? last : 0); ++at)
        if (fits(first.pieces, units, at)) return true;
    return false;
}

std::string rule_impossible(std::string_view match) {
    bool in_set = false;
    for (std::size_t i = 0; i < match.size(); ++i) {
        const char character = match[i];
        if (character == '\\') {
            ++i;
            continue;
        }
        if (in_set) {
            in_set = character != ']';
            continue;
        }
        const std::string_view before = match.substr(0, i);
        const std::string_view behind = match.substr(i + 1);
        if (character == '[') in_set = true;
        if (character == '^' && !before.empty() && before != "\\(")
            return "^ stands in the middle, and only there begins a number";
        if (character == '$' && !behind.empty() && behind != "\\)")
            return "$ stands in the middle, and only there ends a number";
        if (character == '(' || character == ')')
            return "parentheses without a backslash stand for themselves; a group is \\( \\)";
        if (character == '|') return "| stands for itself: there are no alternatives";
        const bool letter =
            (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
        if (letter && (character < 'A' || character > 'F'))
            return fmt::format("it asks for the letter {}, and numbers have A to F only",
                               character);
    }
    return "";
}

}  // namespace weir::dialplan
