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

bool may_stand(UriPart part, char c) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
    // Spec A.4 writes #--, the range from # to -.
    if (std::string_view("[]\\|/()*+^$&?#%',-.").find(c) != std::string_view::npos) return true;
    if (part == UriPart::user_id) return false;
    if (c == '@') return true;
    return part == UriPart::pattern && std::string_view(";:=%!~").find(c) != std::string_view::npos;
}

Result<void> wrong(const std::string& why) {
    return fail(ErrorCode::invalid, why);
}

// The place behind the bracket expression that begins at `at`, or npos: "[]a]" and "[^]a]" hold a
// ].
std::size_t behind_bracket(std::string_view text, std::size_t at) {
    ++at;
    if (at < text.size() && text[at] == '^') ++at;
    const auto close = text.find(']', at < text.size() && text[at] == ']' ? at + 1 : at);
    return close == std::string_view::npos ? close : close + 1;
}

Result<void> check_structure(std::string_view text) {
    std::size_t groups = 0;
    bool repeatable = false;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '[') {
            at = behind_bracket(text, at);
            if (at == std::string_view::npos) return wrong("a '[' is not closed");
            repeatable = true;
            continue;
        }
        ++at;
        switch (c) {
            case '\\':
                if (at == text.size()) return wrong("'\\' has nothing behind it");
                ++at;
                repeatable = true;
                break;
            case '(':
                if (++groups > kNumberPatternNesting) return wrong("groups are nested too deep");
                repeatable = false;
                break;
            case ')':
                if (groups-- == 0) return wrong("a ')' has no '('");
                repeatable = true;
                break;
            case '*':
            case '+':
            case '?':
                if (!repeatable)
                    return wrong(std::string("'") + c + "' has nothing before it to repeat");
                repeatable = false;
                break;
            case '|':
            case '^':
                repeatable = false;
                break;
            default:
                repeatable = true;
        }
    }
    return groups == 0 ? Result<void>{} : wrong("a '(' is not closed");
}

}  // namespace

Result<void> check_uri_pattern(UriPart part, std::string_view text) {
    const std::size_t limit = part == UriPart::user_id ? kUserIdBytes : kUriRegexBytes;
    if (text.empty()) return wrong("the expression is empty");
    if (text.size() > limit)
        return wrong("the expression is longer than " + std::to_string(limit) + " characters");
    for (const char c : text)
        if (!may_stand(part, c))
            return wrong("'" + text::printable(std::string_view(&c, 1)) +
                         "' cannot stand in this expression");
    return check_structure(text);
}

}  // namespace weir::config
