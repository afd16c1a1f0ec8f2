// SPDX-License-Identifier: Apache-2.0
// Bounds of the dial plan beside those of config/base/limits.hpp, each with unit and reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::dialplan {

// Ways through the optional digits of one pattern that the index spells out; a pattern with more
// of them is found by its fixed beginning and then held against the number as a whole.
inline constexpr unsigned kIndexedWays = 16;

inline constexpr std::size_t kMapFileEntries = 5000;       // patterns of one file (spec A.5)
inline constexpr std::size_t kNumberFileEntries = 100;     // lines of one file (spec A.5)
inline constexpr std::size_t kMapFileBytes = 1U << 20U;    // 5000 lines of 200 bytes
inline constexpr std::size_t kMapFileErrors = 10;          // reported per file, then counted
inline constexpr std::size_t kTranslationTextBytes = 128;  // MATCH or REPLACE of one rule
inline constexpr std::size_t kTranslatedMaxBytes =
    512;  // a rule that would make more is passed over
inline constexpr std::int64_t kTranslationRegexMemory = 256 << 10;  // bytes of automaton per rule
inline constexpr std::int64_t kSetMemory =
    8 << 20;  // bytes of automaton per set: 200 expressions with room
inline constexpr std::size_t kNaptrRegexpBytes = 255;   // a character-string of DNS holds no more
inline constexpr std::size_t kEnumUriBytes = 512;       // a Request-URI with parameters has room
inline constexpr std::size_t kEnumUrisMax = 8;          // of one number: each is an attempt
inline constexpr std::size_t kEnumNameDigitBytes = 64;  // 32 digits with their dots
inline constexpr std::int64_t kEnumExpressionMemory = 64 << 10;  // bytes of automaton per record
inline constexpr std::size_t kNoticesMax = 200;  // of one compilation; the rest are counted

}  // namespace weir::dialplan
