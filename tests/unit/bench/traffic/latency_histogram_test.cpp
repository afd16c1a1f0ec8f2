// SPDX-License-Identifier: Apache-2.0
// Quantiles of the generator's histogram.
#include "bench/traffic/latency_histogram.hpp"

#include <gtest/gtest.h>

namespace weir::bench {
namespace {

TEST(LatencyHistogram, IsEmptyAtFirst) {
    const LatencyHistogram histogram;
    EXPECT_EQ(histogram.at(0.5), 0U);
    EXPECT_EQ(histogram.total(), 0U);
}

TEST(LatencyHistogram, SmallValuesAreExact) {
    LatencyHistogram histogram;
    for (std::uint64_t value = 0; value < 32; ++value)
        histogram.add(value);
    EXPECT_EQ(histogram.at(0.5), 16U);
    EXPECT_EQ(histogram.at(0.999), 31U);
}

TEST(LatencyHistogram, QuantilesAreKnownToOnePartIn32) {
    LatencyHistogram histogram;
    for (std::uint64_t value = 1; value <= 100'000; ++value)
        histogram.add(value * 7);
    for (const double quantile : {0.1, 0.5, 0.9, 0.99, 0.999}) {
        const double exact = quantile * 700'000;
        EXPECT_NEAR(static_cast<double>(histogram.at(quantile)), exact, exact / 32 + 7) << quantile;
    }
}

TEST(LatencyHistogram, NoQuantileIsAboveTheLargest) {
    LatencyHistogram histogram;
    histogram.add(1'000'003);
    EXPECT_EQ(histogram.at(0.999), 1'000'003U);
    EXPECT_EQ(histogram.largest(), 1'000'003U);
}

TEST(LatencyHistogram, TheLargestPossibleValueHasACell) {
    LatencyHistogram histogram;
    histogram.add(~std::uint64_t{0});
    EXPECT_EQ(histogram.at(0.5), ~std::uint64_t{0});
}

}  // namespace
}  // namespace weir::bench
