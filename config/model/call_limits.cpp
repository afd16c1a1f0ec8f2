// SPDX-License-Identifier: Apache-2.0
// Reads the kept lines `call threshold`, `call treatment`, `call spike`, `call service stop`,
// `e911`.
#include "config/model/call_limits.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/base/interface_name.hpp"
#include "config/base/text.hpp"
#include "config/model/kept_words.hpp"

namespace weir::config {
namespace {

using Line = KeptWords;

constexpr std::array<std::pair<std::string_view, CallResource>, 5> kResources{{
    {"total-calls", CallResource::total_calls},
    {"cpu-avg", CallResource::cpu_avg},
    {"cpu-5sec", CallResource::cpu_5sec},
    {"proc-mem", CallResource::proc_mem},
    {"total-mem", CallResource::total_mem},
}};

bool begins(const Line& line, std::initializer_list<std::string_view> words) {
    return line.size() >= words.size() && std::equal(words.begin(), words.end(), line.begin());
}

// The number behind a word; the language has checked its range.
std::optional<std::uint32_t> number_behind(const Line& line, std::string_view word) {
    const auto found = std::find(line.begin(), line.end(), word);
    if (found == line.end() || found + 1 == line.end()) return std::nullopt;
    const auto number = text::number(*(found + 1));
    if (!number || *number > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<Threshold> threshold_in(const Line& line) {
    const auto low = number_behind(line, "low");
    const auto high = number_behind(line, "high");
    if (!low || !high) return std::nullopt;
    return Threshold{*low, *high, has(line, "busyout"), has(line, "treatment")};
}

std::optional<SpikeLimit> spike_in(const Line& line) {
    const auto calls = number_behind(line, "spike");
    if (!calls) return std::nullopt;
    SpikeLimit limit;
    limit.calls = *calls;
    if (const auto steps = number_behind(line, "steps"))
        limit.steps = static_cast<std::uint8_t>(*steps);
    if (const auto size = number_behind(line, "size"))
        limit.size = std::chrono::milliseconds(*size);
    return limit;
}

// The name may be written in two words: "GigabitEthernet 0/0/0".
void read_interface(const Line& line, CallLimits& limits) {
    constexpr std::size_t kName = 3;
    InterfaceThreshold made;
    std::size_t at = kName;
    for (; at < line.size() && line[at] != "int-calls" && line[at] != "int-bandwidth"; ++at)
        made.interface += line[at];
    if (const auto name = interface_name(made.interface)) made.interface = *name;
    const auto limit = threshold_in(line);
    if (at == line.size() || !limit) return;
    made.bandwidth = line[at] == "int-bandwidth";
    made.limit = *limit;
    made.midcall_exceed = has(line, "midcall-exceed");
    limits.interfaces.push_back(std::move(made));
}

void read_line(const Line& line, CallLimits& limits) {
    if (begins(line, {"call", "threshold", "global"})) {
        const auto limit = threshold_in(line);
        for (const auto& [word, resource] : kResources)
            if (limit && has(line, word)) limits.resources[resource] = *limit;
    } else if (begins(line, {"call", "threshold", "interface"})) {
        read_interface(line, limits);
    } else if (begins(line, {"call", "threshold", "poll-interval"})) {
        if (const auto cpu = number_behind(line, "cpu-average"))
            limits.cpu_poll = std::chrono::seconds(*cpu);
        if (const auto memory = number_behind(line, "memory"))
            limits.memory_poll = std::chrono::seconds(*memory);
    } else if (begins(line, {"call", "treatment", "on"})) {
        limits.treatment = true;
    } else if (begins(line, {"call", "treatment", "cause-code"})) {
        limits.treatment_cause = has(line, "busy") ? 17 : has(line, "no-qos") ? 49 : 47;
    } else if (begins(line, {"call", "spike"})) {
        limits.spike = spike_in(line);
    }
}

std::optional<TenantLimit> tenant_limit(const KeptLines& lines) {
    TenantLimit limit;
    for (const KeptLine& kept : lines) {
        const Line line = text::words(kept.text);
        if (begins(line, {"max-conn"})) limit.max_conn = number_behind(line, "max-conn");
        if (begins(line, {"max-bandwidth"}))
            limit.max_bandwidth = number_behind(line, "max-bandwidth");
        if (begins(line, {"call", "spike"})) limit.spike = spike_in(line);
    }
    if (limit == TenantLimit{}) return std::nullopt;
    return limit;
}

}  // namespace

std::string_view to_word(CallResource resource) {
    for (const auto& [word, each] : kResources)
        if (each == resource) return word;
    return "";
}

CallLimits call_limits(const Config& config) {
    CallLimits limits;
    for (const KeptLine& line : config.kept)
        read_line(text::words(line.text), limits);
    for (const KeptLine& kept : config.voice.kept_sip) {
        const Line line = text::words(kept.text);
        if (!begins(line, {"call", "service", "stop"})) continue;
        limits.service_stopped = true;
        limits.service_forced = has(line, "forced");
    }
    for (const auto& [tag, peer] : config.dial_peers)
        for (const KeptLine& kept : peer.kept) {
            const Line line = text::words(kept.text);
            if (!begins(line, {"call", "spike"})) continue;
            if (const auto limit = spike_in(line)) limits.peer_spikes[tag] = *limit;
        }
    for (const auto& [tag, tenant] : config.tenants)
        if (const auto limit = tenant_limit(tenant.kept)) limits.tenants[tag] = *limit;
    return limits;
}

bool is_emergency(const Config& config, const DialPeer& peer) {
    if (says(peer.sip.kept, "voice-class sip e911")) return true;
    if (!peer.tenant) return false;
    const auto tenant = config.tenants.find(*peer.tenant);
    return tenant != config.tenants.end() && says(tenant->second.sip.kept, "e911");
}

}  // namespace weir::config
