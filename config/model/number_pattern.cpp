// SPDX-License-Identifier: Apache-2.0
// A one-pass check of number patterns; the matching itself is dialplan's.
#include "config/model/number_pattern.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr bool is_pattern_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}
constexpr bool is_key(char c) {
    return is_pattern_digit(c) || c == '*' || c == '#';
}

Result<void> wrong(const std::string& why) {
    return fail(ErrorCode::invalid,
                "Incorrect format for E.164 Number regular expression must be of the form "
                "^[][^0-9,A-F#*.?+%()-]*T?(\\$)?$: " +
                    why);
}

std::string quoted(char c) {
    return "'" + text::printable(std::string_view(&c, 1)) + "'";
}

// Walks over one pattern; `at_` is the next character.
class Checker {
public:
    explicit Checker(std::string_view text) : text_(text) {}

    Result<void> run() {
        if (text_.empty()) return wrong("the pattern is empty");
        if (text_.size() > kNumberPatternBytes)
            return wrong("it is longer than " + std::to_string(kNumberPatternBytes) +
                         " characters");
        if (text_[at_] == '^') ++at_;
        if (at_ < text_.size() && text_[at_] == '+') ++at_;  // the literal plus of E.164
        while (at_ < text_.size())
            WEIR_TRY(element());
        if (open_groups_ > 0) return wrong("a '(' is not closed");
        return {};
    }

private:
    Result<void> element() {
        const char c = text_[at_++];
        if (is_key(c) || c == '.') return operand();
        switch (c) {
            case ',':
                repeatable_ = false;
                return {};
            case '[':
                return bracket();
            case '\\':
                return escape();
            case '(':
                return open_group();
            case ')':
                return close_group();
            case '+':
            case '%':
            case '?':
                return repeat(c);
            case 'T':
                return variable_length();
            case '$':
                return at_ == text_.size() ? Result<void>{}
                                           : wrong("'$' may stand only at the end");
            case '^':
                return wrong("'^' may stand only at the beginning or first in brackets");
            case ']':
                return wrong("a ']' has no '['");
            case '-':
                return wrong("'-' may stand only in brackets");
            default:
                return wrong(quoted(c) + " cannot stand in a pattern");
        }
    }

    Result<void> operand() {
        repeatable_ = true;
        return count_position();
    }

    Result<void> count_position() {
        if (++positions_ > kNumberPatternPositions)
            return wrong("it has more than " + std::to_string(kNumberPatternPositions) +
                         " digit positions");
        return {};
    }

    Result<void> escape() {
        if (at_ == text_.size()) return wrong("'\\' has nothing behind it");
        const char c = text_[at_++];
        if (c <= ' ' || c > '~') return wrong("'\\' before a character that cannot be dialled");
        return operand();
    }

    // [2-9], [1,3-5], [^135]: commas separate, ranges ascend within 0-9 or within A-F.
    Result<void> bracket() {
        if (at_ < text_.size() && text_[at_] == '^') ++at_;
        bool empty = true;
        while (at_ < text_.size() && text_[at_] != ']') {
            const char first = text_[at_++];
            if (first == ',') continue;
            if (!is_key(first) && first != '+')
                return wrong(quoted(first) + " cannot stand in brackets");
            empty = false;
            if (at_ >= text_.size() || text_[at_] != '-') continue;
            ++at_;
            if (at_ >= text_.size() || !is_pattern_digit(first) || !is_pattern_digit(text_[at_]) ||
                text_[at_] < first)
                return wrong("a range in brackets must ascend from one digit to another");
            ++at_;
        }
        if (at_ >= text_.size()) return wrong("a '[' is not closed");
        ++at_;
        if (empty) return wrong("brackets with nothing in them match nothing");
        return operand();
    }

    Result<void> open_group() {
        if (++open_groups_ > kNumberPatternNesting)
            return wrong("groups are nested deeper than " + std::to_string(kNumberPatternNesting));
        repeatable_ = false;
        return {};
    }

    Result<void> close_group() {
        if (open_groups_ == 0) return wrong("a ')' has no '('");
        if (text_[at_ - 2] == '(') return wrong("a group with nothing in it");
        --open_groups_;
        repeatable_ = true;
        return {};
    }

    Result<void> repeat(char sign) {
        if (!repeatable_) return wrong(quoted(sign) + " has nothing before it to repeat");
        repeatable_ = false;
        return count_position();  // the digit and its repetition
    }

    Result<void> variable_length() {
        const auto rest = text_.substr(at_);
        if (!rest.empty() && rest != "$") return wrong("'T' may stand only at the end");
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t open_groups_ = 0;
    std::size_t positions_ = 0;
    bool repeatable_ = false;
};

}  // namespace

Result<void> check_number_pattern(std::string_view text) {
    return Checker(text).run();
}

bool is_plain_number(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), is_key);
}

}  // namespace weir::config
