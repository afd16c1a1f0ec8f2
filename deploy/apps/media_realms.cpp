// SPDX-License-Identifier: Apache-2.0
// Chooses a realm by configuration, then by the kernel's routes.
#include "deploy/apps/media_realms.hpp"

#include <utility>

#include <sys/socket.h>

#include "config/base/socket_address.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::apps {

IpAddress kernel_route(const IpAddress& party) {
    constexpr std::uint16_t kAnyPort = 9;  // discard: nothing is sent
    SocketAddress address;
    socklen_t size = to_socket_address({party, 0, kAnyPort}, address);
    const UniqueFd fd(::socket(address.generic.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd.is_open() || ::connect(fd.get(), &address.generic, size) != 0) return {};
    size = sizeof address;
    if (::getsockname(fd.get(), &address.generic, &size) != 0) return {};
    return to_endpoint(address).address;
}

MediaRealms::MediaRealms(const config::Platform& platform, RouteLookup route)
    : platform_(platform), route_(std::move(route)) {}

dataplane::RealmIndex MediaRealms::toward(const config::Config& config,
                                          const IpAddress& party) const {
    if (platform_.realms.size() == 1) return 0;
    if (const auto bound = config.interfaces.find(config.voice.sip.bind.media);
        bound != config.interfaces.end()) {
        for (const Prefix& held : bound->second.addresses)
            if (held.address.family == party.family)
                if (const auto realm = platform_.realm_of(held.address)) return *realm;
    }
    if (!party.is_set()) return 0;
    if (const auto realm = platform_.realm_of(route_(party))) return *realm;
    for (std::size_t realm = 0; realm < platform_.realms.size(); ++realm)
        if (platform_.realms[realm].address.family == party.family)
            return static_cast<dataplane::RealmIndex>(realm);
    return 0;
}

}  // namespace weir::apps
