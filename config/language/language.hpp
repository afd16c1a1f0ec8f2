// SPDX-License-Identifier: Apache-2.0
// The IOS-like language: reading and printing configurations, and help. The public header of the
// folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/language/mode_id.hpp"
#include "config/language/print_depth.hpp"
#include "config/model/config.hpp"

namespace weir::config::language {

struct Diagnostic {
    enum class Severity : std::uint8_t { error, warning };
    Severity severity = Severity::error;
    std::string file{};
    std::uint32_t line = 0;     // 1-based; 0 = the whole file
    std::uint32_t column = 0;   // 1-based, in bytes; 0 = the whole line
    std::string text{};         // one sentence
    std::string source_line{};  // as it stands in the file, without line end
    std::string suggestion{};   // "did you mean \"session\"?", or empty
};

struct ReadResult {
    ConfigPtr config;                     // null if any diagnostic is an error
    std::vector<Diagnostic> diagnostics;  // in the order of lines, at most kConfigMaxErrors
    std::size_t suppressed = 0;           // further ones that were only counted
};

// Reads a whole configuration: every error of the text in one run, then the checks across
// commands (config/model/validate.hpp). Any bytes may be given: the work is bounded by
// kConfigMaxBytes and kConfigMaxLine. `file_name` is for the diagnostics. Thread: any.
[[nodiscard]] ReadResult read_text(std::string_view text, const std::string& file_name);

// The same from a regular file of at most kConfigMaxBytes; what is wrong with the file itself is a
// diagnostic with line 0.
[[nodiscard]] ReadResult read_file(const std::string& path);

// "file:12:5: error: text", the line, a caret below the column, the suggestion; each ends in \n.
[[nodiscard]] std::string print_diagnostic(const Diagnostic& diagnostic);

// The configuration as `show running-config` has it (spec H.1): canonical order, defaults left out,
// `!` between blocks, `end` last. Reading the result gives the same configuration.
// With PrintDepth::all the commands that hold one value are written at their default, too.
[[nodiscard]] std::string print_running_config(const Config& config,
                                               PrintDepth depth = PrintDepth::changed);

struct HelpItem {
    std::string word;  // a keyword, or what kind of argument: "<0-10>", "A.B.C.D", "WORD", "<cr>"
    std::string text;
    bool keyword = false;  // can be completed
    bool operator==(const HelpItem&) const = default;
};

// What `?` shows behind a partial line in a mode: the next words if the line is empty or ends with
// a blank, else the words that the last one can become. Empty if the line is wrong. Sorted by word.
[[nodiscard]] std::vector<HelpItem> help(ModeId mode, std::string_view partial_line);

// What TAB makes of the last word: the keywords it can become, in full.
[[nodiscard]] std::vector<std::string> complete(ModeId mode, std::string_view partial_line);

}  // namespace weir::config::language
