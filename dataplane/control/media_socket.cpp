// SPDX-License-Identifier: Apache-2.0
// Opening, configuring and binding of a media port's socket.
#include "dataplane/control/media_socket.hpp"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include "config/base/limits.hpp"

namespace weir::dataplane {
namespace {

constexpr int kDscpEf = 46 << 2;  // RFC 3246, in the upper six bits of TOS and traffic class

void set_int(int fd, int level, int option, int value) {
    // What a kernel does not know costs a feature (a time stamp, a mark), never the call.
    (void)::setsockopt(fd, level, option, &value, sizeof value);
}

void configure(int fd, Family family) {
    set_int(fd, SOL_SOCKET, SO_RCVBUF, static_cast<int>(kMediaSocketBuffer));
    set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    set_int(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
    if (family == Family::v4) {
        set_int(fd, IPPROTO_IP, IP_TOS, kDscpEf);
        // Media may be fragmented on the way rather than vanish behind a smaller MTU.
        set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    } else {
        set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, kDscpEf);
    }
}

int bind_to(int fd, const IpAddress& address, std::uint16_t port) {
    if (address.family == Family::v4) {
        sockaddr_in local{};
        local.sin_family = AF_INET;
        local.sin_port = htons(port);
        std::memcpy(&local.sin_addr, address.bytes.data(), sizeof local.sin_addr);
        return ::bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local);
    }
    sockaddr_in6 local{};
    local.sin6_family = AF_INET6;
    local.sin6_port = htons(port);
    std::memcpy(&local.sin6_addr, address.bytes.data(), sizeof local.sin6_addr);
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local);
}

ErrorCode code_of(int error) {
    switch (error) {
        case EADDRINUSE:
            return ErrorCode::exists;
        case EADDRNOTAVAIL:
            return ErrorCode::not_found;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return ErrorCode::exhausted;
        case EACCES:
        case EPERM:
            return ErrorCode::denied;
        default:
            return ErrorCode::io;
    }
}

tl::unexpected<Error> socket_error(const MediaRealm& realm, std::uint16_t port, int error) {
    const char* advice = "";
    if (error == EADDRNOTAVAIL) advice = ": no device of this machine has the address";
    return fail(code_of(error), "cannot open the media port " + uri_host(realm.address) + ":" +
                                    std::to_string(port) + " of realm '" + realm.name +
                                    "': " + std::strerror(error) + advice);
}

}  // namespace

Result<UniqueFd> open_media_socket(const MediaRealm& realm, std::uint16_t port) {
    const int domain = realm.address.family == Family::v6 ? AF_INET6 : AF_INET;
    UniqueFd fd(::socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return socket_error(realm, port, errno);
    configure(fd.get(), realm.address.family);
    if (!realm.device.empty() &&
        ::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, realm.device.c_str(),
                     static_cast<socklen_t>(realm.device.size() + 1)) != 0) {
        const int error = errno;
        return fail(code_of(error), "cannot bind realm '" + realm.name + "' to the device '" +
                                        realm.device + "': " + std::strerror(error));
    }
    if (bind_to(fd.get(), realm.address, port) != 0) return socket_error(realm, port, errno);
    return fd;
}

}  // namespace weir::dataplane
