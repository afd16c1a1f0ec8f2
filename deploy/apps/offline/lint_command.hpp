// SPDX-License-Identifier: Apache-2.0
// weir check --lint.
#pragma once

#include <string>
#include <vector>

#include "config/language/language.hpp"
#include "deploy/apps/options.hpp"
#include "dialplan/lint.hpp"

namespace weir::apps {

// 0: no error was found (notes and warnings may have been). 1: errors, or the file cannot be read.
[[nodiscard]] int lint_command(const std::string& file, const Options& options);

// A finding at its place; line 0 = the whole file.
struct PlacedFinding {
    dialplan::LintFinding finding;
    config::language::Diagnostic place;
};

// For people, in the order of lines: place, sentence, line with caret, advice, code.
[[nodiscard]] std::string lint_text(const std::vector<PlacedFinding>& findings);
// {"file", "findings": [{"code", "name", "severity", "file", "line", "column", "block", "command",
// "text", "advice"}], "errors", "warnings", "notes"} on one line.
[[nodiscard]] std::string lint_json(const std::string& file,
                                    const std::vector<PlacedFinding>& findings);

}  // namespace weir::apps
