// SPDX-License-Identifier: Apache-2.0
// Opening media sockets.
#include "dataplane/io/media_socket.hpp"

#include <cerrno>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/base/socket_address.hpp"

namespace weir::dataplane {
namespace {

Result<void> set_option(int fd, int level, int name, int value, const char* what) {
    if (setsockopt(fd, level, name, &value, sizeof(value)) == 0) return {};
    return fail_errno(std::string("socket option ") + what, errno);
}

Result<void> prepare(int fd, Family family, const MediaSocketOptions& options) {
    WEIR_TRY(set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS"));
    WEIR_TRY(set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1, "SO_RXQ_OVFL"));
    WEIR_TRY(set_option(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer, "SO_RCVBUF"));
    WEIR_TRY(set_option(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer, "SO_SNDBUF"));
    const int tos = options.dscp << 2;
    if (family == Family::v4) return set_option(fd, IPPROTO_IP, IP_TOS, tos, "IP_TOS");
    WEIR_TRY(set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY"));
    return set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, tos, "IPV6_TCLASS");
}

tl::unexpected<Error> explain_bind(const Endpoint& local, int error) {
    const std::string where = local.to_string();
    if (error == EADDRINUSE)
        return fail(ErrorCode::exists, "UDP port " + where + " is in use by another program");
    if (error == EADDRNOTAVAIL)
        return fail(ErrorCode::not_found, "address " + local.address.to_string() +
                                              " is not one of this host (realms in platform.yaml)");
    return fail_errno("bind UDP " + where, error);
}

}  // namespace

Result<int> open_media_socket(const Endpoint& local, const MediaSocketOptions& options) {
    const int domain = local.address.family == Family::v6 ? AF_INET6 : AF_INET;
    const int fd = socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            return fail(ErrorCode::exhausted, "no descriptor for another media socket (ulimit -n)");
        return fail_errno("UDP socket", errno);
    }
    if (auto prepared = prepare(fd, local.address.family, options); !prepared) {
        close(fd);
        return fail(prepared.error());
    }
    SocketAddress address{};
    const socklen_t length = to_socket_address(local, address);
    if (bind(fd, &address.generic, length) != 0) {
        const int error = errno;
        close(fd);
        return explain_bind(local, error);
    }
    return fd;
}

Result<Endpoint> local_endpoint(int fd) {
    SocketAddress address{};
    socklen_t length = sizeof(address);
    if (getsockname(fd, &address.generic, &length) != 0) return fail_errno("getsockname", errno);
    return to_endpoint(address);
}

}  // namespace weir::dataplane
