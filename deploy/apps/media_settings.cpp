// SPDX-License-Identifier: Apache-2.0
// What weir-media is started with.
#include "deploy/apps/media_settings.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataplane/host/mode_choice.hpp"
#include "deploy/apps/io_wish.hpp"

namespace weir::apps {
namespace {

dataplane::MediaRealm media_realm(const config::Platform& platform, const config::Realm& realm,
                                  const dataplane::MachineFacts& machine) {
    const config::MediaPort* port = platform.port_of(realm);
    dataplane::MediaRealm media;
    media.name = realm.name;
    media.address = realm.address;
    // Also of a realm on a port: another mode may have to do.
    const std::string device = port == nullptr ? realm.device : std::string();
    media.interface = machine.device_of({realm.name, realm.address, device});
    if (port == nullptr) return media;
    media.port = port->name;
    media.vlan = realm.vlan;
    media.prefix_length = realm.prefix_length;
    media.tap = platform.tap_of(realm);
    return media;
}

dataplane::SharedStateOptions shared_options(const config::MediaPlatform& media) {
    // Whole seconds: the rings are sized by them.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(media.pre_roll.time).count();
    dataplane::SharedStateOptions shared;
    shared.sessions = static_cast<std::uint32_t>(media.sessions);
    shared.pre_roll_seconds = static_cast<std::uint32_t>(seconds > 0 ? seconds : 1);
    shared.pre_roll_bytes_total = seconds > 0 ? std::uint64_t{media.pre_roll.mib} << 20U : 0;
    return shared;
}

// A worker that never sleeps would keep its core from all others: only where that is asked for.
dataplane::RealTime real_time(const config::MediaPlatform& media) {
    const bool is_asked = media.priority == config::MediaPriority::real_time;
    if (media.priority == config::MediaPriority::normal) return dataplane::RealTime::never;
    if (media.idle == config::IdleMode::sleep) return dataplane::RealTime::while_resting;
    return is_asked ? dataplane::RealTime::always : dataplane::RealTime::never;
}

}  // namespace

dataplane::EalOptions eal_options(const config::Platform& platform,
                                  const dataplane::MachineFacts& machine) {
    dataplane::EalOptions options;
    options.file_prefix = fmt::format("weir_{}", ::getpid());
    options.memory_mb = static_cast<std::uint32_t>(platform.media.memory_mib);
    options.worker_cores = platform.media.cores;
    const dataplane::IoWish wish = io_wish(platform);
    options.hugepages = platform.media.hugepages && !dataplane::judge_hugepages(wish, machine);
    // The bus is looked at only where a device on it is ours to take.
    const auto choice = dataplane::ModeChoice::of(wish, machine);
    options.pci = choice.current() == IoMode::dpdk &&
                  std::any_of(platform.media.ports.begin(), platform.media.ports.end(),
                              [](const config::MediaPort& port) { return port.is_pci(); });
    return options;
}

dataplane::MediaNodeOptions node_options(const config::Platform& platform,
                                         const dataplane::MachineFacts& machine,
                                         const std::string& runtime, int memory_fd) {
    dataplane::MediaNodeOptions options;
    options.link_path = runtime + "/media.sock";
    options.runtime_dir = runtime;
    options.shared_memory_fd = memory_fd;
    options.memory_mib = static_cast<std::uint32_t>(platform.media.memory_mib);
    options.shared = shared_options(platform.media);
    for (const auto& realm : platform.realms)
        options.realms.push_back(media_realm(platform, realm, machine));
    options.choice = dataplane::ModeChoice::of(io_wish(platform), machine);
    for (const auto& port : platform.media.ports)
        options.ports.push_back({port.name, port.eal_name, port.arguments, port.mtu});
    options.spin = platform.media.idle == config::IdleMode::spin;
    options.offload = platform.media.offload == config::FlowOffload::automatic;
    options.real_time = real_time(platform.media);
    options.needs_real_time = platform.media.priority == config::MediaPriority::real_time;
    // weir-sip runs as our own user, or as the owner of the runtime directory.
    options.allowed_uids = {::geteuid(), 0};
    struct stat directory {};
    if (::stat(runtime.c_str(), &directory) == 0) options.allowed_uids.push_back(directory.st_uid);
    return options;
}

}  // namespace weir::apps
