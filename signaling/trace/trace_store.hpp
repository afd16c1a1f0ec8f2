// SPDX-License-Identifier: Apache-2.0
// TraceStore: a bounded ring of segment files, written by a thread of its own, so that a slow disk
// never stops SIP.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "config/base/writer_thread.hpp"
#include "signaling/trace/trace_limits.hpp"

namespace weir::signaling {

struct TraceStoreSettings {
    std::string directory;                      // made if it is not there; its parent must be
    std::uint64_t megabytes = kTraceMegabytes;  // bound of all segments and their indexes
};

// Takes records from the sip thread. `NNNNNNNNNN.trace` holds records, `NNNNNNNNNN.index` beside it
// one line for each thing that a call is found by; `NAME.cfg` are the configurations of the calls.
// When the disk is full or away records are lost and counted, and the next batch tries again. What
// is queued at its end is written.
class TraceStore {
    struct OpenedOnly {};

public:
    TraceStore(OpenedOnly, TraceStoreSettings settings, Logger& log);  // by open()
    // Errors: io, when the directory cannot be made or written now. `log` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<TraceStore>> open(TraceStoreSettings settings,
                                                                  Logger& log);

    // Whole records, and the lines of the index that belong to them. Never blocks on the disk;
    // false: kTraceQueueBytes wait already, and these are lost.
    bool append(std::string_view records, std::string_view index);
    // A configuration, once: `name` is what the records say. `print` runs on the store's thread.
    void keep_config(const std::string& name, std::function<std::string()> print);
    void set_megabytes(std::uint64_t megabytes);  // from the next segment on
    // Waits until what was appended is in the files, kTraceFlushWait at most. Thread: not sip.
    void flush();
    [[nodiscard]] const std::string& directory() const { return settings_.directory; }
    [[nodiscard]] std::vector<Metric> metrics() const;  // thread: any

private:
    struct Batch {
        std::string records;
        std::string index;
        std::vector<std::pair<std::string, std::function<std::string()>>> configs;
        [[nodiscard]] bool is_empty() const { return records.empty() && configs.empty(); }
        void clear();  // keeps room for the next batch, kTraceKeptRoom at most
    };
    [[nodiscard]] bool write_queued(WriterThread::Lock& lock);
    [[nodiscard]] bool write(const Batch& batch, std::uint64_t megabytes);
    [[nodiscard]] bool open_segment(std::uint64_t megabytes);
    void give_back_cache();
    void drop_oldest();

    const TraceStoreSettings settings_;
    Logger& log_;
    std::condition_variable idle_;
    Batch queued_;  // guarded by the writer's lock, as all up to `failures_`
    bool is_writing_ = false;
    std::uint64_t megabytes_;
    std::uint64_t records_bytes_ = 0;
    std::uint64_t lost_bytes_ = 0;
    std::uint64_t failures_ = 0;
    Batch written_;          // what is being written; then the room of the next batch
    UniqueFd records_file_;  // the writer's, as what follows
    UniqueFd index_file_;
    std::uint64_t segment_;           // number of the open one
    std::uint64_t segment_size_ = 0;  // bytes, with its index
    std::uint64_t records_size_ = 0;  // bytes, without
    std::uint64_t sent_to_disk_ = 0;  // of them, in whole steps of kTraceCached
    bool told_failure_ = false;
    WriterThread writer_;
};

// The segments of a directory by their numbers, the oldest first.
[[nodiscard]] std::vector<std::uint64_t> trace_segments(const std::string& directory);
// "0000000042.trace"
[[nodiscard]] std::string trace_file_name(std::uint64_t segment, std::string_view extension);

}  // namespace weir::signaling
