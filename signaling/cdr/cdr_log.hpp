// SPDX-License-Identifier: Apache-2.0
// CdrLog: one line per ended call, held back until the call's recordings are settled.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/cdr/cdr_record.hpp"

namespace weir::signaling {

// Where lines go: CdrFile in programs, a list in tests.
class CdrSink {
public:
    virtual ~CdrSink() = default;
    // Takes a line (without its end). Never blocks; false: it cannot be kept and is lost.
    [[nodiscard]] virtual bool append(std::string line) = 0;
};

// Thread: sip. `loop`, `sink` and `log` outlive it.
class CdrLog {
public:
    CdrLog(EventLoop& loop, CdrSink& sink, Logger& log, RecordingRenderer render);
    CdrLog(const CdrLog&) = delete;
    CdrLog& operator=(const CdrLog&) = delete;
    ~CdrLog();  // writes what is still held

    // The call is over. Its line is written now, or when each hold() has its release(), or after
    // kCdrHold.
    void call_ended(CdrRecord record);
    // Somebody (a recording) still has to say something about the call; before call_ended. Each
    // hold() needs one release(). Bounded by kCdrHeld calls: beyond, the hold is refused (false)
    // and counted.
    bool hold(CallId call);
    // Adds `recordings` to the record. After kCdrHold they come too late: counted and dropped.
    void release(CallId call, std::vector<RecordingSummary> recordings);

    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    struct Held {
        unsigned holds = 0;
        std::vector<RecordingSummary> recordings;
        std::optional<CdrRecord> record;  // none: the call goes on
        TimerId timer;
    };
    void write(const CdrRecord& record, const std::vector<RecordingSummary>& recordings);
    void expire(CallId call);

    EventLoop& loop_;
    CdrSink& sink_;
    Logger& log_;
    RecordingRenderer render_;
    std::map<CallId, Held> held_;
    std::uint64_t written_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t expired_ = 0;  // written without recordings that were still to come
    std::uint64_t late_ = 0;     // releases after that
    std::uint64_t refused_ = 0;  // holds
};

}  // namespace weir::signaling
