// SPDX-License-Identifier: Apache-2.0
// The ledger of this process: recordings in progress, the last ended ones, and the totals.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "config/base/guid.hpp"
#include "config/base/metrics.hpp"
#include "signaling/api/recording_summary.hpp"

namespace weir::forking {

// Thread: sip. Bounded: kMaxRecordings in progress (the recordings' own bound), kLedgerHistory
// ended.
class LedgerBook {
public:
    // What is known of a recording in progress: replaces what was known before.
    void update(const signaling::RecordingSummary& summary);
    // The last word: judged, finished. It moves to the ended ones; the oldest of those is
    // forgotten.
    void finish(const signaling::RecordingSummary& summary);
    // A conservation law did not hold, seen by the fast path or at the end of a fork.
    void count_broken_law() { ++laws_broken_; }

    [[nodiscard]] const std::map<signaling::CallId, signaling::RecordingSummary>& active() const {
        return active_;
    }
    [[nodiscard]] const std::deque<signaling::RecordingSummary>& ended() const { return ended_; }
    [[nodiscard]] std::uint64_t laws_broken() const { return laws_broken_; }
    [[nodiscard]] std::uint64_t ended_with(signaling::RecordingVerdict verdict) const;
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    static constexpr std::size_t kVerdicts =
        static_cast<std::size_t>(signaling::RecordingVerdict::failed) + 1;

    std::map<signaling::CallId, signaling::RecordingSummary> active_;
    std::deque<signaling::RecordingSummary> ended_;  // newest last
    std::array<std::uint64_t, kVerdicts> verdicts_{};
    std::uint64_t laws_broken_ = 0;
    std::uint64_t packets_eligible_ = 0;
    std::array<std::uint64_t, 3> packets_lost_{};  // before us, ours, behind us
};

}  // namespace weir::forking
