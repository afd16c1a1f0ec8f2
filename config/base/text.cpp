// SPDX-License-Identifier: Apache-2.0
// Small text helpers; see text.hpp.
#include "config/base/text.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace weir::text {
namespace {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
constexpr bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
}
// Whether there is one among the next eight bytes, or a tab. A borrow may mark a byte too many,
// never one too few.
bool may_hold_control(const char* eight) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, eight, sizeof bytes);
    const std::uint64_t no_delete = bytes ^ (0x7F * kOnes);
    const std::uint64_t below_blank = (bytes - 0x20 * kOnes) & ~bytes;
    return ((below_blank | ((no_delete - kOnes) & ~no_delete)) & (0x80 * kOnes)) != 0;
}
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
        }
    }
    return row[b.size()];
}

}  // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

bool detail::differs_in_case_only(std::string_view a, std::string_view b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

bool istarts_with(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto at = text.find(separator);
        pieces.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return pieces;
        text.remove_prefix(at + 1);
    }
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> result;
    std::size_t at = 0;
    while (at < text.size()) {
        while (at < text.size() && is_blank(text[at]))
            ++at;
        const std::size_t begin = at;
        while (at < text.size() && !is_blank(text[at]))
            ++at;
        if (at > begin) result.push_back(text.substr(begin, at - begin));
    }
    return result;
}

std::string_view take_word(std::string_view& rest) {
    std::size_t begin = 0;
    while (begin < rest.size() && is_blank(rest[begin]))
        ++begin;
    std::size_t end = begin;
    while (end < rest.size() && !is_blank(rest[end]))
        ++end;
    const std::string_view word = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return word;
}

// Eight bytes at a time: this is asked of every header of every message.
bool has_control(std::string_view text) {
    constexpr std::size_t kStep = sizeof(std::uint64_t);
    if (text.size() < kStep) return std::any_of(text.begin(), text.end(), is_control);
    std::size_t i = 0;
    for (; i + kStep <= text.size(); i += kStep)
        if (may_hold_control(text.data() + i)) break;
    // The last bytes again with those before them; or what made the loop stop, byte by byte.
    if (i + kStep > text.size() && !may_hold_control(text.data() + text.size() - kStep))
        return false;
    const auto rest = text.substr(std::min(i, text.size() - kStep));
    return std::any_of(rest.begin(), rest.end(), is_control);
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string result;
    for (const char c : text.substr(0, limit)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7F)
            result += fmt::format("\\x{:02x}", byte);
        else
            result.push_back(c);
    }
    if (text.size() > limit) result += "...";
    return result;
}

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
    constexpr std::size_t kLongestWord = 64;  // the distance is quadratic: garbage is not worth it
    if (word.size() > kLongestWord) return std::nullopt;
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const std::size_t distance = edit_distance(lower(word), lower(candidate));
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace weir::text
