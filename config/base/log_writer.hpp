// SPDX-License-Identifier: Apache-2.0
// LogWriter: log lines to a file or to stderr from a thread of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "config/base/gather.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir {

// Lines of a busy node are gathered for so long. A crash takes with it what is no older.
inline constexpr auto kLogGather = std::chrono::milliseconds(50);

// Thread: any for append(). The mutex guards the queue and is never held over a system call.
class LogWriter {
public:
    // Writes to `file`, or to stderr when it holds none.
    explicit LogWriter(UniqueFd file);
    ~LogWriter();  // writes what is queued
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    // `line` with its \n. Never blocks on the disk: when kLogQueueLines wait the oldest is lost,
    // which a later line says. `is_urgent` wakes the writer at once.
    void append(std::string line, bool is_urgent);

private:
    void run();
    [[nodiscard]] bool write_all(std::string_view text);

    const UniqueFd file_;
    std::mutex mutex_;
    Gather gather_{kLogGather};  // guarded by mutex_, as what follows
    std::deque<std::string> queue_;
    std::uint64_t lost_ = 0;  // lines, since the last one that said so
    bool stop_ = false;
    std::thread writer_;
};

// Opens `path` for appending and makes its folders. Errors: io.
[[nodiscard]] Result<UniqueFd> open_log(const std::string& path);

}  // namespace weir
