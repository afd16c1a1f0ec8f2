// SPDX-License-Identifier: Apache-2.0
// Opening media sockets.
#include "dataplane/io/media_socket.hpp"

#include <cerrno>
#include <string>

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "config/base/socket_address.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/io/io_limits.hpp"
#include "dataplane/io/tc/reserved_mark.h"

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

Result<UniqueFd> udp_socket(Family family) {
    const int domain = family == Family::v6 ? AF_INET6 : AF_INET;
    UniqueFd fd(socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd.is_open()) return fd;
    if (errno == EMFILE || errno == ENFILE)
        return fail(ErrorCode::exhausted, "no descriptor for another media socket (ulimit -n)");
    return fail_errno("UDP socket", errno);
}

Result<void> bind_to(int fd, const Endpoint& local) {
    SocketAddress address{};
    const socklen_t length = to_socket_address(local, address);
    if (bind(fd, &address.generic, length) != 0) return explain_bind(local, errno);
    return {};
}

Result<void> drop_all(int fd) {
    sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
    const sock_fprog program{1, &nothing};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0) return {};
    return fail_errno("socket option SO_ATTACH_FILTER", errno);
}

}  // namespace

Result<int> open_media_socket(const Endpoint& local, const MediaSocketOptions& options) {
    auto fd = udp_socket(local.address.family);
    if (!fd) return fail(fd.error());
    WEIR_TRY(prepare(fd->get(), local.address.family, options));
    WEIR_TRY(bind_to(fd->get(), local));
    return fd->release();
}

Result<int> reserve_media_port(const Endpoint& local) {
    auto fd = udp_socket(local.address.family);
    if (!fd) return fail(fd.error());
    // Before the port is bound: not one datagram comes in between.
    WEIR_TRY(drop_all(fd->get()));
    WEIR_TRY(set_option(fd->get(), SOL_SOCKET, SO_RCVBUF, kReserveBuffer, "SO_RCVBUF"));
    // Who may not set it has no classifier either.
    const std::uint32_t mark = WEIR_RESERVED_MARK;
    (void)setsockopt(fd->get(), SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
    if (local.address.family == Family::v6)
        WEIR_TRY(set_option(fd->get(), IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY"));
    WEIR_TRY(bind_to(fd->get(), local));
    return fd->release();
}

Result<Endpoint> local_endpoint(int fd) {
    SocketAddress address{};
    socklen_t length = sizeof(address);
    if (getsockname(fd, &address.generic, &length) != 0) return fail_errno("getsockname", errno);
    return to_endpoint(address);
}

}  // namespace weir::dataplane
