// SPDX-License-Identifier: Apache-2.0
// Files that want to hurt: the import answers them within its bounds, and always with files that
// load or with an error. Work is counted in lines and bytes, not by a clock.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "config/import/capture.hpp"
#include "config/import/import.hpp"
#include "config/import/import_limits.hpp"
#include "config/language/language.hpp"
#include "config/platform/platform.hpp"

namespace weir::config {
namespace {

using testing::HasSubstr;

// The error, or "" when it was imported into files that load.
std::string error_of(const std::string& text) {
    const auto import = import_text(text, "hostile");
    if (!import) return import.error().context;
    EXPECT_TRUE(language::read_text(import->config, "weir.cfg").config != nullptr);
    EXPECT_TRUE(parse_platform(import->platform, "platform.yaml").ok());
    return "";
}

TEST(HostileImport, FiftyMegabytesAreRefusedUnread) {
    EXPECT_THAT(error_of(std::string(50U << 20U, 'x')), HasSubstr("larger than"));
}

TEST(HostileImport, OneEndlessLineIsOneRefusedLine) {
    const std::string text = "hostname a\n description " + std::string(kConfigMaxBytes / 2, 'x');
    const auto import = import_text(text, "hostile");
    ASSERT_TRUE(import.has_value());
    ASSERT_EQ(import->report.lines.size(), 2U);
    EXPECT_EQ(import->report.lines[1].verdict, Verdict::not_supported);
    EXPECT_LE(import->report.lines[1].text.size(), kConfigMaxLine);
}

TEST(HostileImport, TooManyLinesAreRefused) {
    EXPECT_THAT(error_of(std::string(kMaxCaptureLines + 1, '\n')), HasSubstr("lines"));
}

TEST(HostileImport, TenThousandLevelsOfIndentationAreOneBlock) {
    std::string text = "hostname a\n";
    for (std::size_t depth = 0; depth < 1000; ++depth)
        text += std::string(depth, ' ') + "nested nonsense\n";
    for (std::size_t depth = 0; depth < 9000; ++depth)
        text += std::string(1000, ' ') + "nested nonsense\n";
    EXPECT_EQ(error_of(text), "");
}

TEST(HostileImport, ZeroBytesAndBrokenUtf8AreCleaned) {
    EXPECT_EQ(error_of(std::string("hostname\0 a\n\xFF\xFE\x80 x\n\0\0\0\n", 22)), "");
}

TEST(HostileImport, BannersWithoutEndCostABoundedLookAhead) {
    std::string text = "hostname a\n";
    for (int i = 0; i < 5000; ++i)
        text += "banner motd \x03\n";
    // Each takes the next as its end.
    EXPECT_EQ(error_of(text), "");
    text = "hostname a\n";
    for (int i = 0; i < 5000; ++i)
        text += "banner motd " + std::string(1, static_cast<char>('!' + i % 90)) + "\n";
    EXPECT_EQ(error_of(text), "");
}

TEST(HostileImport, EveryLineMayContradictEveryOther) {
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += "interface Gi" + std::to_string(i) + "\n ip address 192.0.2.1 255.255.255.0\n" +
                "dial-peer voice " + std::to_string(i + 1) + " voip\n voice-class codec " +
                std::to_string(i + 1) + "\n session protocol sipv2\n";
    EXPECT_EQ(error_of(text), "");
}

TEST(HostileImport, ABlockThatIsOpenedAgainAndAgainIsOneBlock) {
    std::string text;
    for (int i = 0; i < 2000; ++i)
        text += "dial-peer voice 1 voip\n preference 3\n";
    const auto import = import_text(text, "hostile");
    ASSERT_TRUE(import.has_value());
    const auto first = import->config.find("dial-peer voice 1 voip");
    EXPECT_NE(first, std::string::npos);
    EXPECT_EQ(import->config.find("dial-peer voice", first + 1), std::string::npos);
}

TEST(HostileImport, NothingButExitsAndEndsIsNoConfiguration) {
    EXPECT_NE(error_of("exit\nexit\nend\nexit\n"), "");
}

}  // namespace
}  // namespace weir::config
