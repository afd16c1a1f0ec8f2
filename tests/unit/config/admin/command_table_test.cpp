// SPDX-License-Identifier: Apache-2.0
// Operator commands: abbreviation, carets, help and filters.
#include "config/admin/command_table.hpp"

#include <gtest/gtest.h>

#include "config/admin/runner.hpp"

namespace weir::config {
namespace {

CommandTable sample() {
    CommandTable table;
    const auto says = [](const std::string& text) {
        return [text](const std::vector<std::string>& arguments, const Respond& respond) {
            std::string all = text;
            for (const std::string& argument : arguments)
                all += " [" + argument + "]";
            respond({true, all + "\n"});
        };
    };
    table.add({"show version", "version", says("V")});
    table.add({"show voip rtp connections", "ports", says("one 10\n two 20\nthree 10\n")});
    table.add({"show voip rtp forking", "forks", says("F")});
    table.add({"show recording ledger", "ledger", says("L")});
    table.add({"show recording ledger json", "ledger as JSON", says("J")});
    table.add({"show dial-peer voice summary", "peers", says("S")});
    table.add({"show dial-peer voice <tag>", "one peer", says("P")});
    return table;
}

Answer run(const std::string& line) {
    Answer got{false, "no answer"};
    int answers = 0;
    run_line(sample(), line, [&](Answer answer) {
        if (answer.print) answer = {answer.ok, answer.take()};
        got = std::move(answer);
        ++answers;
    });
    EXPECT_EQ(answers, 1);
    return got;
}

TEST(CommandTable, RunsAnExactCommand) {
    EXPECT_EQ(run("show version").text, "V\n");
}
TEST(CommandTable, AcceptsUniqueAbbreviationsInAnyCase) {
    EXPECT_EQ(run("SH voip rt fork\r\n").text, "F\n");
}
TEST(CommandTable, ALongerCommandWithTheSameStartIsAnother) {
    EXPECT_EQ(run("show rec led j").text, "J\n");
}
TEST(CommandTable, AnArgumentIsHandedOver) {
    EXPECT_EQ(run("show dial voi 123").text, "P [123]\n");
}
TEST(CommandTable, AKeywordGoesBeforeAnArgument) {
    EXPECT_EQ(run("show dial voi sum").text, "S\n");
}

TEST(CommandTable, AmbiguousWordIsRefusedInTheWordsOfIos) {
    const Answer answer = run("show v");
    EXPECT_FALSE(answer.ok);
    EXPECT_EQ(answer.text, "% Ambiguous command:  \"show v\"\n");
}

TEST(CommandTable, CaretStandsUnderTheBadWord) {
    const Answer answer = run("show voip nonsense");
    EXPECT_FALSE(answer.ok);
    EXPECT_EQ(answer.text,
              "show voip nonsense\n          ^\n% Invalid input detected at '^' marker.\n");
}

TEST(CommandTable, WordBehindTheEndIsInvalid) {
    EXPECT_EQ(run("show version x").text,
              "show version x\n             ^\n% Invalid input detected at '^' marker.\n");
}
TEST(CommandTable, MissingWordIsIncomplete) {
    EXPECT_EQ(run("show voip").text, "% Incomplete command.\n");
}
TEST(CommandTable, EmptyLineIsIncomplete) {
    EXPECT_FALSE(run("  ").ok);
}
TEST(CommandTable, HelpListsTheNextWords) {
    EXPECT_EQ(run("show rec?").text, "  recording\n");
}
TEST(CommandTable, HelpSaysWhatWordsThatOthersFollowAreFor) {
    CommandTable table = sample();
    table.describe("show", "Show what runs");
    table.describe("show voip", "RTP");
    EXPECT_EQ(table.help(""), "  show                 Show what runs\n");
    EXPECT_EQ(table.help("sh vo"), "  voip                 RTP\n");
}
TEST(CommandTable, HelpListsTheEndOfACommand) {
    EXPECT_EQ(run("show recording ledger ?").text,
              "  <cr>                 ledger\n  json                 ledger as JSON\n");
}

TEST(OutputFilter, IncludeKeepsMatchingLines) {
    EXPECT_EQ(run("show voip rtp conn | inc 10$").text, "one 10\nthree 10\n");
}
TEST(OutputFilter, ExcludeDropsMatchingLines) {
    EXPECT_EQ(run("show voip rtp conn | exclude 10").text, " two 20\n\n");
}
TEST(OutputFilter, BeginStartsAtTheFirstMatch) {
    EXPECT_EQ(run("show voip rtp conn | begin two").text, " two 20\nthree 10\n\n");
}
TEST(OutputFilter, SectionKeepsWhatIsIndentedBelow) {
    EXPECT_EQ(run("show voip rtp conn | section one").text, "one 10\n two 20\n");
}
TEST(OutputFilter, CountCounts) {
    EXPECT_EQ(run("show voip rtp conn | count one|two").text,
              "Number of lines which match regexp = 2\n");
}
TEST(OutputFilter, UnknownFilterIsRefused) {
    EXPECT_FALSE(run("show version | frobnicate x").ok);
}
TEST(OutputFilter, BadExpressionIsRefused) {
    EXPECT_FALSE(run("show version | include (").ok);
}
TEST(OutputFilter, LongExpressionIsRefused) {
    EXPECT_FALSE(run("show version | include " + std::string(300, 'a')).ok);
}

}  // namespace
}  // namespace weir::config
