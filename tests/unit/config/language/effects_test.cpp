// SPDX-License-Identifier: Apache-2.0
// The closed list of commands without effect.
#include "config/language/effects.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "config/language/command.hpp"
#include "config/language/matching.hpp"

namespace weir::config::language {
namespace {

const auto kLists =
    std::to_array({global_without_effect(), service_without_effect(), block_without_effect(),
                   peer_without_effect(), class_without_effect()});

// The ways through a syntax that begin differently: the first choices of the first two words.
std::vector<std::string> beginnings_of(const CommandRow& row) {
    std::vector<std::string> lines;
    for (const Position first : row.grammar.first) {
        std::string line;
        Position at = first;
        for (;;) {
            const Token& token = row.grammar.tokens[at];
            line += (line.empty() ? "" : " ") +
                    (token.kind == ArgumentKind::keyword ? token.text : token.text + "X");
            if (row.grammar.may_end[at] || row.grammar.follow[at].empty()) break;
            at = row.grammar.follow[at].front();
        }
        lines.push_back(line);
    }
    return lines;
}

TEST(WithoutEffect, EveryKeptRowHasAReason) {
    for (const auto& mode : all_modes())
        for (const auto& row : mode.rows)
            for (const auto& line : row.kept ? beginnings_of(row) : std::vector<std::string>{})
                EXPECT_NE(without_effect(mode.id, line), nullptr) << mode.name << ": " << line;
}

TEST(WithoutEffect, WhatIsPlannedNamesTheWork) {
    for (const auto& list : kLists)
        for (const auto& entry : list)
            EXPECT_TRUE(entry.reason != NoEffect::later || !entry.work.empty()) << entry.command;
}

TEST(WithoutEffect, EveryEntryBelongsToACommandOfItsMode) {
    for (const auto& list : kLists)
        for (const auto& entry : list) {
            if (entry.command.empty()) continue;
            std::string command(entry.command);
            std::replace(command.begin(), command.end(), '*', '1');  // any one word
            const Match match = match_in(mode_of(entry.mode), statement_of(command));
            const bool known =
                match.row != nullptr || match.mismatch.kind == Mismatch::Kind::incomplete;
            EXPECT_TRUE(known) << mode_of(entry.mode).name << ": " << entry.command << ": "
                               << match.mismatch.text;
        }
}

TEST(WithoutEffect, NoEntryStandsTwice) {
    std::set<std::pair<ModeId, std::string>> seen;
    for (const auto& list : kLists)
        for (const auto& entry : list)
            EXPECT_TRUE(seen.emplace(entry.mode, std::string(entry.command)).second)
                << mode_of(entry.mode).name << ": " << entry.command;
}

TEST(WithoutEffect, TheLongestEntryCounts) {
    EXPECT_EQ(without_effect(ModeId::voice_service, "mode border-element"), nullptr);
    EXPECT_NE(without_effect(ModeId::voice_service, "mode border-element license capacity 5"),
              nullptr);
    EXPECT_EQ(without_effect(ModeId::interface, "ip address 192.0.2.1 255.255.255.0"), nullptr);
    EXPECT_NE(without_effect(ModeId::interface, "no ip redirects"), nullptr);
    EXPECT_NE(without_effect(ModeId::media_class, "recorder profile 5 siprec"), nullptr);
    EXPECT_EQ(without_effect(ModeId::media_class, "recorder profile 5"), nullptr);
    EXPECT_EQ(without_effect(ModeId::dial_peer_voip, "session target enum:3"), nullptr);
    EXPECT_NE(without_effect(ModeId::dial_peer_voip, "dtmf-relay sip-kpml"), nullptr);
    EXPECT_EQ(without_effect(ModeId::dial_peer_voip, "dtmf-relay rtp-nte"), nullptr);
    EXPECT_EQ(without_effect(ModeId::dial_peer_voip, "session target ipv4:192.0.2.1"), nullptr);
}

TEST(Effects, GiveTheLinesOfATextWithTheirPlaces) {
    const auto effects = read_effects(
        "hostname a\ncall denial 60\nvoice service voip\n allow-connections sip to sip\n "
        "redundancy-group 1\nsip-ua\n retry invite 2\n mwi-server ipv4:192.0.2.1\n",
        "a.cfg");
    ASSERT_NE(effects.reading.config, nullptr);
    ASSERT_EQ(effects.lines.size(), 3U);
    EXPECT_EQ(effects.lines[0].line, 2U);
    EXPECT_EQ(effects.lines[0].text, "call denial 60");
    EXPECT_EQ(reason_text(*effects.lines[0].entry), "not yet: admission control");
    EXPECT_EQ(effects.lines[1].line, 5U);
    EXPECT_EQ(effects.lines[2].text, "mwi-server ipv4:192.0.2.1");
}

TEST(Effects, AnAbbreviatedLineIsListedInFull) {
    const auto effects = read_effects("int Gi0/0\n neg au\n", "a.cfg");
    ASSERT_EQ(effects.lines.size(), 1U);
    EXPECT_EQ(effects.lines[0].text, "negotiation auto");
}

}  // namespace
}  // namespace weir::config::language
