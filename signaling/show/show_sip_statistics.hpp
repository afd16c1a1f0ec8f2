// SPDX-License-Identifier: Apache-2.0
// `show sip-ua statistics` (spec H.6). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/base/clock.hpp"
#include "signaling/call/reliable.hpp"
#include "signaling/sip/sip_stats.hpp"

namespace weir::signaling {

// Counters of one moment.
struct SipCounts {
    SipStats sip;
    Reliable1xxStats reliable;
    SipGauges gauges;
};

// What was counted since `clear sip-ua statistics`; the counters themselves only ever grow, as
// those who scrape them expect. Thread: sip.
class ClearedCounts {
public:
    void clear(const SipCounts& now, WallTime at);
    [[nodiscard]] SipCounts since(SipCounts now) const;
    [[nodiscard]] const std::optional<WallTime>& at() const { return at_; }

private:
    SipCounts base_;
    std::optional<WallTime> at_;
};

[[nodiscard]] std::string show_sip_ua_statistics(const SipCounts& counts,
                                                 const std::optional<WallTime>& cleared);
// {"responses": {"180": {"in": 1, "out": 1}}, "requests": {...}, "retries": {...}, ...}
[[nodiscard]] std::string sip_ua_statistics_json(const SipCounts& counts,
                                                 const std::optional<WallTime>& cleared);

}  // namespace weir::signaling
