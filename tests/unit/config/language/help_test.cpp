// SPDX-License-Identifier: Apache-2.0
// Help, completion, and what every row of the tables owes to its reader.
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/language/command.hpp"
#include "config/language/glossary.hpp"
#include "config/language/language.hpp"

namespace weir::config::language {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words_after(ModeId mode, std::string_view line) {
    std::vector<std::string> words;
    for (const auto& item : help(mode, line))
        words.push_back(item.word);
    return words;
}

TEST(Help, BehindABlankItListsWhatMayFollow) {
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "session "),
                ElementsAre("protocol", "server-group", "target", "transport"));
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "session transport "),
                ElementsAre("system", "tcp", "udp"));
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "preference "), ElementsAre("<0-10>"));
}

TEST(Help, BehindAWordItListsWhatTheWordCanBecome) {
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "de"),
                ElementsAre("default", "description", "destination", "destination-pattern"));
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "sess T"), ElementsAre("target", "transport"));
}

TEST(Help, ACommandThatMayEndShowsTheEnd) {
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "preference 3 "), ElementsAre("<cr>"));
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "huntstop "), ElementsAre("<cr>"));
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "description some text "), ElementsAre("<cr>"));
}

TEST(Help, NoLeadsToTheSameCommandsAndMayEndEarly) {
    EXPECT_THAT(words_after(ModeId::trusted_list, "no ipv4 192.0.2.1 "),
                ElementsAre("A.B.C.D", "<cr>"));
    EXPECT_THAT(words_after(ModeId::global, "no dial-peer "),
                ElementsAre("cor", "hunt", "terminator", "voice"));
    EXPECT_THAT(words_after(ModeId::trusted_list, "n"), ElementsAre("no"));
    EXPECT_THAT(words_after(ModeId::global, "no"), ElementsAre("no"));
}

TEST(Help, AnEmptyLineListsTheModeAndTheWordsOfEveryMode) {
    EXPECT_THAT(words_after(ModeId::trusted_list, ""),
                ElementsAre("default", "end", "exit", "ipv4", "ipv6", "no"));
}

TEST(Help, AWrongLineHasNoHelp) {
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "nothing "), IsEmpty());
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "preference 11 "), IsEmpty());
    EXPECT_THAT(words_after(ModeId::dial_peer_voip, "preference 1 2 "), IsEmpty());
}

TEST(Completion, GivesKeywordsInFull) {
    EXPECT_THAT(complete(ModeId::dial_peer_voip, "destination-"),
                ElementsAre("destination-pattern"));
    EXPECT_THAT(complete(ModeId::dial_peer_voip, "codec g72"),
                ElementsAre("g722-64", "g723r53", "g723r63", "g726r16", "g726r24", "g726r32",
                            "g728", "g729br8", "g729r8"));
    EXPECT_THAT(complete(ModeId::dial_peer_voip, "preference 1"), IsEmpty());
}

TEST(Tables, ModesStandInTheOrderOfTheirIds) {
    ASSERT_EQ(all_modes().size(), kModeCount);
    for (std::size_t i = 0; i < kModeCount; ++i) {
        EXPECT_EQ(static_cast<std::size_t>(all_modes()[i].id), i);
        EXPECT_FALSE(prompt_of(all_modes()[i].id).empty());
    }
}

TEST(Tables, EveryKeywordHasAHelpText) {
    for (const auto& mode : all_modes())
        for (const auto& row : mode.rows)
            for (const auto& token : row.grammar.tokens)
                EXPECT_FALSE(help_of(row, token).empty())
                    << mode.name << ": " << row.syntax << ": " << token.text;
}

// Methods and cipher suites are written as their RFCs write them.
bool is_in_capitals(const std::string& word) {
    return word.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

TEST(Tables, EveryKeywordIsWrittenInOneCase) {
    for (const auto& mode : all_modes())
        for (const auto& row : mode.rows)
            for (const auto& token : row.grammar.tokens)
                EXPECT_TRUE(token.text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
                                std::string::npos ||
                            is_in_capitals(token.text))
                    << row.syntax;
}

TEST(Tables, NoTwoRowsOfAModeAreTheSameCommand) {
    for (const auto& mode : all_modes()) {
        std::set<std::string> syntaxes;
        for (const auto& row : mode.rows)
            EXPECT_TRUE(syntaxes.insert(row.syntax).second) << mode.name << ": " << row.syntax;
    }
}

TEST(Tables, NoNeedsNoMoreWordsThanTheCommandHas) {
    for (const auto& mode : all_modes())
        for (const auto& row : mode.rows) {
            EXPECT_GE(row.key_words, 1U) << row.syntax;
            EXPECT_LE(row.key_words, row.grammar.tokens.size()) << row.syntax;
        }
}

}  // namespace
}  // namespace weir::config::language
