// SPDX-License-Identifier: Apache-2.0
// Fields of a log line.
#include "config/base/log_line.hpp"

#include <algorithm>

#include "config/base/text.hpp"

namespace weir {
namespace {

bool is_plain(char c) {
    return c > ' ' && c < 0x7F;
}

}  // namespace

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "info";
}

void append_fields(std::string& line, std::initializer_list<LogField> fields, LogBounds bounds) {
    for (const LogField& field : fields) {
        if (line.size() >= bounds.line) return;
        line.append(" ").append(field.key).append("=");
        const std::string& value = field.value;
        // Nearly every value is a word: it goes without a copy.
        if (!value.empty() && value.size() <= bounds.value &&
            std::ranges::all_of(value, is_plain)) {
            line += value;
            continue;
        }
        const std::string shown = text::printable(value, bounds.value);
        const bool quote = shown.empty() || shown.find(' ') != std::string::npos;
        if (quote) line.push_back('"');
        line += shown;
        if (quote) line.push_back('"');
    }
}

}  // namespace weir
