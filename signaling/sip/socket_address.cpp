// SPDX-License-Identifier: Apache-2.0
// Between sockaddr and Endpoint; see socket_address.hpp.
#include "signaling/sip/socket_address.hpp"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace weir::signaling {
namespace {

constexpr std::size_t kMappedPrefix = 12;  // ::ffff:0:0/96

Endpoint from_storage(const sockaddr_storage& storage, socklen_t length) {
    Endpoint endpoint;
    if (storage.ss_family == AF_INET && length >= sizeof(sockaddr_in)) {
        sockaddr_in v4{};
        std::memcpy(&v4, &storage, sizeof v4);
        endpoint.address.family = Family::v4;
        std::memcpy(endpoint.address.bytes.data(), &v4.sin_addr, 4);
        endpoint.port = ntohs(v4.sin_port);
    } else if (storage.ss_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &storage, sizeof v6);
        endpoint.port = ntohs(v6.sin6_port);
        const auto* bytes = v6.sin6_addr.s6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
            endpoint.address.family = Family::v4;
            std::copy(bytes + kMappedPrefix, bytes + 16, endpoint.address.bytes.begin());
        } else {
            endpoint.address.family = Family::v6;
            std::copy(bytes, bytes + 16, endpoint.address.bytes.begin());
        }
    }
    return endpoint;
}

template <typename Call>
Endpoint ask(int fd, Call call) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    void* memory = &storage;
    if (call(fd, static_cast<sockaddr*>(memory), &length) != 0) return {};
    return from_storage(storage, length);
}

}  // namespace

Endpoint to_endpoint(const sockaddr& address, socklen_t length) {
    sockaddr_storage storage{};
    std::memcpy(&storage, &address, std::min<std::size_t>(length, sizeof storage));
    return from_storage(storage, length);
}

socklen_t to_sockaddr(const Endpoint& endpoint, sockaddr_storage& storage) {
    storage = sockaddr_storage{};
    void* memory = &storage;
    if (endpoint.address.family == Family::v6) {
        auto* v6 = static_cast<sockaddr_in6*>(memory);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(endpoint.port);
        std::copy(endpoint.address.bytes.begin(), endpoint.address.bytes.end(),
                  v6->sin6_addr.s6_addr);
        return sizeof *v6;
    }
    auto* v4 = static_cast<sockaddr_in*>(memory);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    std::memcpy(&v4->sin_addr, endpoint.address.bytes.data(), sizeof v4->sin_addr);
    return sizeof *v4;
}

bool is_outlet(const Endpoint& local, const SipPath& path) {
    const bool fits_address = !path.local.address.is_set() || local.address == path.local.address;
    const bool fits_port = path.local.port == 0 || path.local.port == local.port;
    return fits_address && fits_port && path.remote.address.family == local.address.family;
}

Endpoint local_endpoint(int fd) {
    return ask(fd, getsockname);
}
Endpoint remote_endpoint(int fd) {
    return ask(fd, getpeername);
}

}  // namespace weir::signaling
