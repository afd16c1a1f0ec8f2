// SPDX-License-Identifier: Apache-2.0
// Arguments with marks around them: /text/ of translation rules, "text" of SIP profiles.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "config/language/words.hpp"
#include "config/model/expression.hpp"

namespace weir::config::language {

// "/text/": begins and ends with a slash; one inside stands behind a backslash. Errors: invalid.
[[nodiscard]] Result<void> check_slashed(std::string_view word);
// The error of the expression in it, placed at the sign that is wrong.
[[nodiscard]] Result<void> check_slashed(const Words& words, const char* argument,
                                         const GroupCount& checked);
[[nodiscard]] std::string between_slashes(std::string_view word);  // of a checked word

// How long the quoted text at the beginning is, with both quotes; 0 if there is none or it does
// not end. A backslash takes its meaning from a quote behind it.
[[nodiscard]] std::size_t quoted_length(std::string_view text);
// "text", or a word without blanks that does not begin with a quote. Errors: invalid.
[[nodiscard]] Result<void> check_quoted(std::string_view word);
// What the quotes hold, with \" as a quote; all other backslashes stay. The reverse for printing.
[[nodiscard]] std::string unquoted(std::string_view word);
[[nodiscard]] std::string in_quotes(std::string_view text);
// Where in the word the character at `offset` of unquoted(word) stands; for messages.
[[nodiscard]] std::size_t quoted_offset(std::string_view word, std::size_t offset);

}  // namespace weir::config::language
