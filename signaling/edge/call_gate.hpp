// SPDX-License-Identifier: Apache-2.0
// CallGate: whether a new call may begin: thresholds with hysteresis, call spike, call service stop
// (spec J.2). Pure: calls, load and time come in.
//
//   threshold   value <= low   low < value < high   value >= high
//   available   available      available            unavailable
//   unavailable available      unavailable          unavailable
//
// Only `call treatment on` makes calls be refused by configured thresholds. Without any line about
// CPU or memory the built-in limits hold: 95 % of the SIP thread's core, 98 % of the memory.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/metrics.hpp"
#include "config/model/call_limits.hpp"
#include "signaling/edge/spike_window.hpp"

namespace weir::signaling {

// Percent, 0..100; what is not known is 0.
struct LoadReading {
    std::uint32_t cpu_5sec = 0;   // of the SIP thread's core, the last five seconds
    std::uint32_t cpu_avg = 0;    // the same over `poll-interval cpu-average`
    std::uint32_t proc_mem = 0;   // resident memory of weir-sip against what it may use
    std::uint32_t total_mem = 0;  // of the machine
};

// Why a call may not begin; the texts are what logs and counters say.
enum class GateReason : std::uint8_t {
    service_stopped,
    total_calls,
    interface_calls,
    interface_bandwidth,
    tenant,
    cpu,
    memory,
    spike,
    count_
};
[[nodiscard]] std::string_view to_text(GateReason reason);

struct GateRefusal {
    GateReason reason = GateReason::spike;
    int status = 503;
    int q850_cause = 47;
    bool operator==(const GateRefusal&) const = default;
};

// What the calls of an interface take of it.
struct InterfaceUse {
    std::size_t calls = 0;
    std::uint64_t kbps = 0;
};

// A row of `show call threshold status`.
struct ThresholdState {
    std::string interface = "N/A";
    std::string type;  // "total-calls"
    std::uint32_t value = 0;
    config::Threshold limit;
    bool available = true;
    bool built_in = false;
    std::uint64_t refused = 0;
};

// Thread: sip. Bounded by the configuration: a window per peer with `call spike`.
class CallGate {
public:
    // New limits; windows and states of limits that have not changed go on.
    void configure(const config::Config& config);
    void set_load(const LoadReading& load);

    // A new call while `active` are there. `count` takes a place in the spike window; without it
    // the question changes nothing (for OPTIONS, and for calls that are looked at twice).
    [[nodiscard]] std::optional<GateRefusal> refuses(MonoTime now, std::size_t active, bool count);
    // The same of an interface (call threshold interface ... int-calls, int-bandwidth).
    [[nodiscard]] std::optional<GateRefusal> interface_refuses(const std::string& interface,
                                                               const InterfaceUse& use);
    // What `show` says of it between calls.
    void set_interface(const std::string& interface, const InterfaceUse& use);
    // Whether a mid-call offer may bring the interface to so much: below `high`, or midcall-exceed.
    [[nodiscard]] bool interface_fits(const std::string& interface, std::uint64_t kbps) const;
    [[nodiscard]] bool watches_interfaces() const { return !interfaces_.empty(); }
    // `call spike` of one dial-peer, in either direction; true: the call is not taken.
    [[nodiscard]] bool peer_refuses(config::DialPeerTag peer, MonoTime now);
    // Counts what was refused by refuses().
    void note(GateReason reason) { ++refused_[static_cast<std::size_t>(reason)]; }

    [[nodiscard]] const config::CallLimits& limits() const { return limits_; }
    [[nodiscard]] std::vector<ThresholdState> thresholds(std::size_t active) const;
    [[nodiscard]] SpikeWindow* spike() { return spike_ ? &*spike_ : nullptr; }
    [[nodiscard]] const std::map<config::DialPeerTag, SpikeWindow>& peer_spikes() const {
        return peer_spikes_;
    }
    [[nodiscard]] std::uint64_t refused(GateReason reason) const {
        return refused_[static_cast<std::size_t>(reason)];
    }
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    struct Watched {
        config::Threshold limit;
        bool built_in = false;
        bool available = true;
        std::uint64_t refused = 0;
        std::uint32_t value = 0;  // of an interface
        bool midcall_exceed = false;
    };
    struct InterfaceKey {
        std::string name;
        bool bandwidth = false;
        auto operator<=>(const InterfaceKey&) const = default;
    };
    void watch(const InterfaceKey& key, std::uint64_t value);
    [[nodiscard]] std::optional<GateRefusal> watched_refuses(const InterfaceKey& key);
    [[nodiscard]] std::uint32_t value_of(config::CallResource resource, std::size_t active) const;

    config::CallLimits limits_;
    std::map<config::CallResource, Watched> watched_;
    std::map<InterfaceKey, Watched> interfaces_;
    LoadReading load_;
    std::optional<SpikeWindow> spike_;
    int spike_status_ = 503;
    int bandwidth_status_ = 488;
    std::map<config::DialPeerTag, SpikeWindow> peer_spikes_;
    std::array<std::uint64_t, static_cast<std::size_t>(GateReason::count_)> refused_{};
};

}  // namespace weir::signaling
