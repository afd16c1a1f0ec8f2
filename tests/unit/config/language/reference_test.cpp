// SPDX-License-Identifier: Apache-2.0
// The committed reference page is what the tables say.
#include "config/language/reference.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "config/language/command.hpp"

namespace weir::config::language {
namespace {

TEST(Reference, TheCommittedPageIsWhatTheTablesSay) {
    std::ifstream file(WEIR_SOURCE_DIR "/config/language/REFERENCE.md");
    const std::string committed{std::istreambuf_iterator<char>(file), {}};
    // Not EXPECT_EQ: the page is too long to be shown twice.
    EXPECT_TRUE(committed == reference_page())
        << "write it again: weir reference > config/language/REFERENCE.md";
}

TEST(Reference, HasALineForEveryRow) {
    const std::string page = reference_page();
    std::size_t rows = 0;
    for (const auto& mode : all_modes())
        rows += mode.rows.size();
    std::size_t lines = 0;
    for (std::size_t at = page.find("\n| `"); at != std::string::npos;
         at = page.find("\n| `", at + 1))
        ++lines;
    EXPECT_EQ(lines, rows);
}

}  // namespace
}  // namespace weir::config::language
