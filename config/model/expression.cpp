// SPDX-License-Identifier: Apache-2.0
// One scan over an expression or a replacement; the two dialects differ in what needs a backslash.
#include "config/model/expression.hpp"

#include <algorithm>
#include <cctype>

#include "config/base/text.hpp"
#include "config/model/expression_limits.hpp"

namespace weir::config {
namespace {

enum class Dialect { rule, profile };

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

tl::unexpected<ExpressionError> wrong(std::size_t at, std::string text) {
    return tl::unexpected(ExpressionError{at, std::move(text)});
}

// What both parts of both dialects owe: a length, and signs that a number or a header can have.
tl::expected<void, ExpressionError> check_text(Dialect dialect, std::string_view text) {
    const std::size_t limit = dialect == Dialect::rule ? kRuleTextBytes : kProfileTextBytes;
    if (text.size() > limit)
        return wrong(limit, "the text is longer than " + std::to_string(limit) + " characters");
    const auto strange = std::find_if(text.begin(), text.end(), [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        // SIP header values may be UTF-8 (RFC 3261 25.1); numbers are not.
        return byte < 0x20 || byte == 0x7F ||
               (dialect == Dialect::rule && (byte == ' ' || byte > 0x7F));
    });
    if (strange == text.end()) return {};
    return wrong(static_cast<std::size_t>(strange - text.begin()),
                 "'" + text::printable(std::string_view(&*strange, 1)) + "' cannot stand here");
}

class Match {
public:
    Match(Dialect dialect, std::string_view text) : dialect_(dialect), text_(text) {}

    GroupCount run() {
        for (at_ = 0; at_ < text_.size();) {
            const auto step = next();
            if (!step) return tl::unexpected(step.error());
        }
        if (depth_ > 0) return wrong(text_.size(), "a group is not closed: " + close() + " lacks");
        return groups_;
    }

private:
    using Step = tl::expected<void, ExpressionError>;
    // What stands before a repeat sign.
    enum class Before { nothing, element, repeat };

    Step next() {
        const char c = text_[at_];
        if (c == '\\') return escape();
        if (c == '[') return bracket();
        if (c == '*' || c == '+' || c == '?') return repeat(c);
        if (dialect_ == Dialect::profile) {
            if (c == '(') return open(1);
            if (c == ')') return shut(1);
            if (c == '{')
                return wrong(at_,
                             "braces are not offered: write the element as often as needed, "
                             "or \\{ for the sign itself");
            if (c == '|') {
                before_ = Before::nothing;
                ++at_;
                return {};
            }
        }
        before_ = c == '^' && before_ == Before::nothing ? Before::nothing : Before::element;
        ++at_;
        return {};
    }

    Step escape() {
        if (at_ + 1 == text_.size()) return wrong(at_, "'\\' has nothing behind it");
        const char c = text_[at_ + 1];
        if (dialect_ == Dialect::rule && c == '(') return open(2);
        if (dialect_ == Dialect::rule && c == ')') return shut(2);
        if (is_digit(c))
            return wrong(at_, std::string("'\\") + c +
                                  "' is offered only in the replacement, not in the expression");
        const bool hex = dialect_ == Dialect::profile && c == 'x' && at_ + 3 < text_.size() &&
                         is_hex(text_[at_ + 2]) && is_hex(text_[at_ + 3]);
        if (is_letter(c) && !hex)
            return wrong(at_, std::string("'\\") + c +
                                  "' has no meaning here; a set is written as in [0-9]");
        at_ += hex ? 4 : 2;
        before_ = Before::element;
        return {};
    }

    Step open(std::size_t length) {
        if (dialect_ == Dialect::profile && text_.substr(at_ + 1, 1) == "?")
            return wrong(at_, "look-around and (?: are not offered");
        if (++groups_ > kExpressionGroups)
            return wrong(at_,
                         "there are more than " + std::to_string(kExpressionGroups) + " groups");
        ++depth_;
        before_ = Before::nothing;
        at_ += length;
        return {};
    }

    Step shut(std::size_t length) {
        if (depth_ == 0) return wrong(at_, "a group is closed that was not opened");
        --depth_;
        before_ = Before::element;
        at_ += length;
        return {};
    }

