// SPDX-License-Identifier: Apache-2.0
// Numbers appended to a text. What stands in each message, record and log line is written this way:
// a format string is read again each time, which costs ten times what the digits do.
//
// Thread: any; pure.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace weir::text {

// Decimal, with a sign when below zero.
template <std::integral Number>
void append_number(std::string& out, Number number) {
    std::array<char, std::numeric_limits<Number>::digits10 + 2> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

// Decimal, with zeros in front up to `width`; a longer number is written whole.
inline void append_padded(std::string& out, std::uint64_t number, std::size_t width) {
    std::array<char, 20> digits;  // 2^64 - 1
    auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const auto count = static_cast<std::size_t>(end - digits.data());
    if (count < width) out.append(width - count, '0');
    out.append(digits.data(), end);
}

// Hexadecimal in upper case, without zeros in front.
inline void append_upper_hex(std::string& out, std::uint64_t number) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::array<char, 16> digits;
    std::size_t first = digits.size();
    do {
        digits[--first] = kDigits[number & 15U];
        number >>= 4U;
    } while (number != 0);
    out.append(digits.data() + first, digits.size() - first);
}

}  // namespace weir::text
