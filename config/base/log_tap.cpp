// SPDX-License-Identifier: Apache-2.0
// One text for the ring and for every monitor.
#include "config/base/log_tap.hpp"

#include <utility>

#include "config/base/log_line.hpp"

namespace weir {
LogTap::LogTap(Logger& inner, const Clock& clock)
    : inner_(inner), clock_(clock), lines_(kLogTapLines) {
    for (std::string& line : lines_)
        line.reserve(kLogTapRoom);
}

void LogTap::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    inner_.write(level, event, fields);
    if (level == LogLevel::debug) return;
    std::string line = iso8601(clock_.wall());
    line.append(" ").append(name_of(level)).append(" ").append(event);
    append_fields(line, fields, {.value = kLogTapBytes, .line = kLogTapBytes});
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
