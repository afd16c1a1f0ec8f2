// SPDX-License-Identifier: Apache-2.0
// Keeping the ledger's book and its totals.
#include "forking/ledger/book.hpp"

#include "config/base/limits.hpp"

namespace weir::forking {

using signaling::RecordingSummary;
using signaling::RecordingVerdict;

void LedgerBook::update(const RecordingSummary& summary) {
    const auto known = active_.find(summary.call);
    // The recording before a transfer may still be closing while the one behind it goes on.
    if (known == active_.end() || known->second.part <= summary.part)
        active_[summary.call] = summary;
}

void LedgerBook::finish(const RecordingSummary& summary) {
    const auto known = active_.find(summary.call);
    if (known != active_.end() && known->second.part == summary.part) active_.erase(known);
    ++verdicts_.at(static_cast<std::size_t>(summary.verdict));
    for (const auto& track : summary.tracks) {
        packets_eligible_ += track.fork.eligible;
        packets_lost_[0] += track.lost_before_us;
        packets_lost_[1] += track.lost_ours;
        packets_lost_[2] += track.lost_behind_us;
    }
    if (ended_.size() >= kLedgerHistory) ended_.pop_front();
    ended_.push_back(summary);
}

std::uint64_t LedgerBook::ended_with(RecordingVerdict verdict) const {
    return verdicts_.at(static_cast<std::size_t>(verdict));
}

std::vector<Metric> LedgerBook::metrics() const {
    std::vector<Metric> list;
    list.push_back({"weir_forking_recordings_active",
                    "recordings in progress",
                    MetricKind::gauge,
                    static_cast<double>(active_.size()),
                    {}});
    for (std::size_t i = 0; i < kVerdicts; ++i) {
        list.push_back({"weir_forking_recordings_ended_total",
                        "ended recordings by verdict",
                        MetricKind::counter,
                        static_cast<double>(verdicts_[i]),
                        {{"verdict", signaling::to_string(static_cast<RecordingVerdict>(i))}}});
    }
    list.push_back({"weir_forking_ledger_laws_broken_total",
                    "conservation laws of the ledger that did not hold: an error of ours",
                    MetricKind::counter,
                    static_cast<double>(laws_broken_),
                    {}});
    list.push_back({"weir_forking_packets_eligible_total",
                    "packets that the recorders of ended recordings should have",
                    MetricKind::counter,
                    static_cast<double>(packets_eligible_),
                    {}});
    static constexpr std::array<const char*, 3> kWhose{"before_us", "ours", "behind_us"};
    for (std::size_t i = 0; i < kWhose.size(); ++i) {
        list.push_back({"weir_forking_packets_missing_total",
                        "packets of the conversation that no recorder has, by whose loss it was",
                        MetricKind::counter,
                        static_cast<double>(packets_lost_[i]),
                        {{"whose", kWhose[i]}}});
    }
    return list;
}

}  // namespace weir::forking
