// SPDX-License-Identifier: Apache-2.0
// The index of many patterns says what each pattern says alone.
#include "dialplan/number_index.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "config/base/random.hpp"

namespace weir::dialplan {
namespace {

using Matches = std::map<std::uint32_t, NumberMatch>;

Matches by_index(const NumberIndex& index, std::string_view number) {
    std::vector<NumberIndex::Hit> hits;
    index.find(number, hits);
    Matches matches;
    for (const auto& hit : hits)
        EXPECT_TRUE(matches.emplace(hit.value, hit.match).second) << "twice: " << hit.value;
    return matches;
}

Matches one_by_one(const std::vector<NumberPattern>& patterns, std::string_view number) {
    Matches matches;
    for (std::uint32_t i = 0; i < patterns.size(); ++i)
        if (const auto match = patterns[i].match(number)) matches[i] = *match;
    return matches;
}

NumberIndex index_of(const std::vector<NumberPattern>& patterns) {
    NumberIndex::Builder builder;
    for (std::uint32_t i = 0; i < patterns.size(); ++i)
        builder.add(patterns[i], i);
    return builder.build();
}

std::string random_pattern(Random& random) {
    static constexpr const char* kPieces[] = {
        "1",  "2",  "3",  "4",  "A",    "*",        ".",     ".",     "[1-3]", "[^2]",  "2?",
        "3%", "4+", ".?", ".%", "(12)", "(1[23])?", "(3.)%", "(21)+", "\\-",   "[2,4]", "(1(2)?)?"};
    std::string text;
    if (random.below(8) == 0) text += '+';
    const auto pieces = random.below(6);
    for (std::uint64_t i = 0; i < pieces; ++i)
        text += kPieces[random.below(std::size(kPieces))];
    const auto end = random.below(6);
    if (end == 0) text += '$';
    if (end == 1) text += 'T';
    if (end == 2) text += "T$";
    return text;
}

std::string random_number(Random& random) {
    static constexpr std::string_view kSymbols = "12341234123412A*+-";
    std::string text;
    const auto length = random.below(9);
    for (std::uint64_t i = 0; i < length; ++i)
        text += kSymbols[random.below(kSymbols.size())];
    return text;
}

TEST(NumberIndex, SaysWhatEachPatternSaysAlone) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SeededRandom random(seed);
        std::vector<NumberPattern> patterns;
        while (patterns.size() < 60) {
            auto compiled = NumberPattern::compile(random_pattern(random));
            if (compiled) patterns.push_back(std::move(*compiled));
        }
        const NumberIndex index = index_of(patterns);
        for (int i = 0; i < 100; ++i) {
            const std::string number = random_number(random);
            const auto expected = one_by_one(patterns, number);
            const auto found = by_index(index, number);
            if (expected == found) continue;
            for (std::uint32_t p = 0; p < patterns.size(); ++p) {
                const auto has = [p](const Matches& m) {
                    return m.contains(p) ? m.at(p).length : 99U;
                };
                EXPECT_EQ(has(found), has(expected))
                    << "seed " << seed << " pattern " << patterns[p].text() << " number " << number;
            }
            ASSERT_EQ(found, expected) << "seed " << seed << " number " << number;
        }
    }
}

TEST(NumberIndex, PatternsWithVeryManyWaysAreFoundToo) {
    std::vector<NumberPattern> patterns;
    for (const char* text : {"1?2?3?4?5?6?7?8?9", "9", "12?3?4?5?6?7?$"})
        patterns.push_back(*NumberPattern::compile(text));
    const NumberIndex index = index_of(patterns);
    for (const char* number : {"9", "123456789", "1357", "12", "1", "2468", ""})
        EXPECT_EQ(by_index(index, number), one_by_one(patterns, number)) << number;
}

// `\x` of a character that no number has can stand in a pattern; its neighbours must not notice.
TEST(NumberIndex, APositionThatNothingMatchesLeavesTheOthersAlone) {
    std::vector<NumberPattern> patterns;
    for (const char* text : {"\\\\1", "1\\@2", "12", "13", "[4-5]6"})
        patterns.push_back(*NumberPattern::compile(text));
    const NumberIndex index = index_of(patterns);
    for (const char* number : {"12345", "13", "46", "1"})
        EXPECT_EQ(by_index(index, number), one_by_one(patterns, number)) << number;
}

// What is asked as a whole is asked for every number: an optional plus must not come to that.
TEST(NumberIndex, OneOptionalDigitIsSpelledOut) {
    NumberIndex::Builder builder;
    builder.add(*NumberPattern::compile("\\+?442079460123....$"), 1);
    builder.add(*NumberPattern::compile("44207946012345678901234567890"), 2);
    builder.add(*NumberPattern::compile("5%1"), 3);
    EXPECT_EQ(builder.build().asked_as_a_whole(), 1U);
}

TEST(NumberIndex, TheBestIsTheLongestAndThenTheSmallestValue) {
    NumberIndex::Builder builder;
    builder.add(*NumberPattern::compile("2..."), 1);
    builder.add(*NumberPattern::compile("200."), 7);
    builder.add(*NumberPattern::compile("20.1"), 5);
    const NumberIndex index = builder.build();
    NumberIndex::Hit best;
    ASSERT_TRUE(index.find_best("2001", best));
    EXPECT_EQ(best.value, 5U);
    EXPECT_EQ(best.match, (NumberMatch{3, 4}));
    EXPECT_FALSE(index.find_best("3001", best));
}

TEST(NumberIndex, TextThatIsNoNumberMatchesNothing) {
    const NumberIndex index = index_of({*NumberPattern::compile("T")});
    EXPECT_EQ(by_index(index, "").size(), 1U);
    for (const std::string& text : {std::string("alice"), std::string(65, '1'), std::string("1 2")})
        EXPECT_TRUE(by_index(index, text).empty()) << text;
}

}  // namespace
}  // namespace weir::dialplan
