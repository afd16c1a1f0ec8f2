// SPDX-License-Identifier: Apache-2.0
// Lints the cases of lint.table: each says which codes must be found, and where.
//
// A case begins with `=== title`, then the configuration; then `--- finds` and the findings in the
// order of lines, each `LINE CODE part of the text`. `--- capacity KEY VALUE ...` gives what the
// platform offers. Blank lines and lines that begin with `##` are ignored.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/language/language.hpp"
#include "config/language/locate.hpp"
#include "dialplan/lint.hpp"

namespace weir::dialplan {
namespace {

struct Case {
    std::string title;
    std::string config;
    std::map<std::string, std::uint64_t> capacity;
    std::vector<std::string> finds;
};

void PrintTo(const Case& row, std::ostream* out) {
    *out << row.title;
}

std::vector<Case> cases() {
    std::vector<Case> rows;
    bool finds = false;
    std::ifstream file(WEIR_SOURCE_DIR "/tests/golden/lint/lint.table");
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with("##")) continue;
        if (line.starts_with("=== ")) {
            rows.push_back({line.substr(4), "", {}, {}});
            finds = false;
        } else if (line.starts_with("--- capacity ")) {
            std::istringstream words(line.substr(13));
            std::string key;
            for (std::uint64_t value = 0; words >> key >> value;)
                rows.back().capacity[key] = value;
        } else if (line == "--- finds") {
            finds = true;
        } else if (finds) {
            rows.back().finds.push_back(line);
        } else {
            rows.back().config += line + "\n";
        }
    }
    return rows;
}

// The findings as the table writes them, in the order of lines.
std::vector<std::string> findings_of(const Case& row) {
    const auto reading = config::language::read_text(row.config, "case");
    if (!reading.config) {
        std::vector<std::string> lines;
        for (const auto& diagnostic : reading.diagnostics)
            lines.push_back("unread: " + print_diagnostic(diagnostic));
        return lines;
    }
    const auto plan = DialPlan::compile(reading.config);
    if (!plan) return {"uncompiled: " + plan.error().context};
    LintInput input{**plan, {}};
    for (const auto& [name, interface] : reading.config->interfaces)
        for (const Prefix& held : interface.addresses)
            input.own.push_back({held.address, 0, 5060});
    if (!row.capacity.empty()) {
        LintCapacity capacity;
        const auto value = [&](const char* key) {
            const auto found = row.capacity.find(key);
            return found == row.capacity.end() ? 0 : found->second;
        };
        capacity.io = "socket";
        capacity.sessions = value("sessions");
        capacity.descriptor_limit = value("descriptors");
        capacity.descriptors_per_call = 8;
        capacity.descriptors_of_process = 64;
        capacity.pre_roll_bytes_per_call = 65536;
        capacity.pre_roll_bytes = value("pre-roll");
        input.capacity = capacity;
    }
    const auto result = lint(input);
    std::vector<config::Finding> wanted;
    for (const auto& finding : result.findings)
        wanted.push_back(
            {config::Finding::Severity::error, finding.block, finding.command, finding.text});
    const auto places = config::language::locate(row.config, "case", wanted);
    std::vector<std::pair<std::uint32_t, std::string>> placed;
    for (std::size_t i = 0; i < places.size(); ++i)
        placed.emplace_back(places[i].line,
                            std::string(result.findings[i].code) + " " + result.findings[i].text);
    std::stable_sort(placed.begin(), placed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> lines;
    for (const auto& [line, text] : placed)
        lines.push_back(std::to_string(line) + " " + text);
    return lines;
}

class Lint : public testing::TestWithParam<Case> {};

TEST_P(Lint, FindsWhatTheTableSays) {
    const auto found = findings_of(GetParam());
    std::string all;
    for (const std::string& line : found)
        all += line + "\n";
    ASSERT_EQ(found.size(), GetParam().finds.size()) << all;
    for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_TRUE(found[i].starts_with(GetParam().finds[i])) << all;
}

INSTANTIATE_TEST_SUITE_P(Table, Lint, testing::ValuesIn(cases()));

// WL001 is the reader's: there is no configuration to lint then.
TEST(LintCodes, EachIsFiredByACase) {
    std::set<std::string, std::less<>> fired{"WL001"};
    for (const Case& row : cases())
        for (const std::string& line : row.finds) {
            std::istringstream words(line);
            std::string number;
            std::string code;
            words >> number >> code;
            fired.insert(code);
        }
    for (const LintRule& rule : lint_rules())
        EXPECT_TRUE(fired.contains(rule.code)) << rule.code;
}

TEST(LintCodes, EachStandsInTheDocumentWithItsNameSeverityAndMeaning) {
    std::ifstream file(WEIR_SOURCE_DIR "/dialplan/LINT.md");
    std::stringstream text;
    text << file.rdbuf();
    for (const LintRule& rule : lint_rules()) {
        const std::string row = "| " + std::string(rule.code) + " " + std::string(rule.name) +
                                " | " + to_string(rule.severity) + " | " +
                                std::string(rule.meaning) + " |";
        EXPECT_NE(text.str().find(row), std::string::npos) << row;
    }
}

TEST(LintExamples, TheDemoIsClean) {
    std::ifstream file(WEIR_SOURCE_DIR "/deploy/examples/demo.cfg");
    std::stringstream text;
    text << file.rdbuf();
    Case demo{"demo", text.str(), {}, {}};
    const auto found = findings_of(demo);
    EXPECT_TRUE(found.empty()) << found.front();
}

}  // namespace
}  // namespace weir::dialplan