    Step repeat(char c) {
        if (before_ == Before::repeat)
            return wrong(at_, std::string("'") + c + "' repeats what is repeated already");
        // Spec C.2 does not say what a leading + is. Operators write /^+44/ and mean the plus, and
        // so does a basic expression with a leading *.
        if (before_ == Before::nothing && dialect_ == Dialect::profile)
            return wrong(at_, std::string("'") + c + "' has nothing before it to repeat");
        before_ = before_ == Before::nothing ? Before::element : Before::repeat;
        ++at_;
        return {};
    }

    // "[]a]" and "[^]a]" hold a ].
    Step bracket() {
        const std::size_t begin = at_++;
        if (at_ < text_.size() && text_[at_] == '^') ++at_;
        for (bool first = true; at_ < text_.size(); first = false) {
            const char c = text_[at_];
            if (c == ']' && !first) {
                ++at_;
                before_ = Before::element;
                return {};
            }
            if (c == '[' && at_ + 1 < text_.size() && (text_[at_ + 1] == ':'))
                return wrong(at_, "named classes in brackets are not offered");
            const std::size_t width = c == '\\' && at_ + 1 < text_.size() ? 2 : 1;
            const std::size_t dash = at_ + width;
            const bool range =
                dash + 1 < text_.size() && text_[dash] == '-' && text_[dash + 1] != ']';
            if (range && text_[dash + 1] < text_[dash - 1])
                return wrong(at_, "a range in brackets must ascend");
            at_ = range ? dash + 2 : dash;
        }
        return wrong(begin, "a '[' is not closed");
    }

    [[nodiscard]] std::string close() const { return dialect_ == Dialect::rule ? "\\)" : ")"; }

    Dialect dialect_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t groups_ = 0;
    std::size_t depth_ = 0;
    Before before_ = Before::nothing;
};

// The length of the escape at the beginning of `text`, or 0 where it has no meaning.
std::size_t replacement_escape(Dialect dialect, std::string_view text) {
    const char c = text[1];
    if (is_digit(c)) return dialect == Dialect::profile && c == '0' ? 0 : 2;
    if (!is_letter(c)) return 2;
    if (dialect == Dialect::rule || text.size() < 4) return 0;
    if (c == 'x') return is_hex(text[2]) && is_hex(text[3]) ? 4 : 0;
    const bool variable =
        c == 'u' && is_digit(text[2]) && is_digit(text[3]) && text.substr(2, 2) != "00";
    return variable ? 4 : 0;
}

GroupCount check_replacement(Dialect dialect, std::string_view text) {
    if (const auto good = check_text(dialect, text); !good) return tl::unexpected(good.error());
    std::size_t highest = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '\\') {
            ++at;
            continue;
        }
        if (at + 1 == text.size()) return wrong(at, "'\\' has nothing behind it");
        const std::size_t length = replacement_escape(dialect, text.substr(at));
        if (length == 0)
            return wrong(at, "'" + text::printable(text.substr(at, 2)) +
                                 (dialect == Dialect::rule
                                      ? "' has no meaning here: groups are \\0 to \\9"
                                      : "' has no meaning here: groups are \\1 to \\9, variables "
                                        "\\u01 to \\u99, bytes \\x0D"));
        if (is_digit(text[at + 1]))
            highest = std::max(highest, static_cast<std::size_t>(text[at + 1] - '0'));
        at += length;
    }
    return highest;
}

GroupCount check_match(Dialect dialect, std::string_view text) {
    if (const auto good = check_text(dialect, text); !good) return tl::unexpected(good.error());
    return Match(dialect, text).run();
}

}  // namespace

GroupCount check_rule_match(std::string_view text) {
    return check_match(Dialect::rule, text);
}

GroupCount check_rule_replacement(std::string_view text) {
    return check_replacement(Dialect::rule, text);
}

GroupCount check_profile_match(std::string_view text) {
    if (text.empty()) return wrong(0, "the expression is empty");
    return check_match(Dialect::profile, text);
}

GroupCount check_profile_replacement(std::string_view text) {
    return check_replacement(Dialect::profile, text);
}

}  // namespace weir::config
