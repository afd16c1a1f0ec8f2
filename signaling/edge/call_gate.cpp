// SPDX-License-Identifier: Apache-2.0
// Thresholds, windows and their counters.
#include "signaling/edge/call_gate.hpp"

#include <algorithm>
#include <utility>

#include "config/model/resolve.hpp"
#include "dialplan/cause.hpp"

namespace weir::signaling {
namespace {

using config::CallResource;

// Spec J.2: what holds without a line; a step back below `low` opens the door again.
constexpr config::Threshold kBuiltInCpu{90, 95};
constexpr config::Threshold kBuiltInMemory{95, 98};

GateReason reason_of(CallResource resource) {
    switch (resource) {
        case CallResource::total_calls:
            return GateReason::total_calls;
        case CallResource::cpu_avg:
        case CallResource::cpu_5sec:
            return GateReason::cpu;
        default:
            return GateReason::memory;
    }
}

bool still_available(bool available, std::uint32_t value, const config::Threshold& limit) {
    if (value >= limit.high) return false;
    return available || value <= limit.low;
}

}  // namespace

std::string_view to_text(GateReason reason) {
    switch (reason) {
        case GateReason::service_stopped:
            return "service_stopped";
        case GateReason::total_calls:
            return "total_calls";
        case GateReason::interface_calls:
            return "interface_calls";
        case GateReason::interface_bandwidth:
            return "interface_bandwidth";
        case GateReason::tenant:
            return "tenant";
        case GateReason::cpu:
            return "cpu";
        case GateReason::memory:
            return "memory";
        case GateReason::spike:
            return "spike";
        case GateReason::count_:
            break;
    }
    return "";
}

void CallGate::configure(const config::Config& config) {
    config::CallLimits limits = config::call_limits(config);
    std::map<CallResource, Watched> watched;
    for (const auto& [resource, limit] : limits.resources)
        watched[resource].limit = limit;
    if (!watched.contains(CallResource::cpu_5sec) && !watched.contains(CallResource::cpu_avg))
        watched[CallResource::cpu_5sec] = {kBuiltInCpu, true};
    if (!watched.contains(CallResource::proc_mem) && !watched.contains(CallResource::total_mem))
        watched[CallResource::proc_mem] = {kBuiltInMemory, true};
    for (auto& [resource, state] : watched) {
        const auto before = watched_.find(resource);
        if (before != watched_.end() && before->second.limit == state.limit) state = before->second;
    }
    watched_ = std::move(watched);
    std::map<InterfaceKey, Watched> interfaces;
    for (const auto& each : limits.interfaces) {
        const InterfaceKey key{each.interface, each.bandwidth};
        const auto before = interfaces_.find(key);
        const bool same = before != interfaces_.end() && before->second.limit == each.limit;
        Watched& state = interfaces[key] = same ? before->second : Watched{each.limit};
        state.midcall_exceed = each.midcall_exceed;
    }
    interfaces_ = std::move(interfaces);
    if (!limits.spike || !spike_ || spike_->limit() != *limits.spike)
        spike_ = limits.spike ? std::optional(SpikeWindow(*limits.spike)) : std::nullopt;
    std::erase_if(peer_spikes_, [&](const auto& entry) {
        const auto found = limits.peer_spikes.find(entry.first);
        return found == limits.peer_spikes.end() || found->second != entry.second.limit();
    });
    for (const auto& [tag, limit] : limits.peer_spikes)
        peer_spikes_.try_emplace(tag, limit);
    const auto status_of = [&](std::string_view failure) {
        return config::resolve_error_code(config, config::default_dial_peer(), failure).value;
    };
    spike_status_ = status_of("call spike failure");
    bandwidth_status_ = status_of("cac-bandwidth failure");
    limits_ = std::move(limits);
    set_load(load_);
}

void CallGate::set_load(const LoadReading& load) {
    load_ = load;
    for (auto& [resource, state] : watched_)
        if (resource != CallResource::total_calls)
            state.available = still_available(state.available, value_of(resource, 0), state.limit);
}

std::uint32_t CallGate::value_of(CallResource resource, std::size_t active) const {
    switch (resource) {
        case CallResource::total_calls:
            return static_cast<std::uint32_t>(std::min<std::size_t>(active, UINT32_MAX));
        case CallResource::cpu_avg:
            return load_.cpu_avg;
        case CallResource::cpu_5sec:
            return load_.cpu_5sec;
        case CallResource::proc_mem:
            return load_.proc_mem;
        case CallResource::total_mem:
            return load_.total_mem;
    }
    return 0;
}

std::optional<GateRefusal> CallGate::refuses(MonoTime now, std::size_t active, bool count) {
    if (limits_.service_stopped)
        return GateRefusal{GateReason::service_stopped, 503, dialplan::kCauseServiceUnavailable};
    for (auto& [resource, state] : watched_) {
        if (resource == CallResource::total_calls)
            state.available =
                still_available(state.available, value_of(resource, active), state.limit);
        if (state.available || !(limits_.treatment || state.built_in)) continue;
        if (count) ++state.refused;
        const int cause = limits_.treatment_cause;
        return GateRefusal{reason_of(resource), cause == 17 ? 486 : 503, cause};
    }
    if (spike_ && (count ? !spike_->try_take(now) : spike_->count(now) >= spike_->limit().calls))
        return GateRefusal{GateReason::spike, spike_status_, limits_.treatment_cause};
    return std::nullopt;
}

std::optional<GateRefusal> CallGate::interface_refuses(const std::string& interface,
                                                       const InterfaceUse& use) {
    if (interface.empty()) return std::nullopt;
    set_interface(interface, use);
    if (auto refused = watched_refuses({interface, false})) return refused;
    return watched_refuses({interface, true});
}

void CallGate::set_interface(const std::string& interface, const InterfaceUse& use) {
    watch({interface, false}, use.calls);
    watch({interface, true}, use.kbps);
}

void CallGate::watch(const InterfaceKey& key, std::uint64_t value) {
    const auto found = interfaces_.find(key);
    if (found == interfaces_.end()) return;
    Watched& state = found->second;
    state.value = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
    state.available = still_available(state.available, state.value, state.limit);
}

std::optional<GateRefusal> CallGate::watched_refuses(const InterfaceKey& key) {
    const auto found = interfaces_.find(key);
    if (found == interfaces_.end()) return std::nullopt;
    Watched& state = found->second;
    if (state.available || !limits_.treatment) return std::nullopt;
    ++state.refused;
    constexpr int kCauseQosUnavailable = 49;
    if (key.bandwidth)
        return GateRefusal{GateReason::interface_bandwidth, bandwidth_status_,
                           kCauseQosUnavailable};
    const int cause = limits_.treatment_cause;
    return GateRefusal{GateReason::interface_calls, cause == 17 ? 486 : 503, cause};
}

bool CallGate::interface_fits(const std::string& interface, std::uint64_t kbps) const {
    const auto found = interfaces_.find({interface, true});
    if (found == interfaces_.end() || !limits_.treatment) return true;
    return found->second.midcall_exceed || kbps <= found->second.limit.high;
}

bool CallGate::peer_refuses(config::DialPeerTag peer, MonoTime now) {
    const auto found = peer_spikes_.find(peer);
    if (found == peer_spikes_.end() || found->second.try_take(now)) return false;
    note(GateReason::spike);
    return true;
}

std::vector<ThresholdState> CallGate::thresholds(std::size_t active) const {
    std::vector<ThresholdState> rows;
    for (const auto& [resource, state] : watched_) {
        ThresholdState row;
        row.type = to_word(resource);
        row.value = value_of(resource, active);
        row.limit = state.limit;
        row.built_in = state.built_in;
        row.refused = state.refused;
        row.available = still_available(state.available, row.value, state.limit);
        rows.push_back(std::move(row));
    }
    for (const auto& [key, state] : interfaces_)
        rows.push_back({key.name, key.bandwidth ? "int-bandwidth" : "int-calls", state.value,
                        state.limit, state.available, false, state.refused});
    return rows;
}

std::vector<Metric> CallGate::metrics() const {
    std::vector<Metric> made;
    for (std::size_t i = 0; i < refused_.size(); ++i)
        made.push_back(Metric{"weir_signaling_calls_refused_total",
                              "New calls refused by admission control (call threshold, call spike)",
                              MetricKind::counter,
                              static_cast<double>(refused_[i]),
                              {{"reason", std::string(to_text(static_cast<GateReason>(i)))}}});
    for (const auto& [resource, state] : watched_)
        made.push_back(Metric{"weir_signaling_threshold_available",
                              "1 while new calls are taken, by resource of call threshold",
                              MetricKind::gauge,
                              state.available ? 1.0 : 0.0,
                              {{"resource", std::string(to_word(resource))}}});
    return made;
}

}  // namespace weir::signaling
