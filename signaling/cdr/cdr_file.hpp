// SPDX-License-Identifier: Apache-2.0
// CdrFile: appends CDR lines to a file from a thread of its own, so that a slow disk never stops
// SIP.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/result.hpp"
#include "config/base/writer_thread.hpp"
#include "signaling/cdr/cdr_log.hpp"

namespace weir::signaling {

// Lines are gathered for so long: to open the file for each of them costs more than its call's
// routing. A crash takes with it what is no older.
inline constexpr auto kCdrGather = std::chrono::milliseconds(50);

// append() from the sip thread, metrics() from any. The file is opened for each batch: it may be
// renamed away (logrotate) at any time. What cannot be written stays queued (kCdrQueue lines) and
// is tried again each second, and once more at the end.
class CdrFile final : public CdrSink {
    struct OpenedOnly {};

public:
    CdrFile(OpenedOnly, std::string path, Logger& log);  // by open()
    // Errors: io, when the file cannot be opened for appending now. `log` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<CdrFile>> open(const std::string& path,
                                                               Logger& log);

    [[nodiscard]] bool append(std::string line) override;
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    [[nodiscard]] bool write_queued(WriterThread::Lock& lock);
    [[nodiscard]] bool write_batch(std::string& batch);

    const std::string path_;
    Logger& log_;
    std::deque<std::string> queue_;  // guarded by the writer's lock
    std::uint64_t full_ = 0;         // guarded by it: lines refused
    std::uint64_t failures_ = 0;     // guarded by it: batches that could not be written
    bool torn_ = false;              // the writer's: the last write ended inside a line
    std::string batch_;              // the writer's; keeps its room from one turn to the next
    WriterThread writer_;
};

}  // namespace weir::signaling
