// SPDX-License-Identifier: Apache-2.0
// Syntax strings and the walk over them.
#include "config/language/grammar.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/language/walk.hpp"

namespace weir::config::language {
namespace {

// "session target" + values of the bindings, or what stopped the walk.
std::string walked(const std::string& syntax, std::string_view line) {
    const auto grammar = Grammar::parse(syntax);
    if (!grammar) return grammar.error().context;
    Walk walk({{&*grammar, 0}}, line);
    for (const auto& word : words_of(line)) {
        const auto step = walk.advance(word);
        if (step == Walk::Step::ambiguous) return "ambiguous";
        if (step == Walk::Step::invalid) return "invalid";
    }
    if (walk.finished().empty()) return "incomplete";
    std::string values;
    for (const auto& binding : walk.bindings(0))
        values += (values.empty() ? "" : "|") + binding.value;
    return values;
}

TEST(Grammar, AChoiceTakesOneBranch) {
    EXPECT_EQ(walked("a {b | c <1-9>} d", "a b d"), "a|b|d");
    EXPECT_EQ(walked("a {b | c <1-9>} d", "a c 3 d"), "a|c|3|d");
    EXPECT_EQ(walked("a {b | c <1-9>} d", "a d"), "invalid");
    EXPECT_EQ(walked("a {b | c <1-9>} d", "a b"), "incomplete");
}

TEST(Grammar, AnOptionMayBeLeftOut) {
    EXPECT_EQ(walked("a [b <1-9>] [c]", "a"), "a");
    EXPECT_EQ(walked("a [b <1-9>] [c]", "a c"), "a|c");
    EXPECT_EQ(walked("a [b <1-9>] [c]", "a b 1 c"), "a|b|1|c");
    EXPECT_EQ(walked("a [b <1-9>] [c]", "a c b 1"), "invalid");
}

TEST(Grammar, ARepetitionTakesOneOrMore) {
    EXPECT_EQ(walked("a {b [c] | d}+", "a b c d b"), "a|b|c|d|b");
    EXPECT_EQ(walked("a {b [c] | d}+", "a"), "incomplete");
    EXPECT_EQ(walked("a <1-9>+", "a 1 2 3"), "a|1|2|3");
}

TEST(Grammar, ALineArgumentTakesTheRestAsItStands) {
    EXPECT_EQ(walked("a <line>", "a  one   two "), "a|one   two");
    EXPECT_EQ(walked("a <line>", "a"), "incomplete");
}

TEST(Grammar, APrefixBelongsToTheWordOfItsArgument) {
    EXPECT_EQ(walked("a {ipv4:<ipv4> | dns:<host>}", "a IPV4:192.0.2.1"), "a|192.0.2.1");
    EXPECT_EQ(walked("a {ipv4:<ipv4> | dns:<host>}", "a dns:x.y"), "a|x.y");
    EXPECT_EQ(walked("a {ipv4:<ipv4> | dns:<host>}", "a ipv4: 192.0.2.1"), "invalid");
}

TEST(Grammar, AKeywordMayBeShortenedWhileItIsUnique) {
    EXPECT_EQ(walked("alpha {beta | bar | bet}", "al bet"), "alpha|bet");
    EXPECT_EQ(walked("alpha {beta | bar | bet}", "al beta"), "alpha|beta");
    EXPECT_EQ(walked("alpha {beta | bar | bet}", "al ba"), "alpha|bar");
    EXPECT_EQ(walked("alpha {beta | bar | bet}", "al be"), "ambiguous");
}

TEST(Grammar, AnAbbreviationNeverTakesANameAway) {
    EXPECT_EQ(walked("a {sip preference | <name> {sip | tel}}", "a s tel"), "a|s|tel");
    EXPECT_EQ(walked("a {sip preference | <name> {sip | tel}}", "a sip tel"), "a|sip|tel");
    EXPECT_EQ(walked("a {sip preference | <name> {sip | tel}}", "a sip pref"), "a|sip|preference");
}

TEST(Grammar, FixedWordsEndBeforeTheFirstArgumentOrBracket) {
    EXPECT_EQ(Grammar::parse("session target {ipv4:<ipv4>}")->fixed_text(), "session target");
    EXPECT_EQ(Grammar::parse("timers trying <1-9>")->fixed_text(), "timers trying");
    EXPECT_EQ(Grammar::parse("host dns:<host>")->fixed_text(), "host");
    EXPECT_EQ(Grammar::parse("huntstop")->fixed_text(), "huntstop");
}

TEST(Grammar, AWrongSyntaxIsAnError) {
    for (const char* syntax :
         {"", "a {b", "a [b", "a }", "a <1-", "a <nothing>", "[a]", "a |", "a {b]"})
        EXPECT_FALSE(Grammar::parse(syntax)) << syntax;
}

}  // namespace
}  // namespace weir::config::language
