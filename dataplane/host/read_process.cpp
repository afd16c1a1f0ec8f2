// SPDX-License-Identifier: Apache-2.0
// The process and the machine's resources: /proc, rlimits, cgroup, file capabilities.
#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "dataplane/host/proc_file.hpp"
#include "dataplane/host/read_machine.hpp"
#include "dataplane/host/read_parts.hpp"

namespace weir::dataplane {
namespace {

struct KnownCapability {
    Capability capability;
    unsigned bit;
};
constexpr std::array<KnownCapability, 7> kKnown{{{Capability::net_admin, CAP_NET_ADMIN},
                                                 {Capability::net_raw, CAP_NET_RAW},
                                                 {Capability::ipc_lock, CAP_IPC_LOCK},
                                                 {Capability::sys_admin, CAP_SYS_ADMIN},
                                                 {Capability::perfmon, CAP_PERFMON},
                                                 {Capability::bpf, CAP_BPF},
                                                 {Capability::sys_nice, CAP_SYS_NICE}}};

std::uint64_t hexadecimal(const std::optional<std::string>& text) {
    return text ? std::strtoull(text->c_str(), nullptr, 16) : 0;
}

std::uint64_t hard_limit(__rlimit_resource resource) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return 0;
    return limit.rlim_max == RLIM_INFINITY ? std::numeric_limits<std::uint64_t>::max()
                                           : limit.rlim_max;
}

// The initial namespace maps all 2^32 - 1 ids onto themselves.
bool in_user_namespace() {
    const auto map = proc_file("/proc/self/uid_map");
    return map && map->find("4294967295") == std::string::npos;
}

// What is left below the smallest limit of our control groups (version 2).
std::uint64_t left_in_cgroup() {
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
    const auto own = proc_file("/proc/self/cgroup");
    const auto path = own ? proc_field(*own, "0:") : std::nullopt;  // "0::/system.slice/x.service"
    if (!path) return left;
    std::string directory = *path;
    while (true) {
        const std::string base = "/sys/fs/cgroup" + directory;
        const auto limit = proc_file(base + "/memory.max");  // a number, or "max"
        const auto used = proc_file(base + "/memory.current");
        if (limit && used) {
            const auto most = leading_number(*limit);
            const auto now = leading_number(*used);
            if (most && now) left = std::min(left, *most > *now ? *most - *now : 0);
        }
        const auto slash = directory.rfind('/');
        if (slash == std::string::npos) return left;
        directory.resize(slash);
    }
}

std::uint64_t memory_available() {
    const auto text = proc_file("/proc/meminfo");
    const auto field = text ? proc_field(*text, "MemAvailable") : std::nullopt;
    const auto kib = field ? leading_number(*field) : std::nullopt;
    return std::min(kib.value_or(0) * 1024, left_in_cgroup());
}

std::vector<unsigned> cores() {
    std::vector<unsigned> found;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return found;
    for (unsigned core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(core, &set)) found.push_back(core);
    return found;
}

}  // namespace

std::uint64_t descriptor_limit() {
    return hard_limit(RLIMIT_NOFILE);
}

Capabilities capabilities_of(std::uint64_t mask) {
    Capabilities found;
    for (const KnownCapability& known : kKnown)
        if ((mask >> known.bit & 1U) != 0) found.insert(known.capability);
    return found;
}

Capabilities file_capabilities(const std::string& path) {
    vfs_ns_cap_data data{};
    const ssize_t size = ::getxattr(path.c_str(), "security.capability", &data, sizeof data);
    if (size < static_cast<ssize_t>(XATTR_CAPS_SZ_2)) return {};
    // Little-endian on disk, as is every machine that we build for.
    if ((data.magic_etc & VFS_CAP_FLAGS_EFFECTIVE) == 0) return {};
    return capabilities_of(std::uint64_t{data.data[1].permitted} << 32U | data.data[0].permitted);
}

void read_process(const std::string& media_program, MachineFacts& facts) {
    utsname name{};
    if (::uname(&name) == 0) facts.kernel = name.release;
    facts.uid = ::geteuid();
    facts.in_user_namespace = in_user_namespace();
    const std::string status = proc_file("/proc/self/status").value_or("");
    facts.capabilities = capabilities_of(hexadecimal(proc_field(status, "CapEff")));
    facts.bounding = capabilities_of(hexadecimal(proc_field(status, "CapBnd")));
    facts.own_capabilities = facts.capabilities;
    if (media_program.empty()) {
        std::error_code failure;
        const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
        if (!failure) facts.media_program = self.string();
    } else {
        facts.media_program = media_program;
        for (const Capability granted : file_capabilities(media_program))
            if (facts.bounding.contains(granted)) facts.capabilities.insert(granted);
    }
    facts.memlock_bytes = hard_limit(RLIMIT_MEMLOCK);
    facts.descriptor_limit = descriptor_limit();
    facts.real_time_limit = hard_limit(RLIMIT_RTPRIO);
    facts.memory_available = memory_available();
    facts.cores = cores();
}

}  // namespace weir::dataplane
