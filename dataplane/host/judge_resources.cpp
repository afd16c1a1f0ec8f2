// SPDX-License-Identifier: Apache-2.0
// Capabilities, descriptors, memory, hugepages, cores and priority.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "dataplane/host/descriptors.hpp"
#include "dataplane/host/host_limits.hpp"
#include "dataplane/host/judge_parts.hpp"

namespace weir::dataplane {
namespace {

constexpr std::uint64_t kMib = 1U << 20U;

const char* name_of(Capability capability) {
    switch (capability) {
        case Capability::net_raw:
            return "net_raw";
        case Capability::net_admin:
            return "net_admin";
        case Capability::bpf:
            return "bpf";
        case Capability::perfmon:
            return "perfmon";
        case Capability::ipc_lock:
            return "ipc_lock";
        case Capability::sys_admin:
            return "sys_admin";
        case Capability::sys_nice:
            return "sys_nice";
    }
    return "";
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    });
    return text;
}

std::string list_of(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

// Pinned memory, MiB: the rings of each worker's socket, or all packet buffers.
std::uint64_t locked_mib(const JudgeParts& parts) {
    if (parts.judgement.mode == IoMode::af_packet) return parts.wish.workers() * kPacketRingMib;
    return parts.wish.memory_mib;
}

// It is free to who has IPC_LOCK of the machine, and to others up to a limit.
bool may_lock(const JudgeParts& parts) {
    const bool is_free =
        parts.machine.has(Capability::ipc_lock) && !parts.machine.in_user_namespace;
    return is_free || parts.machine.memlock_bytes / kMib >= locked_mib(parts);
}

// No capability helps against the limit within a user namespace.
void judge_namespace_lock(JudgeParts& parts) {
    parts.missing(
        fmt::format("{} MiB of locked memory are allowed, {} needs {}, and root of a user "
                    "namespace is bound to the limit",
                    parts.machine.memlock_bytes / kMib, to_string(parts.judgement.mode),
                    locked_mib(parts)),
        fmt::format("LimitMEMLOCK={0}M in the systemd unit, or: ulimit -Hl {1}", locked_mib(parts),
                    locked_mib(parts) * 1024));
}

}  // namespace

bool is_there(const JudgeParts& parts, Capability capability) {
    if (capability == Capability::ipc_lock) return may_lock(parts);
    // CAP_SYS_ADMIN contains both (capabilities(7)).
    const bool is_of_admin = capability == Capability::bpf || capability == Capability::perfmon;
    if (is_of_admin && parts.machine.has(Capability::sys_admin)) return true;
    return parts.machine.has(capability);
}

void judge_capabilities(JudgeParts& parts, std::initializer_list<Capability> needed) {
    std::vector<std::string> all;
    std::vector<std::string> absent;
    std::vector<std::string> taken_away;
    for (const Capability capability : needed) {
        all.push_back("cap_" + std::string(name_of(capability)));
        if (is_there(parts, capability)) continue;
        if (capability == Capability::ipc_lock && parts.machine.in_user_namespace) {
            judge_namespace_lock(parts);
            continue;
        }
        absent.push_back(upper(name_of(capability)));
        if (!parts.machine.bounding.contains(capability)) taken_away.push_back(absent.back());
    }
    if (!taken_away.empty()) {
        parts.missing(
            fmt::format("this process can never have the capabilit{} {}: its container or service "
                        "was started without",
                        taken_away.size() == 1 ? "y" : "ies", list_of(taken_away)),
            fmt::format("--cap-add={} at the container's start, or no CapabilityBoundingSet in the "
                        "systemd unit",
                        fmt::join(taken_away, " --cap-add=")));
    } else if (!absent.empty()) {
        parts.missing(
            fmt::format("weir-media lacks the capabilit{} {}", absent.size() == 1 ? "y" : "ies",
                        list_of(absent)),
            fmt::format("setcap {}+ep {}", fmt::join(all, ","), parts.machine.media_program));
    }
}

std::optional<Finding> judge_descriptor_limit(IoMode mode, std::uint64_t sessions,
                                              std::uint64_t limit) {
    const std::uint64_t needed = descriptors_needed(mode, sessions);
    if (needed <= limit) return std::nullopt;
    return Finding{Severity::warning,
                   fmt::format("the limit of {} descriptors is enough for {} recorded calls, "
                               "media.sessions: {} needs {}",
                               limit, sessions_possible(mode, limit), sessions, needed),
                   fmt::format("LimitNOFILE={0} in the systemd unit, or: ulimit -Hn {0}", needed)};
}

