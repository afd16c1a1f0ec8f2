// SPDX-License-Identifier: Apache-2.0
// The Internet checksum (RFC 1071) over bytes in memory.
//
// Thread: any; pure. Sums are kept in the machine's byte order, which the ones' complement allows.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "config/base/bytes.hpp"

namespace weir::dataplane {

static_assert(std::endian::native == std::endian::little, "the odd tail below assumes it");

// A block of a size known to the compiler, a multiple of four: headers and addresses.
template <std::size_t kBytes>
[[nodiscard]] inline std::uint64_t checksum_block(const std::uint8_t* at) noexcept {
    static_assert(kBytes % 4 == 0);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBytes; i += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, at + i, sizeof(word));
        sum += word;
    }
    return sum;
}

// Adds the bytes to a sum: 32-bit words in lanes of 64 bits, which cannot overflow for less than
// 2^32 words, so that there is no carry to chase.
[[nodiscard]] inline std::uint64_t checksum_add(std::uint64_t sum, ByteSpan bytes) noexcept {
    using Lanes [[gnu::vector_size(16)]] = std::uint64_t;  // the compiler's own vectors
    constexpr Lanes kLow = {0xFFFFFFFFU, 0xFFFFFFFFU};
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    // Variables, not arrays: GCC 12 keeps arrays of vectors on the stack.
    Lanes low = {sum, 0};
    Lanes high = {0, 0};
    Lanes low_too = {0, 0};
    Lanes high_too = {0, 0};
    for (; left >= 32; left -= 32, at += 32) {
        Lanes words;
        Lanes more;
        std::memcpy(&words, at, sizeof(words));
        std::memcpy(&more, at + sizeof(words), sizeof(more));
        low += words & kLow;
        high += words >> 32;
        low_too += more & kLow;
        high_too += more >> 32;
    }
    const Lanes all = low + high + low_too + high_too;
    sum = all[0] + all[1];
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof(word));
        sum += (word & 0xFFFFFFFFU) + (word >> 32U);
    }
    if ((left & 4U) != 0) {
        std::uint32_t word = 0;
        std::memcpy(&word, at, sizeof(word));
        sum += word;
        at += 4;
    }
    if ((left & 2U) != 0) {
        std::uint16_t word = 0;
        std::memcpy(&word, at, sizeof(word));
        sum += word;
        at += 2;
    }
    // RFC 1071 1: an odd last byte is padded with zero behind it.
    return (left & 1U) != 0 ? sum + *at : sum;
}

// Folds to 32 bits; zero only for bytes that are all zero.
[[nodiscard]] inline std::uint32_t checksum_fold32(std::uint64_t sum) noexcept {
    sum = (sum & 0xFFFFFFFFU) + (sum >> 32U);
    return static_cast<std::uint32_t>((sum & 0xFFFFFFFFU) + (sum >> 32U));
}

// Folds to 16 bits; the value in memory order, not complemented.
[[nodiscard]] inline std::uint16_t checksum_fold(std::uint64_t sum) noexcept {
    sum = (sum & 0xFFFFFFFFU) + (sum >> 32U);
    sum = (sum & 0xFFFFU) + (sum >> 16U & 0xFFFFU) + (sum >> 32U);
    sum = (sum & 0xFFFFU) + (sum >> 16U);
    sum = (sum & 0xFFFFU) + (sum >> 16U);
    return static_cast<std::uint16_t>(sum);
}

}  // namespace weir::dataplane
