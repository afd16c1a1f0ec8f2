// SPDX-License-Identifier: Apache-2.0
// What a terminal shows of a raw line.
#include "config/import/terminal.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir::config {
namespace {

std::string shown(const std::string& raw) {
    return shown_line(raw).text;
}

TEST(Terminal, TakesPagingAwayAsTheRouterDoes) {
    EXPECT_EQ(shown(" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b ip address dhcp"),
              " ip address dhcp");
}

TEST(Terminal, TakesPagingAwayByCarriageReturn) {
    EXPECT_EQ(shown(" --More-- \r          \r no vad"), " no vad");
}

TEST(Terminal, PagingWithoutBackspacesLosesTheIndentation) {
    const ShownLine line = shown_line(" --More--           preference 2");
    EXPECT_EQ(line.text, "preference 2");
    EXPECT_TRUE(line.was_paged);
}

TEST(Terminal, EscapeSequencesAreCarriedOut) {
    EXPECT_EQ(shown("\x1B[1mhostname\x1B[0m gw"), "hostname gw");
    EXPECT_EQ(shown("rubbish\r\x1B[Khostname gw"), "hostname gw");
    EXPECT_EQ(shown("hostname gww\x1B[D\x1B[K"), "hostname gw");
}

TEST(Terminal, CarriageReturnsAtTheEndAreNoText) {
    EXPECT_EQ(shown("hostname gw\r\r"), "hostname gw");
}

TEST(Terminal, ControlCharactersAreWrittenAsTheRouterDoes) {
    EXPECT_EQ(shown("banner motd \x03"), "banner motd ^C");
}

TEST(Terminal, ZeroBytesAndBellsAreNothing) {
    EXPECT_EQ(shown(std::string("host\0name\a gw", 13)), "hostname gw");
}

TEST(Terminal, OtherBytesAreReadAsLatin1) {
    const ShownLine line = shown_line("description caf\xE9");
    EXPECT_EQ(line.text, "description caf\xC3\xA9");
    EXPECT_TRUE(line.was_latin1);
    EXPECT_FALSE(shown_line("description caf\xC3\xA9").was_latin1);
}

TEST(Terminal, ALongLineIsCutBetweenLetters) {
    std::string raw = "x";
    while (raw.size() < 8192)
        raw += "\xC3\xA9";
    const ShownLine line = shown_line(raw);
    EXPECT_TRUE(line.was_too_long);
    EXPECT_EQ(line.text.size(), 4095U);
}

TEST(Terminal, AnUnfinishedEscapeSequenceEndsTheLine) {
    EXPECT_EQ(shown("gw\x1B"), "gw");
    EXPECT_EQ(shown("gw\x1B[12;"), "gw");
}

}  // namespace
}  // namespace weir::config
