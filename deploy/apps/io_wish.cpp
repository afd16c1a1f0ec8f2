// SPDX-License-Identifier: Apache-2.0
// Copies what the judgement of I/O modes needs of platform.yaml.
#include "deploy/apps/io_wish.hpp"

namespace weir::apps {

dataplane::IoWish io_wish(const config::Platform& platform) {
    const config::MediaPlatform& media = platform.media;
    dataplane::IoWish wish;
    wish.mode = media.io;
    wish.hugepages = media.hugepages;
    wish.spin = media.idle == config::IdleMode::spin;
    wish.offload = media.offload == config::FlowOffload::automatic;
    const bool is_asked = media.priority == config::MediaPriority::real_time;
    wish.needs_real_time = is_asked;
    wish.real_time = is_asked || (media.priority == config::MediaPriority::automatic && !wish.spin);
    wish.sessions = media.sessions;
    wish.memory_mib = media.memory_mib;
    wish.pre_roll_mib = media.pre_roll.time.count() > 0 ? media.pre_roll.mib : 0;
    wish.cores = media.cores;
    for (const config::Realm& realm : platform.realms)
        wish.realms.push_back({realm.name, realm.address, platform.uses_ports() ? "" : realm.device,
                               platform.tap_of(realm)});
    for (const config::MediaPort& port : media.ports)
        wish.ports.push_back({port.name, port.eal_name, port.arguments, port.is_pci()});
    return wish;
}

}  // namespace weir::apps
