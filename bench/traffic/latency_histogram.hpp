// SPDX-License-Identifier: Apache-2.0
// LatencyHistogram: counts of times in a log-linear grid, each known to one part in 32.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir::bench {

// The unit is the caller's (cycles here). Thread: one.
class LatencyHistogram {
public:
    void add(std::uint64_t value) {
        ++counts_[index_of(value)];
        ++total_;
        if (value > largest_) largest_ = value;
    }
    [[nodiscard]] std::uint64_t total() const { return total_; }
    [[nodiscard]] std::uint64_t largest() const { return largest_; }

    // The upper border of the cell that holds the share `quantile` (0..1) of all; 0 when empty.
    [[nodiscard]] std::uint64_t at(double quantile) const {
        const auto wanted = static_cast<std::uint64_t>(quantile * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) return upper_border(i) < largest_ ? upper_border(i) : largest_;
        }
        return largest_;
    }

private:
    static constexpr unsigned kSubBits = 5;
    static constexpr std::size_t kSub = std::size_t{1} << kSubBits;

    [[nodiscard]] static std::size_t index_of(std::uint64_t value) {
        if (value < kSub) return static_cast<std::size_t>(value);
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
        return (std::size_t{shift} + 1) * kSub + static_cast<std::size_t>(value >> shift) - kSub;
    }
    [[nodiscard]] static std::uint64_t upper_border(std::size_t index) {
        if (index < kSub) return index;
        const std::size_t shift = index / kSub - 1;
        return ((kSub + index % kSub + 1) << shift) - 1;
    }

    std::array<std::uint64_t, kSub*(64 - kSubBits + 1)> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t largest_ = 0;
};

}  // namespace weir::bench
