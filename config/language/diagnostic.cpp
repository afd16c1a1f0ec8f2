// SPDX-License-Identifier: Apache-2.0
// How a diagnostic looks on a terminal.
#include <algorithm>

#include "config/base/text.hpp"
#include "config/language/language.hpp"

namespace weir::config::language {
namespace {

constexpr std::size_t kShownBytes = 160;  // of a source line; the caret stays within them

// One column for each byte, so that the caret stands right: what cannot be shown becomes '?'.
std::string shown(std::string_view line) {
    std::string text;
    for (const char c : line)
        text.push_back(c == '\t' ? ' ' : c >= ' ' && c <= '~' ? c : '?');
    return text;
}

}  // namespace

std::string print_diagnostic(const Diagnostic& diagnostic) {
    std::string out = text::printable(diagnostic.file, 200);
    if (diagnostic.line > 0) out += ":" + std::to_string(diagnostic.line);
    if (diagnostic.line > 0 && diagnostic.column > 0)
        out += ":" + std::to_string(diagnostic.column);
    out += diagnostic.severity == Diagnostic::Severity::error ? ": error: " : ": warning: ";
    out += diagnostic.text + "\n";
    if (diagnostic.line > 0 && diagnostic.column > 0) {
        std::size_t caret = diagnostic.column - 1;
        std::string_view line = diagnostic.source_line;
        if (line.size() > kShownBytes && caret > kShownBytes / 2) {
            const std::size_t cut = std::min(caret - kShownBytes / 2, line.size());
            line.remove_prefix(cut);
            caret -= cut;
        }
        out += shown(line.substr(0, kShownBytes)) + "\n" + std::string(caret, ' ') + "^\n";
    }
    if (!diagnostic.suggestion.empty()) out += diagnostic.suggestion + "\n";
    return out;
}

}  // namespace weir::config::language
