// SPDX-License-Identifier: Apache-2.0
// Lines that are kept as they were written, for the files of this folder that read them.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/model/vocabulary.hpp"

namespace weir::config {

using KeptWords = std::vector<std::string_view>;  // of one line

[[nodiscard]] inline bool has(const KeptWords& line, std::string_view word) {
    return std::find(line.begin(), line.end(), word) != line.end();
}

// One of the lines is this text.
[[nodiscard]] inline bool says(const KeptLines& lines, std::string_view text) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const KeptLine& line) { return line.text == text; });
}

}  // namespace weir::config
