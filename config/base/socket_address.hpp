// SPDX-License-Identifier: Apache-2.0
// Endpoint to sockaddr and back.
//
// Thread: any; pure, inline because the packet path converts each packet's addresses.
#pragma once

#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>

#include "config/base/address.hpp"

namespace weir {

// Room for both families; `generic` is what system calls take.
union SocketAddress {
    sockaddr generic;
    sockaddr_in v4;
    sockaddr_in6 v6;
};

// Returns the length of the address. An endpoint without a family becomes an IPv4 one.
inline socklen_t to_socket_address(const Endpoint& endpoint, SocketAddress& address) noexcept {
    if (endpoint.address.family == Family::v6) {
        address.v6 = sockaddr_in6{};
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(endpoint.port);
        std::memcpy(&address.v6.sin6_addr, endpoint.address.bytes.data(), 16);
        return sizeof(sockaddr_in6);
    }
    address.v4 = sockaddr_in{};
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(endpoint.port);
    std::memcpy(&address.v4.sin_addr, endpoint.address.bytes.data(), 4);
    return sizeof(sockaddr_in);
}

// Unset for other families.
inline Endpoint to_endpoint(const SocketAddress& address) noexcept {
    Endpoint endpoint;
    if (address.generic.sa_family == AF_INET) {
        std::memcpy(endpoint.address.bytes.data(), &address.v4.sin_addr, 4);
        endpoint.address.family = Family::v4;
        endpoint.port = ntohs(address.v4.sin_port);
    } else if (address.generic.sa_family == AF_INET6) {
        std::memcpy(endpoint.address.bytes.data(), &address.v6.sin6_addr, 16);
        endpoint.address.family = Family::v6;
        endpoint.port = ntohs(address.v6.sin6_port);
    }
    return endpoint;
}

}  // namespace weir
