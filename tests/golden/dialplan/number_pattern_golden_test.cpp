// SPDX-License-Identifier: Apache-2.0
// Holds number patterns to number_pattern.table (spec A.3).
#include <gtest/gtest.h>

#include "dialplan/number_pattern.hpp"
#include "tests/golden/dialplan/golden_table.hpp"

namespace weir::dialplan {
namespace {

TEST(NumberPatternTable, EveryRowHolds) {
    for (const auto& row : tests::read_table("number_pattern.table", 4)) {
        SCOPED_TRACE(row.place + " " + row.words[0] + " against " + row.words[1]);
        const auto pattern = NumberPattern::compile(row.words[0]);
        if (row.words[2] == "bad") {
            EXPECT_FALSE(pattern.has_value());
            continue;
        }
        ASSERT_TRUE(pattern.has_value()) << pattern.error().context;
        const auto match = pattern->match(row.words[1]);
        if (row.words[2] == "no") {
            EXPECT_FALSE(match.has_value());
            continue;
        }
        ASSERT_TRUE(match.has_value());
        EXPECT_EQ(std::to_string(match->length), row.words[2]);
        EXPECT_EQ(std::to_string(match->consumed), row.words[3]);
    }
}

}  // namespace
}  // namespace weir::dialplan
