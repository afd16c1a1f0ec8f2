// SPDX-License-Identifier: Apache-2.0
// Log lines: an event name and key=value fields, asynchronous, the oldest dropped when too many.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "config/base/result.hpp"

namespace weir {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogField {
    std::string_view key;
    std::string value;

    LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
    LogField(std::string_view k, const char* v) : key(k), value(v) {}
    template <typename Number>
    requires std::is_arithmetic_v<Number> LogField(std::string_view k, Number v)
        : key(k), value(std::to_string(v)) {}
};

// Thread: any. Never blocks: a background thread writes; when it cannot follow, the oldest lines
// are dropped. A call site may write kLogLinesPerSecond lines a second (limits.hpp), then the rest
// are counted and reported as suppressed=N on its next line. Values are made printable; never log
// secrets.
class Logger {
public:
    virtual ~Logger() = default;
    virtual void write(LogLevel level, std::string_view event,
                       std::initializer_list<LogField> fields) = 0;

    void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::debug, event, fields);
    }
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::error, event, fields);
    }
};

// "2026-11-21T04:48:34.123Z weir-sip info call.answered call_id=..." to `path`, or to stderr if
// empty.
[[nodiscard]] Result<std::unique_ptr<Logger>> make_logger(const std::string& process,
                                                          const std::string& path, LogLevel level);

// Swallows everything; for tests and benches.
class NullLogger final : public Logger {
public:
    void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

}  // namespace weir
