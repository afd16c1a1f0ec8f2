// SPDX-License-Identifier: Apache-2.0
// Print, read, print is the same text, for configurations drawn at random from the tables
// themselves.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/config/language/draw.hpp"

namespace weir::config::language {
namespace {

using test::Draw;
using test::WaysIn;

// A shard of the draws; the long test has ten of them.
constexpr std::uint64_t kConfigurations = 1000;

class RoundTripShard : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Draws, RoundTripShard,
                         testing::Range<std::uint64_t>(0, WEIR_DRAWN_SHARDS));

TEST(Draw, KnowsAWayIntoEveryMode) {
    const WaysIn ways;
    for (const auto& mode : all_modes())
        EXPECT_TRUE(ways.knows(mode.id)) << mode.name;
}

TEST_P(RoundTripShard, PrintReadPrintIsTheSameText) {
    const WaysIn ways;
    int drawn = 0;
    const std::uint64_t first = GetParam() * kConfigurations + 1;
    for (std::uint64_t seed = first; seed < first + kConfigurations; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Draw draw(seed);
        const std::string text = test::random_config(draw, ways);
        if (text.empty()) continue;
        ++drawn;
        std::string once;
        const std::string twice = test::printed_twice(text, once);
        ASSERT_EQ(twice, once) << text;
    }
    EXPECT_GT(drawn, static_cast<int>(kConfigurations) * 9 / 10);
}

#ifndef WEIR_LONG_TEST
TEST(RoundTrip, TheDrawsReachTheRows) {
    // A property that is never exercised proves nothing: the fixed words of the rows appear in some
    // print. What names objects that are rarely drawn may be missing.
    const WaysIn ways;
    std::string all;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        Draw draw(seed);
        const auto result = read_text(test::random_config(draw, ways), "drawn");
        if (result.config) all += print_running_config(*result.config);
    }
    std::size_t rows = 0;
    std::string missing;
    std::size_t missed = 0;
    for (const auto& mode : all_modes())
        for (const auto& row : mode.rows) {
            ++rows;
            if (all.find(row.grammar.fixed_text()) != std::string::npos) continue;
            ++missed;
            missing += mode.name + ": " + row.syntax.substr(0, 80) + "\n";
        }
    EXPECT_LT(missed * 20, rows) << missed << " of " << rows << " rows never appeared:\n"
                                 << missing;
}

TEST(RoundTrip, AnyBytesAreReadWithinBounds) {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Draw draw(seed);
        const std::string text = draw.line_of(draw.row_of(draw.mode())) + "\n" + draw.garbage() +
                                 "\n " + draw.line_of(draw.row_of(draw.mode())) + draw.garbage();
        const auto result = read_text(text, "garbage");
        for (const auto& diagnostic : result.diagnostics)
            EXPECT_FALSE(print_diagnostic(diagnostic).empty());
        EXPECT_EQ(result.config == nullptr,
                  std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                              [](const Diagnostic& diagnostic) {
                                  return diagnostic.severity == Diagnostic::Severity::error;
                              }));
        for (const auto& line : {text.substr(0, text.size() / 2), text})
            (void)help(draw.mode(), line);
    }
}

#endif

}  // namespace
}  // namespace weir::config::language
