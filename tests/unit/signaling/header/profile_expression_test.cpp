// SPDX-License-Identifier: Apache-2.0
// The dialect of spec D.1 against RE2: what each sign means, and what is refused.
#include "signaling/header/profile_expression.hpp"

#include <gtest/gtest.h>

#include "tests/support/row_name.hpp"

namespace weir::signaling {
namespace {

struct Row {
    const char* expression;
    const char* line;
    const char* whole;  // "-" = no match
    const char* group = "";
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << tests::row_name({row.expression, row.line});
}

class Dialect : public testing::TestWithParam<Row> {};

TEST_P(Dialect, FindsTheLeftmostMatch) {
    const Row& row = GetParam();
    const auto expression = ProfileExpression::compile(row.expression);
    ASSERT_TRUE(expression) << expression.error().context;
    const auto match = expression->find(row.line);
    EXPECT_EQ(match ? (*match)[0] : "-", row.whole) << row.expression;
    EXPECT_EQ(match ? (*match)[1] : "", row.group);
}

INSTANTIATE_TEST_SUITE_P(
    SpecD1, Dialect,
    testing::Values(
        Row{"<sip:(.*)@", "From: <sip:100@a>", "<sip:100@", "100"},
        Row{"<sip:(.*)@.*>", "Diversion: <sip:5@h@g>;x=<y>", "<sip:5@h@g>;x=<y>", "5@h"},
        Row{"(a=sendonly|a=recvonly|a=inactive)", "a=inactive", "a=inactive", "a=inactive"},
        Row{"a=(sendonly|recvonly)", "a=sendrecv", "-"},
        Row{"sip:\\+(.*)@.*;user=phone", "INVITE sip:+44@x;user=phone SIP/2.0",
            "sip:+44@x;user=phone", "44"},
        Row{"^From", "From: x", "From"}, Row{"^rom", "From: x", "-"}, Row{"x$", "From: x", "x"},
        Row{"a.c", "abc", "abc"}, Row{"a\\.c", "abc", "-"}, Row{"[0-9]+", "ab12c", "12"},
        Row{"[^0-9]+", "12ab", "ab"}, Row{"[]a]+", "x]a]", "]a]"}, Row{"[a\\]]+", "x]a", "]a"},
        Row{"[a-]+", "x-a-", "-a-"}, Row{"colou?r", "color", "color"}, Row{"\\x41B", "xAB", "AB"},
        Row{"a\"b", "a\"b", "a\"b"}, Row{"A", "a", "-"}, Row{"\\$5", "cost $5", "$5"},
        Row{"((a)b)", "ab", "ab", "ab"}));

TEST(ProfileExpression, RefusesWhatTheDialectLacks) {
    for (const char* text : {"", "(?:a)", "(?=a)", "a{2}", "(a", "a)", "[a", "\\d", "\\1", "*a",
                             "(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)"})
        EXPECT_FALSE(ProfileExpression::compile(text)) << text;
}

TEST(ProfileExpression, TakesLinearTimeOnTheClassicBomb) {
    const auto expression = ProfileExpression::compile("(a*)*b");
    ASSERT_TRUE(expression) << expression.error().context;
    EXPECT_FALSE(expression->find(std::string(65536, 'a')));
}

std::string expand(const char* text, const ProfileMatch& match = {},
                   const ProfileVariables& variables = {}) {
    const auto compiled = ProfileText::compile(text);
    if (!compiled) return "refused";
    return compiled->expand(match, variables).value_or("nothing");
}

TEST(ProfileText, PutsInGroupsVariablesAndBytes) {
    ProfileMatch match;
    match[1] = "one";
    match[2] = "two";
    EXPECT_EQ(expand("\\2-\\1-\\3.", match), "two-one-.");
    EXPECT_EQ(expand("X: \\u01\\u99", {}, {{1, "a"}, {99, "b"}}), "X: ab");
    EXPECT_EQ(expand("a\\x0D\\x0Ab"), "a\r\nb");
    EXPECT_EQ(expand("\\\\ \\\" &"), "\\ \" &");
}

TEST(ProfileText, SaysNothingWithoutAValueForItsVariable) {
    EXPECT_EQ(expand("X: \\u07", {}, {{8, "a"}}), "nothing");
}

TEST(ProfileText, RefusesUnknownEscapes) {
    for (const char* text : {"\\0", "\\u00", "\\u1", "\\xZZ", "\\n", "a\\"})
        EXPECT_EQ(expand(text), "refused") << text;
}

}  // namespace
}  // namespace weir::signaling