void judge_descriptors(JudgeParts& parts) {
    if (auto finding = judge_descriptor_limit(parts.judgement.mode, parts.wish.sessions,
                                              parts.machine.descriptor_limit))
        parts.judgement.findings.push_back(std::move(*finding));
}

void judge_memory(JudgeParts& parts) {
    if (auto finding = judge_hugepages(parts.wish, parts.machine))
        parts.judgement.findings.push_back(std::move(*finding));
    const IoWish& wish = parts.wish;
    const std::uint64_t packets = wish.hugepages ? 0 : wish.memory_mib;
    const std::uint64_t needed = packets + wish.pre_roll_mib;
    const std::uint64_t available = parts.machine.memory_available / kMib;
    if (needed <= available) return;
    parts.warn(
        fmt::format("weir-media may use {} MiB (media.memory_mib, media.pre_roll.mib), {} MiB "
                    "are available",
                    needed, available),
        "lower media.memory_mib or media.pre_roll.mib");
}

std::optional<Finding> judge_hugepages(const IoWish& wish, const MachineFacts& machine) {
    if (!wish.hugepages) return std::nullopt;
    if (machine.hugepages.empty())
        return Finding{Severity::missing, "media.hugepages: true, but this kernel has no hugepages",
                       "media.hugepages: false"};
    std::uint64_t free_bytes = 0;
    for (const HugepageFacts& size : machine.hugepages)
        free_bytes += size.page_bytes * size.free;
    const std::uint64_t needed = wish.memory_mib * kMib;
    // Memory of no file (EAL's --in-memory): no mount and no permission is needed.
    if (free_bytes >= needed) return std::nullopt;
    const HugepageFacts& first = machine.hugepages.front();
    const std::uint64_t pages =
        first.total + (needed - free_bytes + first.page_bytes - 1) / first.page_bytes;
    return Finding{Severity::missing,
                   fmt::format("{} MiB of hugepages are free, media.memory_mib wants {}",
                               free_bytes / kMib, wish.memory_mib),
                   fmt::format("echo {} > /sys/kernel/mm/hugepages/hugepages-{}kB/nr_hugepages",
                               pages, first.page_bytes / 1024)};
}

void judge_cores(JudgeParts& parts) {
    const IoWish& wish = parts.wish;
    const auto& cores = parts.machine.cores;
    for (const unsigned core : wish.cores)
        if (std::find(cores.begin(), cores.end(), core) == cores.end())
            parts.missing(fmt::format("media.cores: there is no core {} for this process; it may "
                                      "use {}",
                                      core, fmt::join(cores, ", ")),
                          fmt::format("media.cores: [{}]", fmt::join(cores, ", ")));
    if (wish.spin && wish.workers() >= cores.size())
        parts.warn(
            fmt::format("media.idle: spin with {} worker{} takes all of {} core{}: nothing is "
                        "left for SIP",
                        wish.workers(), wish.workers() == 1 ? "" : "s", cores.size(),
                        cores.size() == 1 ? "" : "s"),
            "media.idle: sleep, or fewer media.cores");
}

// sched_setscheduler(2): by the capability of the machine (not of a user namespace), or up to the
// limit. setcap would have to name what the modes need too, which depends on the mode.
void judge_priority(JudgeParts& parts) {
    const IoWish& wish = parts.wish;
    const MachineFacts& machine = parts.machine;
    if (!wish.real_time || machine.real_time_limit >= 1) return;
    if (machine.has(Capability::sys_nice) && !machine.in_user_namespace) return;
    const std::string what = fmt::format(
        "weir-media may not run its workers at real-time priority (media.priority: "
        "{}): where others use their cores a packet may wait some milliseconds",
        wish.needs_real_time ? "real-time" : "auto");
    const char* const how = "LimitRTPRIO=1 in the systemd unit, or: ulimit -Hr 1";
    if (wish.needs_real_time)
        parts.warn(what, how);
    else
        parts.note(what, how);
}

}  // namespace weir::dataplane
