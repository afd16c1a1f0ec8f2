// SPDX-License-Identifier: Apache-2.0
// The reader's bounds, its diagnostics, and files.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "config/language/language.hpp"

namespace weir::config::language {
namespace {

using testing::HasSubstr;

std::string only_message(const std::string& text) {
    const auto result = read_text(text, "f.cfg");
    EXPECT_EQ(result.config, nullptr);
    EXPECT_EQ(result.diagnostics.size(), 1U);
    return result.diagnostics.empty() ? "" : print_diagnostic(result.diagnostics.front());
}

// A file in the test's temporary directory that goes away with the object.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& name)
        : path_(testing::TempDir() + "weir_language_" + name) {}
    ~TemporaryFile() { std::remove(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }
    void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }

private:
    std::string path_;
};

TEST(Diagnostics, ShowFileLineColumnTheLineACaretAndASuggestion) {
    EXPECT_EQ(only_message("dial-peer voice 1 voip\n sesion protocol sipv2\n"),
              "f.cfg:2:2: error: % Invalid input detected at '^' marker. There is no command "
              "\"sesion\" in "
              "dial-peer voice TAG voip\n"
              " sesion protocol sipv2\n"
              " ^\n"
              "did you mean \"session\"?\n");
}

TEST(Diagnostics, TheCaretStandsBelowTheWordAlsoBehindTabsAndNo) {
    EXPECT_EQ(only_message("sip-ua\n\tno\ttimers tring\n"),
              "f.cfg:2:12: error: % Invalid input detected at '^' marker. Expected trying, "
              "connect, disconnect, "
              "expires, prack, rel1xx, notify, refer and 8 others in place of \"tring\"\n"
              " no timers tring\n"
              "           ^\n"
              "did you mean \"trying\"?\n");
}

TEST(Diagnostics, ALongLineIsCutAroundTheCaret) {
    const auto message = only_message("hostname " + std::string(900, 'a') + "\n");
    EXPECT_LT(message.size(), 700U);
    EXPECT_THAT(message, HasSubstr("\n         ^\n"));
}

TEST(Diagnostics, ACommandOfAnotherModeNamesItsHome) {
    EXPECT_THAT(only_message("retry invite 2\n"),
                HasSubstr("this command belongs to voice class tenant N or sip-ua\n"));
}

TEST(Diagnostics, AnAbbreviationThatWasReadOtherwiseIsShown) {
    EXPECT_THAT(only_message("dial-peer voice 1 voip\n prefer high\n"),
                HasSubstr("\"prefer\" was read as \"preference\""));
}

TEST(Diagnostics, AreKeptUpToTheBoundAndThenCounted) {
    std::string text;
    for (std::size_t i = 0; i < kConfigMaxErrors + 57; ++i)
        text += "wrong\n";
    const auto result = read_text(text, "f.cfg");
    EXPECT_EQ(result.diagnostics.size(), kConfigMaxErrors);
    EXPECT_EQ(result.suppressed, 57U);
    EXPECT_EQ(result.config, nullptr);
}

TEST(Diagnostics, StandInTheOrderOfLines) {
    const auto result = read_text(
        "interface A\n ip address 192.0.2.1 255.255.255.0\n"
        "voice service voip\n sip\n  bind control source-interface B\n"
        "dial-peer voice 1 voip\n voice-class codec 3\n"
        "interface C\n ip address 192.0.2.1 255.255.255.0\n",
        "f.cfg");
    ASSERT_EQ(result.diagnostics.size(), 3U);
    EXPECT_EQ(result.diagnostics[0].line, 5U);
    EXPECT_EQ(result.diagnostics[1].line, 7U);
    EXPECT_EQ(result.diagnostics[2].line, 9U);
}

TEST(Reading, AnEmptyTextIsTheDefaultConfiguration) {
    for (const char* text : {"", "\n\n", "!", "end", "\xEF\xBB\xBF"}) {
        const auto result = read_text(text, "f.cfg");
        ASSERT_NE(result.config, nullptr);
        EXPECT_EQ(print_running_config(*result.config), "end\n");
    }
}

TEST(Reading, LinesMayEndInCrLfOrNotAtAll) {
    const auto result = read_text(
        "\xEF\xBB\xBFhostname a\r\ndial-peer voice 1 voip\r\n huntstop \r\n!\r\nend", "f.cfg");
    ASSERT_NE(result.config, nullptr);
    EXPECT_EQ(result.config->hostname, "a");
    EXPECT_TRUE(result.config->dial_peers.at(DialPeerTag{1}).huntstop);
}

TEST(Reading, PlacesAreRemembered) {
    const auto result = read_text("!\ndial-peer voice 1 voip\n", "f.cfg");
    ASSERT_NE(result.config, nullptr);
    EXPECT_EQ(result.config->dial_peers.at(DialPeerTag{1}).place, (Place{"f.cfg", 2}));
}

TEST(Reading, ControlCharactersAreRefusedWithTheirPlace) {
    EXPECT_THAT(
        only_message(std::string("hostname a\0b\n", 13)),
        HasSubstr(
            "f.cfg:1:11: error: the control character \\x00 cannot stand in a configuration"));
    EXPECT_THAT(only_message("! \x1B[31m\n"),
                HasSubstr("f.cfg:1:3: error: the control character \\x1b"));
    EXPECT_THAT(only_message("hostname a\rb\n"), HasSubstr("the control character \\x0d"));
}

TEST(Reading, TextThatIsNotUtf8IsRefused) {
    for (const char* bad :
         {"\xFF", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3", "\x80"})
        EXPECT_THAT(only_message(std::string("! ") + bad + "\n"), HasSubstr("is not UTF-8 text"))
            << bad;
}

TEST(Reading, DescriptionsMayHoldAnyUtf8) {
    const auto result = read_text(
        "dial-peer voice 1 voip\n description Z\xC3\xBCrich \xE2\x86\x92 \xF0\x9F\x93\x9E\n",
        "f.cfg");
    ASSERT_NE(result.config, nullptr);
    EXPECT_THAT(print_running_config(*result.config),
                HasSubstr("Z\xC3\xBCrich \xE2\x86\x92 \xF0\x9F\x93\x9E\n"));
}

TEST(Bounds, ALineThatIsTooLongIsOneErrorAndTheRestIsRead) {
    const auto result =
        read_text("hostname " + std::string(kConfigMaxLine, 'a') + "\nwrong\n", "f.cfg");
    ASSERT_EQ(result.diagnostics.size(), 2U);
    EXPECT_THAT(result.diagnostics[0].text, HasSubstr("longer than 4096 bytes"));
    EXPECT_EQ(result.diagnostics[1].line, 2U);
}

TEST(Bounds, ATextThatIsTooLargeIsNotRead) {
    const auto result = read_text(std::string(50U << 20U, 'x'), "f.cfg");
    EXPECT_EQ(result.config, nullptr);
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.diagnostics[0].line, 0U);
    EXPECT_THAT(print_diagnostic(result.diagnostics[0]),
                HasSubstr("f.cfg: error: the configuration is larger"));
}

TEST(Bounds, OneEndlessLineOfWordsIsRefused) {
    EXPECT_THAT(only_message(std::string(kConfigMaxBytes, 'a')), HasSubstr("longer than"));
    std::string words;
    while (words.size() < kConfigMaxLine - 10)
        words += "x ";
    EXPECT_THAT(only_message(words), HasSubstr("There is no command"));
    std::string relays = "dial-peer voice 1 voip\n dtmf-relay";
    while (relays.size() < kConfigMaxLine - 10)
        relays += " sip-info";
    EXPECT_THAT(only_message(relays), HasSubstr("named twice"));
}

TEST(Bounds, TheNumberOfDialPeersIsBounded) {
    std::string text;
    for (std::size_t i = 1; i <= kMaxDialPeers + 1; ++i)
        text += "dial-peer voice " + std::to_string(i) + " pots\n";
    EXPECT_THAT(only_message(text), HasSubstr("there are 50000 dial-peers already"));
}

TEST(Files, AreReadWhole) {
    const TemporaryFile file("good.cfg");
    file.write("hostname edge\n");
    const auto result = read_file(file.path());
    ASSERT_NE(result.config, nullptr);
    EXPECT_EQ(result.config->hostname, "edge");
}

TEST(Files, ThatCannotBeReadAreOneError) {
    for (const std::string path : {"/nonexistent/weir.cfg", "/", "/dev/zero"}) {
        const auto result = read_file(path);
        EXPECT_EQ(result.config, nullptr);
        ASSERT_EQ(result.diagnostics.size(), 1U) << path;
        EXPECT_EQ(result.diagnostics[0].file, path);
    }
}

TEST(Files, ThatAreTooLargeAreRefused) {
    const TemporaryFile file("large.cfg");
    file.write("!");
    std::filesystem::resize_file(file.path(), 50U << 20U);
    const auto result = read_file(file.path());
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_THAT(result.diagnostics[0].text, HasSubstr("larger than"));
}

}  // namespace
}  // namespace weir::config::language
