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

static_assert(std::endian::native == std::endian::little, "the tail below assumes it");

// Adds the bytes as 32-bit words to two sums that cannot overflow for less than 2^32 words: no
// carry chain, which is what makes it quick.
[[nodiscard]] inline std::uint64_t checksum_add(std::uint64_t sum, ByteSpan bytes) noexcept {
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t low = sum & 0xFFFFFFFFU;
    std::uint64_t high = sum >> 32U;
    for (; left >= 16; left -= 16, at += 16) {
        std::uint64_t words[2];
        std::memcpy(words, at, 16);
        low += (words[0] & 0xFFFFFFFFU) + (words[1] & 0xFFFFFFFFU);
        high += (words[0] >> 32U) + (words[1] >> 32U);
    }
    for (; left >= 4; left -= 4, at += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, at, 4);
        low += word;
    }
    std::uint32_t tail = 0;
    std::memcpy(&tail, at, left);  // an odd last byte is padded with zero behind it (RFC 1071 1)
    return low + high + tail;
}

// Folds to 16 bits; the value in memory order, not complemented.
[[nodiscard]] inline std::uint16_t checksum_fold(std::uint64_t sum) noexcept {
    sum = (sum & 0xFFFFFFFFU) + (sum >> 32U);
    sum = (sum & 0xFFFFFFFFU) + (sum >> 32U);
    sum = (sum & 0xFFFFU) + (sum >> 16U);
    sum = (sum & 0xFFFFU) + (sum >> 16U);
    return static_cast<std::uint16_t>(sum);
}

}  // namespace weir::dataplane
