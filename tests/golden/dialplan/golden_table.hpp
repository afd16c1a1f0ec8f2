// SPDX-License-Identifier: Apache-2.0
// Reads the tables of this folder into rows of words.
#pragma once

#include <string>
#include <vector>

namespace weir::tests {

struct Row {
    std::string place;  // "hunt.table:12", for the message of a failing row
    std::vector<std::string> words;
};

// Fails the running test when the table cannot be read or a row has another number of columns.
[[nodiscard]] std::vector<Row> read_table(const std::string& name, std::size_t columns);

}  // namespace weir::tests
