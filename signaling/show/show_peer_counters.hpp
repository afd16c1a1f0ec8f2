// SPDX-License-Identifier: Apache-2.0
// The counters at the end of `show dial-peer voice N` (spec H.3), and `show dial-peer voice
// busy-trigger-counter`. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signaling/call/peer_stats.hpp"

namespace weir::signaling {

// `started`: of the process; times are told in hundredths of a second since then.
[[nodiscard]] std::string show_peer_counters(const PeerCounters& counters, MonoTime started,
                                             MonoTime now);
// {"connect_time_ms": .., "successful": .., ...}
[[nodiscard]] std::string peer_counters_json(const PeerCounters& counters, MonoTime started);

// Calls of a dial-peer now, against its max-conn.
struct PeerBusy {
    config::DialPeerTag peer;
    std::uint32_t calls = 0;
    std::optional<std::uint32_t> max_conn;
};
[[nodiscard]] std::string show_busy_trigger(const std::vector<PeerBusy>& peers);
[[nodiscard]] std::string busy_trigger_json(const std::vector<PeerBusy>& peers);

}  // namespace weir::signaling
