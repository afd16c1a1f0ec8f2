// SPDX-License-Identifier: Apache-2.0
// CdrFile: appends CDR lines to a file from a thread of its own, so that a slow disk never stops
// SIP.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/base/gather.hpp"
#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/result.hpp"
#include "signaling/cdr/cdr_log.hpp"

namespace weir::signaling {

// Lines are gathered for so long: to open the file for each of them costs more than its call's
// routing. A crash takes with it what is no older.
inline constexpr auto kCdrGather = std::chrono::milliseconds(50);

// append() from the sip thread, metrics() from any. The file is opened for each batch: it may be
// renamed away (logrotate) at any time. What cannot be written stays queued (kCdrQueue lines) and
// is tried again each second; the mutex guards the queue only and is never held over a system call.
class CdrFile final : public CdrSink {
    struct OpenedOnly {};

public:
    CdrFile(OpenedOnly, std::string path, Logger& log);  // by open()
    // Errors: io, when the file cannot be opened for appending now. `log` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<CdrFile>> open(const std::string& path,
                                                               Logger& log);
    ~CdrFile() override;  // one last attempt to write what is queued

    [[nodiscard]] bool append(std::string line) override;
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    void run();
    [[nodiscard]] bool write_batch(std::string& batch);

    const std::string path_;
    Logger& log_;
    mutable std::mutex mutex_;
    Gather gather_{kCdrGather};      // guarded by mutex_
    std::condition_variable retry_;  // ends the wait for another attempt
    std::deque<std::string> queue_;  // guarded by mutex_
    bool stop_ = false;              // guarded by mutex_
    std::uint64_t full_ = 0;         // guarded by mutex_: lines refused
    std::uint64_t failures_ = 0;     // guarded by mutex_: batches that could not be written
    bool torn_ = false;              // writer: the last write ended inside a line
    std::thread writer_;
};

}  // namespace weir::signaling
