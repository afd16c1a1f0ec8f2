// SPDX-License-Identifier: Apache-2.0
// The table of thresholds and the counts of spikes.
#include "signaling/edge/show_call_limits.hpp"

#include <fmt/format.h>

namespace weir::signaling {
namespace {

std::string enabled_by(const ThresholdState& row) {
    if (row.built_in) return "built-in";
    std::string words = row.limit.busyout ? "busyout" : "";
    if (row.limit.treatment) words += words.empty() ? "treatment" : ",treatment";
    return words.empty() ? "N/A" : words;
}

std::string spike_line(const std::string& of, const SpikeWindow& window, std::uint64_t now) {
    return fmt::format("{:<12} {:<10} {:<6} {:<9} {:<10} {}\n", of, window.limit().calls,
                       window.limit().steps, window.limit().size.count(), now, window.refused());
}

}  // namespace

std::string show_call_threshold(const CallGate& gate, std::size_t active, ThresholdView view) {
    std::string text = fmt::format(
        "Some resource polling interval:\n CPU_AVG interval: {}\n Memory interval: {}\n"
        "Treatment: {}\n\n",
        gate.limits().cpu_poll.count(), gate.limits().memory_poll.count(),
        gate.limits().treatment ? "on" : "off");
    if (view != ThresholdView::config) text.clear();
    if (view == ThresholdView::stats) {
        text += fmt::format("{:<16} {:<12} {}\n", "IF", "Type", "Refused");
        for (const ThresholdState& row : gate.thresholds(active))
            text += fmt::format("{:<16} {:<12} {}\n", row.interface, row.type, row.refused);
        return text;
    }
    text += fmt::format("{:<8} {:<16} {:<12} {:<7} {:<6} {:<6} {}\n", "Status", "IF", "Type",
                        "Value", "Low", "High", "Enable");
    for (const ThresholdState& row : gate.thresholds(active)) {
        if (view == ThresholdView::unavailable && row.available) continue;
        text += fmt::format("{:<8} {:<16} {:<12} {:<7} {:<6} {:<6} {}\n",
                            row.available ? "Avail" : "Unavail", row.interface, row.type, row.value,
                            row.limit.low, row.limit.high, enabled_by(row));
    }
    return text;
}

std::string show_call_spike_status(CallGate& gate, MonoTime now) {
    std::string text = fmt::format("{:<12} {:<10} {:<6} {:<9} {:<10} {}\n", "Of", "Limit", "Steps",
                                   "Size(ms)", "In window", "Refused");
    bool any = false;
    if (SpikeWindow* window = gate.spike()) {
        const std::uint64_t count = window->count(now);
        text += spike_line("global", *window, count);
        any = true;
    }
    for (const auto& [tag, window] : gate.peer_spikes()) {
        SpikeWindow copy = window;
        const std::uint64_t count = copy.count(now);
        text += spike_line("peer " + std::to_string(tag.value()), copy, count);
        any = true;
    }
    return any ? text : "Call spike is not configured\n";
}

std::string show_tenant_limits(const SharedLimits& limits) {
    const auto rows = limits.tenants();
    if (rows.empty()) return "No tenant has limits\n";
    const auto most = [](const std::optional<std::uint32_t>& limit) {
        return limit ? std::to_string(*limit) : std::string("-");
    };
    std::string text = fmt::format("{:<8} {:<8} {:<10} {:<10} {:<14} {:<8} {}\n", "Tenant", "Calls",
                                   "max-conn", "kbit/s", "max-bandwidth", "spike", "Refused");
    for (const auto& row : rows)
        text += fmt::format("{:<8} {:<8} {:<10} {:<10} {:<14} {:<8} {}\n", row.tenant, row.calls,
                            most(row.limit.max_conn), row.kbps, most(row.limit.max_bandwidth),
                            row.limit.spike ? std::to_string(row.limit.spike->calls) : "-",
                            row.refused);
    return text;
}

}  // namespace weir::signaling
