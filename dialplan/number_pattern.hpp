// SPDX-License-Identifier: Apache-2.0
// The number patterns of dial-peers (spec A.3): compiled once, matched in bounded time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/limits.hpp"
#include "config/base/result.hpp"

namespace weir::dialplan {

// How a number matched a pattern.
struct NumberMatch {
    unsigned length = 0;  // digits matched by explicit positions: "Digits:" of show dialplan number
    unsigned consumed =
        0;  // digits matched by any position: "Matched:" is that prefix of the number
    bool operator==(const NumberMatch&) const = default;
};

// A set of the symbols that a digit position accepts; bit i stands for kDialSymbols[i].
using SymbolSet = std::uint32_t;

// A compiled pattern: one state per digit position (Glushkov's construction), so that matching is
// a walk over bit sets; no backtracking, no allocation. Immutable. Thread: any.
class NumberPattern {
public:
    // ErrorCode::invalid for what config::check_number_pattern refuses, or what is too large.
    [[nodiscard]] static Result<NumberPattern> compile(std::string_view text);

    // Anchored at the start; a prefix match unless the pattern ends in `$` or `T`. A number that
    // holds a letter other than A-F, or is longer than kNumberMaxBytes, never matches; an empty
    // one matches the pattern `T` alone (spec A.3, A.7).
    [[nodiscard]] std::optional<NumberMatch> match(std::string_view number) const;

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    friend class PatternReader;
    friend class PatternSpeller;  // number_index_builder.cpp

    struct Position {
        SymbolSet symbols = 0;     // what it accepts
        std::uint64_t follow = 0;  // positions that may come next
        std::uint8_t weight = 0;   // 1 = explicit: counts in the match length
    };

    // The best explicit length of each live position after a digit; -1 = not live.
    using Lengths = std::array<std::int8_t, kNumberPatternPositions>;
    [[nodiscard]] std::uint64_t step(std::uint64_t live, const Lengths& before, SymbolSet digit,
                                     Lengths& after) const;
    [[nodiscard]] bool accepts_rest(std::string_view number, std::size_t consumed) const;
    void enter(unsigned position, int length, Lengths& lengths, std::uint64_t& live) const;

    std::array<Position, kNumberPatternPositions> positions_{};
    std::uint64_t first_ = 0;  // positions that may come first
    std::uint64_t last_ = 0;   // positions that may come last
    std::uint8_t count_ = 0;
    bool nullable_ = true;       // the part before T or $ may be empty
    bool anchored_end_ = false;  // `$`
    bool variable_ = false;      // `T`
    std::string text_;
};

}  // namespace weir::dialplan
