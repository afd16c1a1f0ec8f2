// SPDX-License-Identifier: Apache-2.0
// The limits on new calls (spec J.2) and the mark of emergency calls, as values.
//
// The configuration keeps these lines as they were written; here they are read once per commit.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/model/config.hpp"

namespace weir::config {

// low L high H: above or at `high` the resource is unavailable until it is at or below `low`.
struct Threshold {
    std::uint32_t low = 0;  // calls, percent or kbit/s
    std::uint32_t high = 0;
    bool busyout = false;    // printed in `show call threshold`
    bool treatment = false;  // the same
    bool operator==(const Threshold&) const = default;
};

enum class CallResource : std::uint8_t { total_calls, cpu_avg, cpu_5sec, proc_mem, total_mem };
[[nodiscard]] std::string_view to_word(CallResource resource);  // "total-calls"

// call threshold interface IF int-calls | int-bandwidth low L high H
struct InterfaceThreshold {
    std::string interface;   // in the router's spelling (interface_name.hpp)
    bool bandwidth = false;  // in kbit/s; else calls
    Threshold limit;
    bool midcall_exceed = false;
};

// call spike N [steps S size MS]: N new calls in S slots of MS milliseconds.
struct SpikeLimit {
    std::uint32_t calls = 0;              // 1..2147483647
    std::uint8_t steps = 5;               // 3..10
    std::chrono::milliseconds size{200};  // 100..250
    bool operator==(const SpikeLimit&) const = default;
};

// max-conn, max-bandwidth and call spike of voice class tenant N: of all its dial-peers together.
struct TenantLimit {
    std::optional<std::uint32_t> max_conn;       // calls
    std::optional<std::uint32_t> max_bandwidth;  // kbit/s
    std::optional<SpikeLimit> spike;
    bool operator==(const TenantLimit&) const = default;
};

struct CallLimits {
    std::map<CallResource, Threshold> resources;  // call threshold global
    std::vector<InterfaceThreshold> interfaces;
    std::chrono::seconds cpu_poll{60};  // call threshold poll-interval
    std::chrono::seconds memory_poll{5};
    bool treatment = false;             // call treatment on: without it thresholds are only shown
    std::uint8_t treatment_cause = 47;  // call treatment cause-code; Q.850 17, 47, 49
    std::optional<SpikeLimit> spike;
    std::map<DialPeerTag, SpikeLimit> peer_spikes;
    std::map<std::uint32_t, TenantLimit> tenants;  // those with a limit
    bool service_stopped = false;                  // sip: call service stop
    bool service_forced = false;                   // ... forced: calls in progress end, too
};
// Thread: any. One walk over the dial-peers.
[[nodiscard]] CallLimits call_limits(const Config& config);

// `voice-class sip e911` on the dial-peer, or `e911` in its tenant: calls of it are emergency calls
// (exempt from every limit on calls, never refused for want of a recorder).
[[nodiscard]] bool is_emergency(const Config& config, const DialPeer& peer);

}  // namespace weir::config
