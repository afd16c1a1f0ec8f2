// SPDX-License-Identifier: Apache-2.0
// A single pass over MATCH, element by element; another over REPLACE.
#include "dialplan/translation_dialect.hpp"

#include "config/base/text.hpp"
#include "dialplan/dialplan_limits.hpp"

namespace weir::dialplan {
namespace {

constexpr unsigned kMaxGroups = 9;  // \1 to \9

bool is_operator(char c) {
    return c == '*' || c == '+' || c == '?';
}

// One character as RE2 reads it literally.
std::string literal(char c) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    if (plain) return std::string(1, c);
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F) {
        constexpr std::string_view kHex = "0123456789abcdef";
        return {'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    return {'\\', c};
}

class MatchReader {
public:
    explicit MatchReader(std::string_view text) : text_(text) {}

    Result<DialectMatch> read() {
        if (text_.size() > kTranslationTextBytes)
            return wrong("it is longer than " + std::to_string(kTranslationTextBytes) +
                         " characters");
        while (at_ < text_.size()) {
            if (auto done = element(); !done) return fail(std::move(done).error());
        }
        if (!open_.empty()) return wrong("a \\( is not closed");
        return DialectMatch{std::move(regex_), groups_};
    }

private:
    Result<void> element() {
        const char c = text_[at_++];
        if (c == '\\') return escape();
        if (c == '[') return set();
        if (c == '^' && at_start_) {
            regex_ += "\\A";
            return {};
        }
        if (c == '$' && ends_here()) {
            regex_ += "\\z";
            return no_operand();
        }
        // An operator with nothing before it stands for itself, as in other basic expressions.
        if (is_operator(c) && !repeatable_) return operand(literal(c));
        if (is_operator(c)) return repeat(c);
        return operand(c == '.' ? std::string("(?s:.)") : literal(c));
    }

    // `$` anchors at the end of the expression and at the end of a group (spec C.2).
    [[nodiscard]] bool ends_here() const {
        return at_ == text_.size() || text_.substr(at_).starts_with("\\)");
    }

    Result<void> escape() {
        if (at_ == text_.size()) return wrong("'\\' has nothing behind it");
        const char c = text_[at_++];
        if (c == '(') {
            if (++groups_ > kMaxGroups) return wrong("it has more than nine groups");
            open_.push_back(regex_.size());
            regex_ += '(';
            at_start_ = true;  // ^ anchors here, too
            repeatable_ = false;
            return {};
        }
        if (c == ')') {
            if (open_.empty()) return wrong("a \\) has no \\(");
            regex_ += ')';
            last_ = open_.back();
            open_.pop_back();
            return done(true);
        }
        if (c >= '1' && c <= '9')
            return wrong(std::string("'\\") + c +
                         "' refers back to a group: that is for the replacement only");
        return operand(literal(c));
    }

    Result<void> set() {
        std::string made = "[";
        if (at_ < text_.size() && text_[at_] == '^') {
            made += '^';
            ++at_;
        }
        const std::size_t first = at_;
        // POSIX: a ] right behind [ or [^ belongs to the set.
        while (at_ < text_.size() && (text_[at_] != ']' || at_ == first)) {
            const char from = set_character();
            made += literal(from);
            const bool range = at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']';
            if (!range) continue;
            ++at_;
            const char to = set_character();
            if (to < from) return wrong("a range in brackets must ascend");
            made += '-' + literal(to);
        }
        if (at_ >= text_.size()) return wrong("a '[' is not closed");
        ++at_;
        return operand(made + ']');
    }

    char set_character() {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        return text_[at_++];
    }

    // Behind another operator the element is wrapped: RE2 reads x+? as a reluctant x+.
    Result<void> repeat(char sign) {
        if (repeated_) {
            regex_.insert(last_, "(?:");
            regex_ += ')';
        }
        regex_ += sign;
        repeated_ = true;
        return {};
    }

    Result<void> operand(const std::string& text) {
        last_ = regex_.size();
        regex_ += text;
        return done(true);
    }
    Result<void> no_operand() { return done(false); }
    Result<void> done(bool repeatable) {
        at_start_ = false;
        repeatable_ = repeatable;
        repeated_ = false;
        return {};
    }

    [[nodiscard]] tl::unexpected<Error> wrong(const std::string& why) const {
        return fail(ErrorCode::invalid,
                    "the expression /" + text::printable(text_) + "/ is wrong: " + why);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string regex_;
    std::size_t last_ = 0;           // where the last element begins in regex_
    std::vector<std::size_t> open_;  // where the open groups begin
    unsigned groups_ = 0;
    bool at_start_ = true;
    bool repeatable_ = false;
    bool repeated_ = false;
};

void add_literal(std::vector<ReplacePiece>& pieces, char c) {
    if (pieces.empty() || pieces.back().group != ReplacePiece::kLiteral) pieces.emplace_back();
    pieces.back().text += c;
}

}  // namespace

Result<DialectMatch> read_match(std::string_view text) {
    return MatchReader(text).read();
}

Result<std::vector<ReplacePiece>> read_replacement(std::string_view text) {
    const auto wrong = [&](const std::string& why) {
        return fail(ErrorCode::invalid,
                    "the replacement /" + text::printable(text) + "/ is wrong: " + why);
    };
    if (text.size() > kTranslationTextBytes)
        return wrong("it is longer than " + std::to_string(kTranslationTextBytes) + " characters");
    std::vector<ReplacePiece> pieces;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '&') {
            pieces.push_back({0, ""});
        } else if (text[i] != '\\') {
            add_literal(pieces, text[i]);
        } else if (++i == text.size()) {
            return wrong("'\\' has nothing behind it");
        } else if (text[i] >= '0' && text[i] <= '9') {
            pieces.push_back({text[i] - '0', ""});
        } else {
            add_literal(pieces, text[i]);
        }
    }
    return pieces;
}

}  // namespace weir::dialplan
