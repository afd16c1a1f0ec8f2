// SPDX-License-Identifier: Apache-2.0
// What the table of patterns cannot say: bounds, messages and the cost of the worst pattern.
#include "dialplan/number_pattern.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace weir::dialplan {
namespace {

TEST(NumberPattern, RefusesMorePositionsThanTheStateHolds) {
    const std::string most(kNumberPatternPositions, '1');
    EXPECT_TRUE(NumberPattern::compile(most).has_value());
    const auto over = NumberPattern::compile(most + "1");
    ASSERT_FALSE(over.has_value());
    EXPECT_NE(over.error().context.find("64 digit positions"), std::string::npos);
}

TEST(NumberPattern, NamesTheFormatLikeTheRouter) {
    const auto wrong = NumberPattern::compile("12x");
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().code, ErrorCode::invalid);
    EXPECT_TRUE(wrong.error().context.starts_with("Incorrect format for E.164 Number"));
}

TEST(NumberPattern, LongerNumbersThanTheBoundNeverMatch) {
    const auto pattern = NumberPattern::compile("1");
    ASSERT_TRUE(pattern.has_value());
    EXPECT_TRUE(pattern->match(std::string(kNumberMaxBytes, '1')).has_value());
    EXPECT_FALSE(pattern->match(std::string(kNumberMaxBytes + 1, '1')).has_value());
}

TEST(NumberPattern, ANumberMayHoldAnyByte) {
    const auto pattern = NumberPattern::compile(".");
    ASSERT_TRUE(pattern.has_value());
    EXPECT_FALSE(pattern->match(std::string_view("\0", 1)).has_value());
    EXPECT_FALSE(pattern->match("\xff\xfe").has_value());
}

// A backtracking matcher would need 2^n steps for this; ours needs positions^2 per digit.
TEST(NumberPattern, NestedRepeatsAreMatchedInBoundedTime) {
    const auto pattern = NumberPattern::compile("((((1%)%)%)%)%2$");
    ASSERT_TRUE(pattern.has_value());
    const std::string ones(kNumberMaxBytes, '1');
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(pattern->match(ones).has_value());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace weir::dialplan
