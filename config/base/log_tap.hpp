// SPDX-License-Identifier: Apache-2.0
// LogTap: passes log lines on, keeps the last ones, and shows them to whoever asked for them: `show
// logging` and `terminal monitor`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"

namespace weir {

inline constexpr std::size_t kLogTapLines = 500;  // of `show logging`: some screens of them
inline constexpr std::size_t kLogTapBytes = 512;  // of one line that is kept
inline constexpr std::size_t kLogTapRoom = 255;   // what each line has from the start: most fit

// Thread: any. Lines of level debug are passed on and not kept.
class LogTap final : public Logger {
public:
    using Monitor = std::function<void(const std::string& line)>;  // must not block, nor log

    // Both outlive it.
    LogTap(Logger& inner, const Clock& clock);

    void write(LogLevel level, std::string_view event,
               std::initializer_list<LogField> fields) override;

    // The kept lines, the oldest first; each ends in \n.
    [[nodiscard]] std::string recent() const;
    // Called for each line from now on, until it is taken away by an empty one.
    void set_monitor(std::uint64_t id, Monitor monitor);

private:
    Logger& inner_;
    const Clock& clock_;
    mutable std::mutex mutex_;  // log lines come from every control thread
    // A ring whose lines keep their places: each of 500 strings that come and go with the calls
    // would hold a page of a busy hour's memory long after it.
    std::vector<std::string> lines_;
    std::size_t next_ = 0;  // the oldest one, "" until there are so many
    std::map<std::uint64_t, Monitor> monitors_;
};

}  // namespace weir
