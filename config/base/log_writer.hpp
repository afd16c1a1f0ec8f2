// SPDX-License-Identifier: Apache-2.0
// LogWriter: log lines to a file or to stderr from a thread of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "config/base/writer_thread.hpp"

namespace weir {

// Lines of a busy node are gathered for so long. A crash takes with it what is no older.
inline constexpr auto kLogGather = std::chrono::milliseconds(50);

// Thread: any for append(). What is queued at its end is written.
class LogWriter {
public:
    // Writes to `file`, or to stderr when it holds none.
    explicit LogWriter(UniqueFd file);

    // `line` with its \n. Never blocks on the disk: when kLogQueueLines wait the oldest is lost,
    // which a later line says. `is_urgent` wakes the writer at once.
    void append(std::string line, bool is_urgent);

private:
    [[nodiscard]] bool write_queued(WriterThread::Lock& lock);
    [[nodiscard]] bool write_all(std::string_view text);

    const UniqueFd file_;
    std::deque<std::string> queue_;  // guarded by the writer's lock
    std::uint64_t lost_ = 0;         // guarded by it: lines, since the last one that said so
    std::string batch_;              // the writer's; keeps its room from one turn to the next
    WriterThread writer_;
};

// Opens `path` for appending and makes its folders. Errors: io.
[[nodiscard]] Result<UniqueFd> open_log(const std::string& path);

}  // namespace weir
