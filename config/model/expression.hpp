// SPDX-License-Identifier: Apache-2.0
// The text form of expressions in translation rules (spec C.2) and in SIP profiles (spec D.1).
//
// Only the syntax is checked here, as far as a person can get it wrong; compiling and matching are
// the work of the dial plan and of signalling.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/base/result.hpp"

namespace weir::config {

struct ExpressionError {
    std::size_t at = 0;  // offset of the sign that is wrong
    std::string text;    // one sentence
};
// How many groups an expression has; the highest group that a replacement uses.
using GroupCount = tl::expected<std::size_t, ExpressionError>;

// MATCH of a translation rule, between its slashes: groups are \( \), a repeat sign where nothing
// is to repeat is the sign itself, parentheses, braces and | stand for themselves.
// Thread: any, like all of these.
[[nodiscard]] GroupCount check_rule_match(std::string_view text);
// REPLACE of a translation rule: \0 to \9, & and text.
[[nodiscard]] GroupCount check_rule_replacement(std::string_view text);

// REGEX of a SIP profile: ( ) and | are operators; look-around, (?: and braces are not offered.
[[nodiscard]] GroupCount check_profile_match(std::string_view text);
// REPLACEMENT or added line of a SIP profile: \1 to \9, \u01 to \u99, \xHH and text.
[[nodiscard]] GroupCount check_profile_replacement(std::string_view text);

}  // namespace weir::config
