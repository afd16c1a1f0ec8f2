// SPDX-License-Identifier: Apache-2.0
// Runs the text tables of tests/golden/language against the reader and the printer.
//
// A table is a list of cases. A case begins with `=== title`, then the configuration; then
// `--- prints` and what print_running_config makes of it (without the last `!` and `end`), or
// `--- says` and, one on each line, a part of each diagnostic ("3:2: error: ...") in order. A case
// may have both. Blank lines and lines that begin with `##` are ignored.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/language/language.hpp"

namespace weir::config::language {
namespace {

struct Case {
    std::string table;
    std::string title;
    std::string input;
    std::string prints;
    std::vector<std::string> says;
    bool checks_print = false;
};

void PrintTo(const Case& row, std::ostream* out) {
    *out << row.table << ": " << row.title;
}

std::vector<Case> cases_of(const std::filesystem::path& path) {
    std::vector<Case> cases;
    enum class Part { input, prints, says } part = Part::input;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with("##")) continue;
        if (line.starts_with("=== ")) {
            cases.push_back({path.stem().string(), line.substr(4), "", "", {}, false});
            part = Part::input;
        } else if (line == "--- prints") {
            part = Part::prints;
            cases.back().checks_print = true;
        } else if (line == "--- says") {
            part = Part::says;
        } else if (part == Part::says) {
            cases.back().says.push_back(line);
        } else {
            (part == Part::input ? cases.back().input : cases.back().prints) += line + "\n";
        }
    }
    return cases;
}

std::vector<Case> all_cases() {
    std::vector<std::filesystem::path> tables;
    for (const auto& entry :
         std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/tests/golden/language"))
        if (entry.path().extension() == ".test") tables.push_back(entry.path());
    std::sort(tables.begin(), tables.end());
    std::vector<Case> cases;
    for (const auto& table : tables)
        for (auto& row : cases_of(table))
            cases.push_back(std::move(row));
    return cases;
}

std::string body_of(std::string printed) {
    for (const std::string tail : {"end\n", "!\n"})
        if (printed.ends_with(tail)) printed.resize(printed.size() - tail.size());
    return printed;
}

class GoldenLanguage : public testing::TestWithParam<Case> {};

TEST_P(GoldenLanguage, ReadsAndPrintsAsTheTableSays) {
    const Case& row = GetParam();
    const auto result = read_text(row.input, "case");
    std::string all;
    for (const auto& diagnostic : result.diagnostics)
        all += print_diagnostic(diagnostic);
    ASSERT_EQ(result.diagnostics.size(), row.says.size()) << all;
    for (std::size_t i = 0; i < row.says.size(); ++i) {
        std::string text = print_diagnostic(result.diagnostics[i]);
        text = text.substr(text.find("case:") + 5);
        EXPECT_NE(text.find(row.says[i]), std::string::npos)
            << "expected: " << row.says[i] << "\nsaid: " << text;
    }
    if (!row.checks_print) return;
    ASSERT_NE(result.config, nullptr) << all;
    const std::string printed = print_running_config(*result.config);
    EXPECT_EQ(body_of(printed), row.prints);
    const auto again = read_text(printed, "printed");
    ASSERT_NE(again.config, nullptr) << printed;
    EXPECT_EQ(print_running_config(*again.config), printed);
}

TEST(Examples, AreReadWithoutADiagnostic) {
    for (const auto& entry :
         std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/deploy/examples")) {
        if (entry.path().extension() != ".cfg") continue;
        const auto result = read_file(entry.path().string());
        for (const auto& diagnostic : result.diagnostics)
            ADD_FAILURE() << print_diagnostic(diagnostic);
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, GoldenLanguage, testing::ValuesIn(all_cases()));

}  // namespace
}  // namespace weir::config::language
