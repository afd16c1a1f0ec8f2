// SPDX-License-Identifier: Apache-2.0
// The marks and the backslashes inside of them.
#include "config/language/text_argument.hpp"

#include "config/base/text.hpp"

namespace weir::config::language {
namespace {

// The place of the first `mark` at or behind `from` that has no backslash before it.
std::size_t find_mark(std::string_view text, std::size_t from, char mark) {
    for (std::size_t at = from; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == mark)
            return at;
    }
    return std::string_view::npos;
}

std::string shown_word(std::string_view word) {
    return text::printable(word, 60);
}

}  // namespace

Result<void> check_slashed(std::string_view word) {
    if (!word.starts_with('/'))
        return fail(ErrorCode::invalid,
                    "expected a text between slashes, as in /^9/, here is " + shown_word(word));
    const std::size_t end = find_mark(word, 1, '/');
    if (end == std::string_view::npos)
        return fail(
            ErrorCode::invalid,
            shown_word(word) + " has no slash at its end; a text between slashes has no blanks");
    if (end + 1 != word.size())
        return fail(ErrorCode::invalid, shown_word(word) +
                                            " goes on behind its second slash: a slash "
                                            "inside is written as \\/");
    return {};
}

Result<void> check_slashed(const Words& words, const char* argument, const GroupCount& checked) {
    if (checked) return {};
    words.blame(argument, checked.error().at + 1);
    return fail(ErrorCode::invalid, checked.error().text);
}

std::string between_slashes(std::string_view word) {
    return word.size() < 2 ? "" : std::string(word.substr(1, word.size() - 2));
}

std::size_t quoted_length(std::string_view text) {
    if (!text.starts_with('"')) return 0;
    const std::size_t end = find_mark(text, 1, '"');
    return end == std::string_view::npos ? 0 : end + 1;
}

Result<void> check_quoted(std::string_view word) {
    const std::size_t length = quoted_length(word);
    if (word.starts_with('"')) {
        if (length == 0) return fail(ErrorCode::invalid, "the text in quotes does not end");
        if (length != word.size())
            return fail(ErrorCode::invalid, shown_word(word) +
                                                " goes on behind its second quote: a "
                                                "quote inside is written as \\\"");
        return {};
    }
    std::size_t backslashes = 0;
    while (backslashes < word.size() && word[word.size() - 1 - backslashes] == '\\')
        ++backslashes;
    if (backslashes % 2 == 1)
        return fail(ErrorCode::invalid,
                    "'\\' at the end of " + shown_word(word) + " has nothing behind it");
    return {};
}

std::string unquoted(std::string_view word) {
    const bool marks = word.size() >= 2 && quoted_length(word) == word.size();
    if (marks) word = word.substr(1, word.size() - 2);
    std::string text;
    for (std::size_t at = 0; at < word.size(); ++at) {
        if (word[at] == '\\' && at + 1 < word.size() && word[at + 1] != '"')
            text += word[at++];
        else if (word[at] == '\\' && at + 1 < word.size())
            ++at;
        text += word[at];
    }
    return text;
}

std::string in_quotes(std::string_view text) {
    std::string word = "\"";
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"') word += '\\';
        // A backslash and what it stands before stay together.
        if (text[at] == '\\' && at + 1 < text.size()) word += text[at++];
        word += text[at];
    }
    return word + "\"";
}

std::size_t quoted_offset(std::string_view word, std::size_t offset) {
    std::size_t at = word.starts_with('"') ? 1 : 0;
    for (std::size_t i = 0; i < offset && at < word.size(); ++i, ++at)
        if (word[at] == '\\' && at + 1 < word.size() && word[at + 1] == '"') ++at;
    return at;
}

}  // namespace weir::config::language
