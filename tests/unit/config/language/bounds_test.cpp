// SPDX-License-Identifier: Apache-2.0
// Hostile and very large texts: bounded by counts, not by the clock.
#include <string>

#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "config/language/language.hpp"

namespace weir::config::language {
namespace {

std::size_t bytes_of(const ReadResult& result) {
    std::size_t bytes = 0;
    for (const auto& diagnostic : result.diagnostics)
        bytes +=
            diagnostic.text.size() + diagnostic.source_line.size() + diagnostic.suggestion.size();
    return bytes;
}

// What an answer to hostile bytes may weigh: 200 diagnostics with their lines.
constexpr std::size_t kAnswerBytes = kConfigMaxErrors * (kConfigMaxLine + 4096);

TEST(Bounds, FiftyMegabytesAreRefusedWithOneSentence) {
    const auto result = read_text(std::string(50'000'000, 'x'), "large");
    EXPECT_EQ(result.config, nullptr);
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_NE(result.diagnostics[0].text.find("larger than"), std::string::npos);
}

TEST(Bounds, OneEndlessLineIsOneError) {
    const auto result = read_text(std::string(kConfigMaxBytes, 'x'), "endless");
    EXPECT_EQ(result.config, nullptr);
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_LE(bytes_of(result), kAnswerBytes);
}

TEST(Bounds, ALineOfManyWordsIsOneError) {
    std::string line = "dial-peer";
    while (line.size() < kConfigMaxLine - 2)
        line += " v";
    EXPECT_EQ(read_text(line, "words").diagnostics.size(), 1U);
}

TEST(Bounds, DeepIndentationIsNotDeepNesting) {
    std::string text;
    for (std::size_t depth = 0; depth < 2000; ++depth)
        text += std::string(depth, ' ') + "redundancy\n";
    const auto result = read_text(text, "nested");
    EXPECT_NE(result.config, nullptr);
}

TEST(Bounds, NestedNonsenseIsCounted) {
    std::string text;
    for (std::size_t line = 0; line < 100'000; ++line)
        text += "nonsense " + std::to_string(line) + "\n";
    const auto result = read_text(text, "nonsense");
    EXPECT_EQ(result.diagnostics.size(), kConfigMaxErrors);
    EXPECT_EQ(result.suppressed, 100'000 - kConfigMaxErrors);
    EXPECT_LE(bytes_of(result), kAnswerBytes);
}

TEST(Bounds, TwoHundredThousandPeersAreRefusedBeyondTheBound) {
    std::string text;
    for (std::size_t tag = 1; tag <= 200'000; ++tag)
        text += "dial-peer voice " + std::to_string(tag) + " voip\n";
    const auto result = read_text(text, "peers");
    EXPECT_EQ(result.config, nullptr);
    EXPECT_EQ(result.diagnostics.size(), kConfigMaxErrors);
    EXPECT_GT(result.suppressed, 0U);
    EXPECT_LE(bytes_of(result), kAnswerBytes);
}

TEST(Bounds, TenThousandPeersAndFiftyThousandNumbersAreRead) {
    std::string text;
    for (std::size_t map = 1; map <= 10; ++map) {
        text += "voice class e164-pattern-map " + std::to_string(map) + "\n";
        for (std::size_t entry = 0; entry < 5000; ++entry)
            text += " e164 +4420" + std::to_string(map * 100'000 + entry) + "\n";
    }
    for (std::size_t tag = 1; tag <= 10'000; ++tag)
        text += "dial-peer voice " + std::to_string(tag) + " voip\n destination-pattern 0" +
                std::to_string(tag) +
                "T\n session protocol sipv2\n session target ipv4:192.0.2.1\n";
    const auto result = read_text(text, "large");
    ASSERT_NE(result.config, nullptr) << print_diagnostic(result.diagnostics.at(0));
    EXPECT_EQ(result.config->dial_peers.size(), 10'000U);
}

}  // namespace
}  // namespace weir::config::language
