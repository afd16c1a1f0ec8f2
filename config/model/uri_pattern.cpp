// SPDX-License-Identifier: Apache-2.0
// Character sets, lengths and structure of URI expressions; the matching itself is dialplan's.
#include "config/model/uri_pattern.hpp"

#include <cstddef>
#include <string>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr std::size_t kUserIdBytes = 32;  // spec A.4

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool may_stand(UriPart part, char c) {
    if (is_alphanumeric(c)) return true;
    // Spec A.4 writes #--, the range from # to -.
    if (std::string_view("[]\\|/()*+^$&?#%',-.").find(c) != std::string_view::npos) return true;
    if (part == UriPart::user_id) return false;
    if (c == '@') return true;
    return part == UriPart::pattern && std::string_view(";:=%!~").find(c) != std::string_view::npos;
}

Result<void> wrong_expression(const std::string& why) {
    return fail(ErrorCode::invalid, why);
}

// Goes over a backslash and what it makes literal. Before a letter or a digit it would mean
// something else in every kind of expression, so there it is refused.
Result<std::size_t> behind_escape(std::string_view text, std::size_t at) {
    if (at + 1 == text.size()) return fail(ErrorCode::invalid, "'\\' has nothing behind it");
    if (is_alphanumeric(text[at + 1]))
        return fail(ErrorCode::invalid,
                    "'\\' may stand only before a sign, not before a letter or a digit");
    return at + 2;
}

// Goes over the bracket expression that begins at `at`: "[]a]" and "[^]a]" hold a ].
Result<std::size_t> behind_bracket(std::string_view text, std::size_t at) {
    ++at;
    if (at < text.size() && text[at] == '^') ++at;
    for (bool first = true; at < text.size(); first = false) {
        const char c = text[at];
        if (c == ']' && !first) return at + 1;
        if (c == '[' && at + 1 < text.size() &&
            std::string_view(":.=").find(text[at + 1]) != std::string_view::npos)
            return fail(ErrorCode::invalid, "named classes in brackets are not offered");
        if (c == '\\') {
            const auto behind = behind_escape(text, at);
            if (!behind) return behind;
            at = *behind;
            if (text.substr(at, 1) == "-" && text.substr(at, 2) != "-]")
                return fail(ErrorCode::invalid, "a range in brackets cannot begin with '\\'");
            continue;
        }
        const bool range = at + 2 < text.size() && text[at + 1] == '-' && text[at + 2] != ']';
        if (range && (text[at + 2] < c || text[at + 2] == '\\'))
            return fail(ErrorCode::invalid, "a range in brackets must ascend");
        at += range ? 3 : 1;
    }
    return fail(ErrorCode::invalid, "a '[' is not closed");
}

Result<void> check_structure(std::string_view text) {
    std::size_t groups = 0;
    bool repeatable = false;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '[' || c == '\\') {
            const auto behind = c == '[' ? behind_bracket(text, at) : behind_escape(text, at);
            if (!behind) return fail(behind.error());
            at = *behind;
            repeatable = true;
            continue;
        }
        ++at;
        switch (c) {
            case '(':
                if (++groups > kNumberPatternNesting)
                    return wrong_expression("groups are nested too deep");
                repeatable = false;
                break;
            case ')':
                if (groups-- == 0) return wrong_expression("a ')' has no '('");
                repeatable = true;
                break;
            case '*':
            case '+':
            case '?':
                if (!repeatable)
                    return wrong_expression(std::string("'") + c +
                                            "' has nothing before it to repeat");
                repeatable = false;
                break;
            case '|':
            case '$':
            case '^':
                repeatable = false;
                break;
            default:
                repeatable = true;
        }
    }
    return groups == 0 ? Result<void>{} : wrong_expression("a '(' is not closed");
}

}  // namespace

Result<void> check_uri_pattern(UriPart part, std::string_view text) {
    const std::size_t limit = part == UriPart::user_id ? kUserIdBytes : kUriRegexBytes;
    if (text.empty()) return wrong_expression("the expression is empty");
    if (text.size() > limit)
        return wrong_expression("the expression is longer than " + std::to_string(limit) +
                                " characters");
    for (const char c : text)
        if (!may_stand(part, c))
            return wrong_expression("'" + text::printable(std::string_view(&c, 1)) +
                                    "' cannot stand in this expression");
    return check_structure(text);
}

}  // namespace weir::config
