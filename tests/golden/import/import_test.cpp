// SPDX-License-Identifier: Apache-2.0
// Imports the captures of tests/golden/import and holds the reports to what NAME.verdicts says.
//
// A line of NAME.verdicts is "NUMBER verdict" or "NUMBER verdict: part of the note"; `config` or
// `platform` in place of the number, and a line that must stand there (after `no`: must not).
// The verdict `taken` is "carried" or, until the work is done that gives it effect, "without
// effect". Lines that begin with # are comments.
#include "config/import/import.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/base/text.hpp"
#include "config/language/language.hpp"
#include "config/platform/platform.hpp"

namespace weir::config {
namespace {

const char* const kFolder = WEIR_SOURCE_DIR "/tests/golden/import";

std::vector<std::string> captures() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder))
        if (entry.path().extension() == ".capture") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string contents(const std::string& name) {
    std::ifstream file(std::string(kFolder) + "/" + name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

class GoldenImport : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        capture_ = contents(GetParam() + ".capture");
        auto result = import_text(capture_, GetParam());
        ASSERT_TRUE(result.has_value()) << result.error().context;
        import_ = *std::move(result);
    }

    std::string capture_;
    Import import_;
};

TEST_P(GoldenImport, ReportsEveryLineOnceInOrder) {
    const auto count = static_cast<std::size_t>(std::count(capture_.begin(), capture_.end(), '\n'));
    ASSERT_EQ(import_.report.lines.size(), count);
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_EQ(import_.report.lines[i].number, i + 1);
}

TEST_P(GoldenImport, GivesWhatIsNotCarriedItsReason) {
    for (const ReportLine& line : import_.report.lines)
        if (line.verdict != Verdict::carried && line.verdict != Verdict::ignored) {
            EXPECT_FALSE(line.note.empty()) << line.number << ": " << line.text;
        }
}

TEST_P(GoldenImport, WritesFilesThatLoad) {
    for (const auto& diagnostic : language::read_text(import_.config, "weir.cfg").diagnostics)
        EXPECT_EQ(diagnostic.severity, language::Diagnostic::Severity::warning)
            << language::print_diagnostic(diagnostic);
    for (const PlatformError& error : parse_platform(import_.platform, "platform.yaml").errors)
        ADD_FAILURE() << to_string("platform.yaml", error) << "\n" << import_.platform;
}

TEST_P(GoldenImport, ImportingTheResultChangesNothing) {
    const auto again = import_text(import_.config, "weir.cfg");
    ASSERT_TRUE(again.has_value()) << again.error().context;
    EXPECT_EQ(again->config, import_.config);
}

TEST_P(GoldenImport, SaysOfTheLinesWhatTheTableSays) {
    std::istringstream table(contents(GetParam() + ".verdicts"));
    std::size_t rows = 0;
    for (std::string row; std::getline(table, row);) {
        if (row.empty() || row.front() == '#') continue;
        ++rows;
        const auto blank = row.find(' ');
        const std::string what = row.substr(0, blank);
        const std::string rest = row.substr(blank + 1);
        if (what == "config" || what == "platform") {
            const bool absent = rest.starts_with("no ");
            EXPECT_NE(has_line(what == "config" ? import_.config : import_.platform,
                               absent ? rest.substr(3) : rest),
                      absent)
                << row;
            continue;
        }
        const auto number = text::number(what);
        ASSERT_TRUE(number && *number >= 1 && *number <= import_.report.lines.size()) << row;
        const ReportLine& line = import_.report.lines[*number - 1];
        const auto colon = rest.find(": ");
        const bool taken =
            line.verdict == Verdict::carried || line.verdict == Verdict::without_effect;
        EXPECT_EQ(rest.starts_with("taken") && taken ? "taken" : to_string(line.verdict),
                  rest.substr(0, colon))
            << row << "\n"
            << line.text << " > " << line.note;
        if (colon != std::string::npos) {
            EXPECT_THAT(line.note, testing::HasSubstr(rest.substr(colon + 2))) << line.text;
        }
    }
    EXPECT_GT(rows, 0U);
}

INSTANTIATE_TEST_SUITE_P(Captures, GoldenImport, testing::ValuesIn(captures()),
                         [](const auto& each) {
                             std::string name = each.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace weir::config
