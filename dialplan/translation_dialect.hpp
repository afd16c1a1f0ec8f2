// SPDX-License-Identifier: Apache-2.0
// The expressions of translation rules (spec C.2) rewritten as RE2 reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::dialplan {

// MATCH as a regular expression of RE2: the same leftmost, greedy language.
struct DialectMatch {
    std::string regex;
    unsigned groups = 0;  // \( \) pairs, 0..9
};

// The text between the first two slashes. Errors: invalid, with the place and the reason:
// an unclosed set or group, more than nine groups, a reference back into the match.
[[nodiscard]] Result<DialectMatch> read_match(std::string_view text);

// REPLACE as pieces: literal text, or the text of a group (0 = the whole match).
struct ReplacePiece {
    static constexpr int kLiteral = -1;
    int group = kLiteral;
    std::string text;  // of a literal
    bool operator==(const ReplacePiece&) const = default;
};

// The text between the second pair of slashes. Errors: invalid when it ends in a lone backslash or
// is too long.
[[nodiscard]] Result<std::vector<ReplacePiece>> read_replacement(std::string_view text);

}  // namespace weir::dialplan
