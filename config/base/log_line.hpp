// SPDX-License-Identifier: Apache-2.0
// The text of a log line: names of levels, and fields as key=value.
//
// Thread: any; pure.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

#include "config/base/log.hpp"

namespace weir {

// "debug", "info", "warning", "error"
[[nodiscard]] std::string_view name_of(LogLevel level);

// Bytes, of what a line may hold.
struct LogBounds {
    std::size_t value = 0;  // of one field; the rest of it is "..."
    std::size_t line = std::numeric_limits<std::size_t>::max();  // no field begins beyond it
};

// Appends " key=value" for each field, control bytes as \xNN, in quotes if there are blanks.
void append_fields(std::string& line, std::initializer_list<LogField> fields, LogBounds bounds);

}  // namespace weir
