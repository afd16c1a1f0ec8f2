// SPDX-License-Identifier: Apache-2.0
// Reads the tables of this folder into rows of words.
#include "tests/golden/dialplan/golden_table.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "config/base/text.hpp"

namespace weir::tests {

std::vector<Row> read_table(const std::string& name, std::size_t columns) {
    std::ifstream file(std::string(WEIR_SOURCE_DIR) + "/tests/golden/dialplan/" + name);
    EXPECT_TRUE(file.is_open()) << name;
    std::vector<Row> rows;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        if (line.starts_with("# ") || line.empty()) continue;
        Row row{name + ":" + std::to_string(number), {}};
        for (const auto word : text::words(line))
            row.words.emplace_back(word == "-" ? "" : word);
        EXPECT_EQ(row.words.size(), columns) << row.place;
        if (row.words.size() == columns) rows.push_back(std::move(row));
    }
    EXPECT_FALSE(rows.empty()) << name << " has no rows";
    return rows;
}

}  // namespace weir::tests
