// SPDX-License-Identifier: Apache-2.0
// Small text helpers shared by every reader of text: ASCII only, locale free, total.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::text {

[[nodiscard]] std::string_view trim(std::string_view text);  // blanks, tabs, CR, LF at both ends
[[nodiscard]] bool iequals(std::string_view a, std::string_view b);
[[nodiscard]] bool istarts_with(std::string_view text, std::string_view prefix);
[[nodiscard]] std::string lower(std::string_view text);
// Pieces between separators, empty ones kept: split("a,,b", ',') = {"a", "", "b"}.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Runs of non-blank characters: words("  a  b ") = {"a", "b"}.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);
// The whole text as a decimal number without sign, else nothing.
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view text);
// A text made safe for a log line or an error: control characters as \xNN, cut at `limit` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 120);
// The candidate nearest to `word` by edit distance (at most a third of its length), for "did you
// mean".
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace weir::text
