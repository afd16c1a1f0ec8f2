// SPDX-License-Identifier: Apache-2.0
// Pages of a terminal.
#include "config/shell/pager.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

constexpr const char* kText = "1\n2\n3\n4\n5\n6\n7\n";

TEST(Pager, GivesAPageLessTheLineOfMore) {
    Pager pager(kText, 4, 80);
    EXPECT_EQ(pager.next(), "1\n2\n3\n");
    pager.pressed(PagerKey::page);
    EXPECT_EQ(pager.next(), "4\n5\n6\n");
    EXPECT_FALSE(pager.is_done());
}

TEST(Pager, EnterGivesOneLineMore) {
    Pager pager(kText, 4, 80);
    (void)pager.next();
    pager.pressed(PagerKey::line);
    EXPECT_EQ(pager.next(), "4\n");
}

TEST(Pager, QuitGivesNothingMore) {
    Pager pager(kText, 4, 80);
    (void)pager.next();
    pager.pressed(PagerKey::quit);
    EXPECT_TRUE(pager.is_done());
}

TEST(Pager, LengthZeroGivesEverythingAtOnce) {
    Pager pager(kText, 0, 80);
    EXPECT_EQ(pager.next(), kText);
    EXPECT_TRUE(pager.is_done());
}

TEST(Pager, ALongLineTakesSeveralRows) {
    Pager pager("0123456789012345\nb\nc\nd\n", 4, 10);
    EXPECT_EQ(pager.next(), "0123456789012345\nb\n");
}

TEST(Pager, ALineHigherThanTheTerminalIsShownAllTheSame) {
    const std::string text = std::string(100, 'x') + "\nb\n";
    Pager pager(text, 3, 10);
    EXPECT_EQ(pager.next().size(), 101U);
    pager.pressed(PagerKey::page);
    EXPECT_EQ(pager.next(), "b\n");
}

TEST(Pager, TheLastLineNeedsNoLineEnd) {
    Pager pager("a\nb", 10, 80);
    EXPECT_EQ(pager.next(), "a\nb");
    EXPECT_TRUE(pager.is_done());
}

TEST(Pager, TheEndOfTheInputQuits) {
    EXPECT_EQ(pager_key(-1), PagerKey::quit);
    EXPECT_EQ(pager_key(' '), PagerKey::page);
    EXPECT_EQ(pager_key('\r'), PagerKey::line);
    EXPECT_EQ(pager_key('x'), PagerKey::other);
}

}  // namespace
}  // namespace weir::config
