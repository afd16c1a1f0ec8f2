// SPDX-License-Identifier: Apache-2.0
// The validator of number patterns, row by row (spec A.3).
#include "config/model/number_pattern.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir::config {
namespace {

TEST(NumberPattern, TextOfTheSpecIsAccepted) {
    for (const char* pattern : {"408555",
                                "408[0-9]550148",
                                "..........",
                                "408%",
                                "+14085550148",
                                "\\+1408",
                                "T",
                                ".T",
                                "9T",
                                "[2-9]..T$",
                                "80..$",
                                "[1,3-5]..",
                                "[^135]..",
                                "(12)+3",
                                "(12)%",
                                "(1(23)?)%4",
                                "^408",
                                "^+44",
                                "9,011T",
                                "AAAA",
                                "*69",
                                "#1",
                                "5[A-F]",
                                "12?",
                                ".%",
                                "[2-9]+",
                                "\\*9",
                                "\\.1"})
        EXPECT_TRUE(check_number_pattern(pattern))
            << pattern << ": " << check_number_pattern(pattern).error().context;
}

TEST(NumberPattern, WrongTextIsRefusedWithTheWordsOfIos) {
    for (const char* pattern :
         {"",    "408x", "abc", "[1-",  "[]",   "[^]",  "[9-2]", "[1-A", "(12",
          "12)", "()",   "%1",  "1%%",  "12$3", "T1",   "1T2",   "1^2",  "1-2",
          "1 2", "\\",   "+%",  "(%1)", "[.]",  "[1-]", "1,%"}) {
        const auto result = check_number_pattern(pattern);
        ASSERT_FALSE(result) << pattern;
        EXPECT_EQ(result.error().context.rfind("Incorrect format for E.164 Number", 0), 0U)
            << pattern;
    }
}

TEST(NumberPattern, AnEndlessPatternIsRefused) {
    EXPECT_FALSE(check_number_pattern(std::string(100000, '(')));
    EXPECT_FALSE(check_number_pattern("(((((((((1)))))))))"));
    EXPECT_TRUE(check_number_pattern(std::string(64, '1')));
    EXPECT_FALSE(check_number_pattern(std::string(65, '1')));
}

TEST(NumberPattern, PlainNumbersHaveNoWildcard) {
    for (const char* number : {"595959", "+4420", "*1#", "A5"})
        EXPECT_TRUE(is_plain_number(number)) << number;
    for (const char* number : {"", "+", "59.", "5T", "5$", "[1]", "5+", "a"})
        EXPECT_FALSE(is_plain_number(number)) << number;
}

}  // namespace
}  // namespace weir::config
