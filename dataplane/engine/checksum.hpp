// SPDX-License-Identifier: Apache-2.0
// The Internet checksum (RFC 1071) over bytes in memory.
//
// Thread: any; pure. Sums are kept in the machine's byte order, which the ones' complement allows.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

// Adds the bytes to a sum, in words of 32 bits: no carry can be lost for less than 2^32 words.
[[nodiscard]] inline std::uint64_t checksum_add_words(std::uint64_t sum, ByteSpan bytes) noexcept {
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 4; left -= 4, at += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, at, sizeof(word));
        sum += word;
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

#if defined(__SSE2__)
// Sixteen bytes at a time. The multiplier adds pairs of 16-bit words, but takes them for signed:
// their highest bit is turned over before, which takes 32,768 from each word, and the sum of that
// is added at the end. `bytes` are at least 16, even, and at most 64 KB (lanes of 32 bits hold
// them).
[[nodiscard]] inline std::uint64_t checksum_add_lanes(std::uint64_t sum, ByteSpan bytes) noexcept {
    constexpr std::uint64_t kTakenPerBlock = 8 * 32'768;
    const __m128i turn = _mm_set1_epi16(static_cast<short>(0x8000));
    const __m128i one = _mm_set1_epi16(1);
    const auto load = [](const std::uint8_t* at) {
        __m128i words;
        std::memcpy(&words, at, sizeof(words));
        return words;
    };
    const auto pairs = [&](__m128i words) {
        return _mm_madd_epi16(_mm_xor_si128(words, turn), one);
    };
    const auto two_blocks = [&](const std::uint8_t* at) {
        return _mm_add_epi32(pairs(load(at)), pairs(load(at + 16)));
    };
    const std::size_t blocks = bytes.size() / 16;
    const std::uint8_t* at = bytes.data();
    __m128i lanes = _mm_setzero_si128();
    __m128i lanes_too = _mm_setzero_si128();
    for (std::size_t i = blocks / 4; i != 0; --i, at += 64) {
        lanes = _mm_add_epi32(lanes, two_blocks(at));
        lanes_too = _mm_add_epi32(lanes_too, two_blocks(at + 32));
    }
    if ((blocks & 2U) != 0) {
        lanes = _mm_add_epi32(lanes, two_blocks(at));
        at += 32;
    }
    if ((blocks & 1U) != 0) lanes_too = _mm_add_epi32(lanes_too, pairs(load(at)));
    // The rest: the last sixteen bytes, without those that are counted already.
    alignas(16) static constexpr std::array<std::uint8_t, 32> kMasks = {
        0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const std::size_t rest = bytes.size() % 16;
    const __m128i last =
        _mm_and_si128(load(bytes.data() + bytes.size() - 16), load(kMasks.data() + rest));
    lanes = _mm_add_epi32(_mm_add_epi32(lanes, lanes_too), pairs(last));
    lanes = _mm_add_epi32(lanes, _mm_shuffle_epi32(lanes, _MM_SHUFFLE(1, 0, 3, 2)));
    lanes = _mm_add_epi32(lanes, _mm_shuffle_epi32(lanes, _MM_SHUFFLE(2, 3, 0, 1)));
    return sum + (blocks + 1) * kTakenPerBlock +
           static_cast<std::uint64_t>(std::int64_t{_mm_cvtsi128_si32(lanes)});
}
#endif

// Adds the bytes to a sum; at most 64 KB.
[[nodiscard]] inline std::uint64_t checksum_add(std::uint64_t sum, ByteSpan bytes) noexcept {
#if defined(__SSE2__)
    const std::size_t even = bytes.size() & ~std::size_t{1};
    if (even >= 16) [[likely]] {
        sum = checksum_add_lanes(sum, bytes.first(even));
        return even == bytes.size() ? sum : sum + bytes.back();
    }
#endif
    return checksum_add_words(sum, bytes);
}

// Folds to 32 bits; zero only for bytes that are all zero. The halves are added crosswise: the
// carry of the lower addition goes into the upper one, which is the ones' complement's end-around
// carry.
[[nodiscard]] inline std::uint32_t checksum_fold32(std::uint64_t sum) noexcept {
    return static_cast<std::uint32_t>((sum + std::rotl(sum, 32)) >> 32U);
}

// Whether bytes that hold their own checksum add up: to all ones (RFC 1071 1), a multiple of
// 65,535. They are not all zero. A multiple times the divisor's inverse is the small quotient; any
// other number becomes a larger one. Two instructions, where folding takes eight.
[[nodiscard]] inline bool is_sum_good(std::uint64_t sum) noexcept {
    constexpr std::uint64_t kInverse = 0xFFFE'FFFE'FFFE'FFFF;  // modulo 2^64
    static_assert(kInverse * 0xFFFF == 1);
    return sum * kInverse <= ~std::uint64_t{0} / 0xFFFF;
}

// Folds to 16 bits; the value in memory order, not complemented.
[[nodiscard]] inline std::uint16_t checksum_fold(std::uint64_t sum) noexcept {
    const std::uint32_t half = checksum_fold32(sum);
    return static_cast<std::uint16_t>((half + std::rotl(half, 16)) >> 16U);
}

}  // namespace weir::dataplane
