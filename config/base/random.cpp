// SPDX-License-Identifier: Apache-2.0
// Random values from the kernel or from a seed.
#include "config/base/random.hpp"

#include <sys/random.h>

namespace weir {

std::uint64_t Random::below(std::uint64_t bound) {
    // Values above the last whole multiple of bound would favour the small results.
    const std::uint64_t limit = ~std::uint64_t{0} - ~std::uint64_t{0} % bound;
    std::uint64_t value = next();
    while (value >= limit)
        value = next();
    return value % bound;
}

std::string Random::hex(std::size_t digits) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(digits);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (i % 16 == 0) bits = next();
        text.push_back(kDigits[bits & 15U]);
        bits >>= 4U;
    }
    return text;
}

Guid Random::guid() {
    Guid guid;
    for (auto& word : guid.words)
        word = static_cast<std::uint32_t>(next() >> 32U);
    return guid;
}

std::uint64_t SystemRandom::next() {
    if (left_ == 0) {
        std::size_t filled = 0;
        while (filled < sizeof block_) {
            const auto got =
                getrandom(reinterpret_cast<char*>(block_) + filled, sizeof block_ - filled, 0);
            if (got > 0) filled += static_cast<std::size_t>(got);
        }
        left_ = sizeof block_ / sizeof block_[0];
    }
    return block_[--left_];
}

std::uint64_t SeededRandom::next() {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return state_ * 0x2545F4914F6CDD1DULL;
}

}  // namespace weir
