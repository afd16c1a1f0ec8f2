// SPDX-License-Identifier: Apache-2.0
// How a generator opens its UDP sockets: bound at once, with room for a burst.
#include "bench/traffic/udp_socket.hpp"

#include <cerrno>

#include <sys/socket.h>

#include "config/base/socket_address.hpp"

namespace weir::bench {
namespace {

constexpr int kSocketBuffer = 4 << 20;  // bytes: a burst of a few thousand messages

}  // namespace

Result<UniqueFd> open_udp(Endpoint& local) {
    SocketAddress address{};
    socklen_t length = to_socket_address(local, address);
    UniqueFd fd(::socket(address.generic.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return fail_errno("cannot open a UDP socket", errno);
    // Beyond the system's limit only root may go.
    if (setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kSocketBuffer, sizeof kSocketBuffer) != 0)
        setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer);
    if (::bind(fd.get(), &address.generic, length) != 0)
        return fail_errno("cannot bind " + local.to_string(), errno);
    length = sizeof address;
    getsockname(fd.get(), &address.generic, &length);
    local.port = to_endpoint(address).port;
    return fd;
}

}  // namespace weir::bench
