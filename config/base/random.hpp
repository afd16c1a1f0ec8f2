// SPDX-License-Identifier: Apache-2.0
// Random: the only source of random values, so that tests can seed it.
#pragma once

#include <cstdint>
#include <string>

#include "config/base/guid.hpp"

namespace weir {

// Thread: the one that owns the object.
class Random {
public:
    virtual ~Random() = default;
    [[nodiscard]] virtual std::uint64_t next() = 0;

    [[nodiscard]] std::uint64_t below(std::uint64_t bound);  // 0..bound-1; bound > 0
    [[nodiscard]] std::string hex(std::size_t digits);       // lower case
    [[nodiscard]] Guid guid();
};

// Seeded once from the kernel; unpredictable enough for tags, Call-IDs, ports and SSRCs: every
// value comes from getrandom(2) in blocks, so that one value does not tell the next.
class SystemRandom final : public Random {
public:
    [[nodiscard]] std::uint64_t next() override;

private:
    std::uint64_t block_[32] = {};
    unsigned left_ = 0;
};

// xorshift64*: repeatable. For tests and for `dial-peer hunt` with a seed.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed == 0 ? 0x9E3779B97F4A7C15ULL : seed) {}
    [[nodiscard]] std::uint64_t next() override;

private:
    std::uint64_t state_;
};

}  // namespace weir
