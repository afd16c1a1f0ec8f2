// SPDX-License-Identifier: Apache-2.0
// One text for the ring and for every monitor.
#include "config/base/log_tap.hpp"

#include <utility>

#include "config/base/text.hpp"

namespace weir {
namespace {

const char* word_of(LogLevel level) {
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

}  // namespace

LogTap::LogTap(Logger& inner, const Clock& clock)
    : inner_(inner), clock_(clock), lines_(kLogTapLines) {
    for (std::string& line : lines_)
        line.reserve(kLogTapRoom);
}

void LogTap::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    inner_.write(level, event, fields);
    if (level == LogLevel::debug) return;
    std::string line = iso8601(clock_.wall()) + " " + word_of(level) + " " + std::string(event);
    for (const LogField& field : fields) {
        if (line.size() >= kLogTapBytes) break;
        line.append(" ").append(field.key).append("=");
        const std::string value = text::printable(field.value, kLogTapBytes);
        const bool quote = value.empty() || value.find(' ') != std::string::npos;
        line += quote ? "\"" + value + "\"" : value;
    }
    line += "\n";
    const std::lock_guard lock(mutex_);
    for (const auto& [id, monitor] : monitors_)
        monitor(line);
    lines_[next_].assign(line);
    next_ = (next_ + 1) % lines_.size();
}

std::string LogTap::recent() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (std::size_t i = 0; i < lines_.size(); ++i)
        text += lines_[(next_ + i) % lines_.size()];
    return text;
}

void LogTap::set_monitor(std::uint64_t id, Monitor monitor) {
    const std::lock_guard lock(mutex_);
    if (monitor)
        monitors_[id] = std::move(monitor);
    else
        monitors_.erase(id);
}

}  // namespace weir
