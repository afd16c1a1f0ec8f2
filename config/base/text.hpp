// SPDX-License-Identifier: Apache-2.0
// Small text helpers shared by every reader of text: ASCII only, locale free, total.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::text {

[[nodiscard]] std::string_view trim(std::string_view text);  // blanks, tabs, CR, LF at both ends
namespace detail {
[[nodiscard]] bool differs_in_case_only(std::string_view a, std::string_view b);  // equally long
}
// Inline, because names of headers are compared hundreds of times for each call, and most differ in
// length or are written alike.
[[nodiscard]] inline bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    // An empty view may point nowhere, which memcmp must not be given.
    return a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0 ||
           detail::differs_in_case_only(a, b);
}
[[nodiscard]] bool istarts_with(std::string_view text, std::string_view prefix);
[[nodiscard]] std::string lower(std::string_view text);
// Pieces between separators, empty ones kept: split("a,,b", ',') = {"a", "", "b"}.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Runs of non-blank characters: words("  a  b ") = {"a", "b"}.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);
// The first run of non-blank characters, which leaves `rest` with the blanks before it; "" if there
// is none.
[[nodiscard]] std::string_view take_word(std::string_view& rest);
// Whether there is a byte below 0x20 (tabs do not count) or 0x7F.
[[nodiscard]] bool has_control(std::string_view text);
// The whole text as a decimal number without sign, else nothing.
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view text);
// A text made safe for a log line or an error: control characters as \xNN, cut at `limit` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 120);
// The candidate nearest to `word` by edit distance (at most a third of its length), for "did you
// mean".
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace weir::text
