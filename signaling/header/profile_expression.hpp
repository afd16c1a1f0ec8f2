// SPDX-License-Identifier: Apache-2.0
// The expressions and replacements of SIP profiles (spec D.1), ready to run in linear time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "signaling/header/header_limits.hpp"

namespace re2 {
class RE2;
}

namespace weir::signaling {

// u01..u99 of one call, by number (spec D.1); a variable that is not here has no value.
using ProfileVariables = std::map<std::uint8_t, std::string>;

// The expression in the words of RE2: the same leftmost, greedy language. Errors: invalid, with the
// sign that is wrong and why (look-around, braces, more than nine groups, ...).
[[nodiscard]] Result<std::string> profile_regex(std::string_view text);

// What a match found: [0] the whole of it, [1].. its groups; views into the line.
using ProfileMatch = std::array<std::string_view, kExpressionSlots>;

// A compiled expression; immutable. Thread: any.
class ProfileExpression {
public:
    [[nodiscard]] static Result<ProfileExpression> compile(std::string_view text);
    // The leftmost match in `line`, or nothing.
    [[nodiscard]] std::optional<ProfileMatch> find(std::string_view line) const;
    [[nodiscard]] std::size_t groups() const { return groups_; }

private:
    std::shared_ptr<const re2::RE2> regex_;
    std::size_t groups_ = 0;
};

// REPLACEMENT and the value of `add`: text, \1..\9, \u01..\u99, \xHH.
class ProfileText {
public:
    [[nodiscard]] static Result<ProfileText> compile(std::string_view text);
    // Nothing when it names a variable that has no value: a header without its content would say
    // something that nobody meant.
    [[nodiscard]] std::optional<std::string> expand(const ProfileMatch& match,
                                                    const ProfileVariables& variables) const;

private:
    struct Piece {
        enum class Kind : std::uint8_t { literal, group, variable };
        Kind kind = Kind::literal;
        std::uint8_t number = 0;
        std::string text;
    };
    std::vector<Piece> pieces_;
};

}  // namespace weir::signaling
