// SPDX-License-Identifier: Apache-2.0
// CdrLog: waits for recordings, bounded in number and time, then writes.
#include "signaling/cdr/cdr_log.hpp"

#include <iterator>

#include "config/base/limits.hpp"

namespace weir::signaling {

CdrLog::CdrLog(EventLoop& loop, CdrSink& sink, Logger& log, RecordingRenderer render)
    : loop_(loop), sink_(sink), log_(log), render_(std::move(render)) {}

CdrLog::~CdrLog() {
    for (auto& [call, held] : held_) {
        loop_.cancel(held.timer);
        if (held.record) write(*held.record, held.recordings);
    }
}

void CdrLog::call_ended(CdrRecord record) {
    const CallId call = record.call.id;
    const auto found = held_.find(call);
    if (found == held_.end()) return write(record, {});
    Held& held = found->second;
    if (held.holds == 0) {
        write(record, held.recordings);
        held_.erase(found);
        return;
    }
    held.record = std::move(record);
    held.timer = loop_.after(kCdrHold, [this, call] { expire(call); });
}

bool CdrLog::hold(CallId call) {
    if (held_.size() >= kCdrHeld && !held_.contains(call)) {
        ++refused_;
        return false;
    }
    ++held_[call].holds;
    return true;
}

void CdrLog::release(CallId call, std::vector<RecordingSummary> recordings) {
    const auto found = held_.find(call);
    if (found == held_.end() || found->second.holds == 0) {
        ++late_;
        return;
    }
    Held& held = found->second;
    --held.holds;
    held.recordings.insert(held.recordings.end(), std::make_move_iterator(recordings.begin()),
                           std::make_move_iterator(recordings.end()));
    if (held.holds != 0 || !held.record) return;
    loop_.cancel(held.timer);
    write(*held.record, held.recordings);
    held_.erase(found);
}

void CdrLog::expire(CallId call) {
    const auto found = held_.find(call);
    if (found == held_.end() || !found->second.record) return;
    ++expired_;
    log_.warning("cdr.recordings_late", {{"call_id", call.value()}});
    write(*found->second.record, found->second.recordings);
    held_.erase(found);
}

void CdrLog::write(const CdrRecord& record, const std::vector<RecordingSummary>& recordings) {
    if (sink_.append(to_json(record, recordings, render_))) {
        ++written_;
        return;
    }
    ++lost_;
    log_.error("cdr.lost",
               {{"call_id", record.call.id.value()}, {"guid", record.call.guid.to_string()}});
}

std::vector<Metric> CdrLog::metrics() const {
    const auto counter = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value)};
    };
    return {counter("weir_signaling_cdr_lines_total", "Call records handed to the disk", written_),
            counter("weir_signaling_cdr_lost_total", "Call records that could not be kept", lost_),
            counter("weir_signaling_cdr_expired_total",
                    "Call records written before their recordings were settled", expired_),
            counter("weir_signaling_cdr_late_total",
                    "Recordings settled after their call record was written", late_),
            counter("weir_signaling_cdr_hold_refused_total",
                    "Recordings that a call record could not wait for", refused_),
            Metric{"weir_signaling_cdr_held_calls", "Call records that wait for recordings",
                   MetricKind::gauge, static_cast<double>(held_.size())}};
}

}  // namespace weir::signaling
