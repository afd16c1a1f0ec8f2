// SPDX-License-Identifier: Apache-2.0
// Lines and blocks that are kept without effect.
#include <string>

#include <gtest/gtest.h>

#include "config/language/kept_limits.hpp"
#include "config/language/language.hpp"
#include "config/language/line_editor.hpp"

namespace weir::config::language {
namespace {

std::string printed(const std::string& text) {
    const auto result = read_text(text, "test");
    if (!result.config) return print_diagnostic(result.diagnostics.at(0));
    return print_running_config(*result.config);
}

TEST(Kept, ASecondLineOfTheSameKeyReplacesTheFirst) {
    EXPECT_EQ(printed("clock timezone CET 1\nclock timezone UTC 0\n"),
              "clock timezone UTC 0\n!\nend\n");
}

TEST(Kept, APasswordInClearIsPrintedDisguised) {
    const std::string once = printed(
        "username bob privilege 15 secret foo\nenable password 0 bar\nusername eve secret 5 "
        "$1$x\n");
    EXPECT_EQ(once.find("foo"), std::string::npos) << once;
    EXPECT_EQ(once.find("bar"), std::string::npos) << once;
    EXPECT_NE(once.find("username eve secret 5 $1$x\n"), std::string::npos) << once;
    EXPECT_EQ(printed(once), once);
}

TEST(Kept, NoTakesALineAway) {
    EXPECT_EQ(printed("clock timezone CET 1\nno clock timezone\n"), "end\n");
}

TEST(Kept, LinesOfWhichThereAreManyStayTogetherInTheirOrder) {
    EXPECT_EQ(printed("ntp server 192.0.2.2\nhostname a\nntp server 192.0.2.1\n"),
              "hostname a\nntp server 192.0.2.2\nntp server 192.0.2.1\n!\nend\n");
}

TEST(Kept, NoWithoutValuesTakesAllOfThemAway) {
    EXPECT_EQ(printed("ip route 192.0.2.0 255.255.255.0 192.0.2.1\nno ip route 192.0.2.0 "
                      "255.255.255.0 192.0.2.1\n"),
              "end\n");
}

TEST(Kept, WhatTheRouterPrintsWithNoIsKeptWithNo) {
    EXPECT_EQ(printed("no ip http server\nno ip domain lookup\n"),
              "no ip domain lookup\nno ip http server\n!\nend\n");
}

TEST(Kept, ADefaultThatIsOnIsOnlyPrintedWithNo) {
    EXPECT_EQ(printed("voice service voip\n supplementary-service sip refer\n"), "end\n");
    EXPECT_EQ(printed("voice service voip\n no supplementary-service sip refer\n"),
              "voice service voip\n no supplementary-service sip refer\n!\nend\n");
}

TEST(Kept, BlocksNest) {
    const std::string text =
        "redundancy\n application redundancy\n  group 1\n   name HA\n  protocol 1\n   timers "
        "hellotime 3 holdtime 10\n!\nend\n";
    EXPECT_EQ(printed(text), text);
}

TEST(Kept, NoTakesABlockAwayWithWhatIsInIt) {
    EXPECT_EQ(printed("redundancy\n application redundancy\n  group 1\n   name HA\nno redundancy\n"
                      "redundancy\n application redundancy\n"),
              "redundancy\n application redundancy\n!\nend\n");
}

TEST(Kept, ABlockIsEnteredAgainByItsKey) {
    EXPECT_EQ(printed("track 11 interface Gi0/0 line-protocol\n delay up 10\ntrack 11\n delay "
                      "down 5\n"),
              "track 11 interface Gi0/0 line-protocol\n delay down 5\n!\nend\n");
}

TEST(Kept, ACertificateIsKeptToItsLastByteAndEndsWithQuit) {
    const std::string text =
        "crypto pki certificate chain TP\n certificate ca 01\n  30820122 300D0609\n  30820122 "
        "300D0609\n  2A\n  quit\n!\nend\n";
    EXPECT_EQ(printed(text), text);
    EXPECT_EQ(printed("crypto pki certificate chain TP\n certificate ca 01\n  2A\n  \tquit\n"
                      "hostname a\n"),
              "hostname a\n!\ncrypto pki certificate chain TP\n certificate ca 01\n  2A\n  "
              "quit\n!\nend\n");
}

TEST(Kept, ABlockWithoutIndentationEndsAtTheNextGlobalCommand) {
    EXPECT_EQ(printed("gateway\ntimer receive-rtp 1200\nline vty 0 4\ntransport input ssh\n"
                      "hostname a\n"),
              "hostname a\n!\ngateway\n timer receive-rtp 1200\n!\nline vty 0 4\n transport input "
              "ssh\n!\nend\n");
}

TEST(Kept, MoreLinesThanTheBoundAreRefused) {
    std::string text;
    for (std::size_t i = 0; i <= kMaxKeptLines; ++i)
        text += "ip host h" + std::to_string(i) + " 192.0.2.1\n";
    const auto result = read_text(text, "test");
    EXPECT_EQ(result.config, nullptr);
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.diagnostics[0].line, kMaxKeptLines + 1);
}

// What ends a block of data leads back into the block around it, in an editor as in a file.
TEST(Kept, TypedLinesLeaveACertificateAndAnAddressFamily) {
    LineEditor editor;
    Config config;
    const auto type = [&](const char* text) { return editor.line(text, config).kind; };
    for (const char* line : {"crypto pki certificate chain ROOT", "certificate ca 01",
                             "308203A2 3082028A A0030201", "300D0609 2A864886"})
        EXPECT_NE(type(line), LineEditor::Kind::refused) << line;
    EXPECT_EQ(editor.depth(), 2U);
    EXPECT_NE(type("quit"), LineEditor::Kind::refused);
    EXPECT_EQ(editor.mode(), ModeId::pki_chain);
    EXPECT_NE(type("certificate ca 02"), LineEditor::Kind::refused);
    EXPECT_NE(type("vrf definition VOICE"), LineEditor::Kind::refused);
    EXPECT_NE(type("address-family ipv4"), LineEditor::Kind::refused);
    EXPECT_NE(type("exit-address-family"), LineEditor::Kind::refused);
    EXPECT_EQ(editor.mode(), ModeId::vrf);
    const std::string once = print_running_config(config);
    EXPECT_NE(once.find("300D0609 2A864886\n  quit"), std::string::npos) << once;
    EXPECT_EQ(printed(once), once);
}

}  // namespace
}  // namespace weir::config::language
