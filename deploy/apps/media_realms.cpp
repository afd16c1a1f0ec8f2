// SPDX-License-Identifier: Apache-2.0
// Chooses a realm by configuration, then by the kernel's routes.
#include "deploy/apps/media_realms.hpp"

#include <cstring>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>

#include "config/base/unique_fd.hpp"

namespace weir::apps {

IpAddress kernel_route(const IpAddress& party) {
    const bool v6 = party.family == Family::v6;
    sockaddr_storage storage{};
    socklen_t size = v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    storage.ss_family = v6 ? AF_INET6 : AF_INET;
    constexpr std::uint16_t kAnyPort = 9;  // discard: nothing is sent
    if (v6) {
        auto* in = reinterpret_cast<sockaddr_in6*>(&storage);
        in->sin6_port = htons(kAnyPort);
        std::memcpy(&in->sin6_addr, party.bytes.data(), 16);
    } else {
        auto* in = reinterpret_cast<sockaddr_in*>(&storage);
        in->sin_port = htons(kAnyPort);
        std::memcpy(&in->sin_addr, party.bytes.data(), 4);
    }
    const UniqueFd fd(::socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if (!fd.is_open() || ::connect(fd.get(), address, size) != 0 ||
        ::getsockname(fd.get(), address, &size) != 0)
        return {};
    IpAddress local;
    local.family = party.family;
    if (v6) {
        std::memcpy(local.bytes.data(), &reinterpret_cast<sockaddr_in6*>(&storage)->sin6_addr, 16);
    } else {
        std::memcpy(local.bytes.data(), &reinterpret_cast<sockaddr_in*>(&storage)->sin_addr, 4);
    }
    return local;
}

MediaRealms::MediaRealms(const config::Platform& platform, RouteLookup route)
    : platform_(platform), route_(std::move(route)) {}

dataplane::RealmIndex MediaRealms::toward(const config::Config& config,
                                          const IpAddress& party) const {
    if (platform_.realms.size() == 1) return 0;
    if (const auto bound = config.interfaces.find(config.voice.bind.media);
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
