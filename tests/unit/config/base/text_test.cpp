// SPDX-License-Identifier: Apache-2.0
// Text helpers: what is read eight bytes at a time reads as byte by byte.
#include "config/base/text.hpp"

#include <gtest/gtest.h>

namespace weir::text {
namespace {

TEST(HasControl, SeesEachByteAtEachPlaceOfTextsOfAnyLength) {
    for (std::size_t length = 1; length <= 40; ++length) {
        const std::string plain(length, 'x');
        ASSERT_FALSE(has_control(plain));
        for (std::size_t at = 0; at < length; ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string text = plain;
                text[at] = static_cast<char>(byte);
                const bool expected = (byte < 0x20 && byte != '\t') || byte == 0x7F;
                ASSERT_EQ(has_control(text), expected)
                    << length << " bytes, " << byte << " at " << at;
            }
        }
    }
}

TEST(HasControl, ATabHidesNothingBehindIt) {
    EXPECT_FALSE(has_control("a\tb\xFF\x80 c\t\t\t\t\t\t\t\t"));
    EXPECT_TRUE(has_control("a\tbcdefghijklmnopqrstuvwxyz\r"));
    EXPECT_TRUE(has_control("\t\t\t\t\t\t\t\t\x01"));
    EXPECT_FALSE(has_control(""));
}

TEST(TakeWord, LeavesWhatIsBehindTheWord) {
    std::string_view rest = "  one \t two";
    EXPECT_EQ(take_word(rest), "one");
    EXPECT_EQ(take_word(rest), "two");
    EXPECT_EQ(take_word(rest), "");
    EXPECT_EQ(rest, "");
}

TEST(IEquals, ComparesLettersOfAsciiOnly) {
    EXPECT_TRUE(iequals("Call-ID", "call-id"));
    EXPECT_FALSE(iequals("Call-ID", "call-i"));
    EXPECT_FALSE(iequals("@", "`"));
    EXPECT_TRUE(iequals("", ""));
    EXPECT_TRUE(iequals({}, {})) << "views of nothing at all";
}

}  // namespace
}  // namespace weir::text
