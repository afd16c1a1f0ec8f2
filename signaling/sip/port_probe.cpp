// SPDX-License-Identifier: Apache-2.0
// One bind of a listener's port, and what its errno means to the operator.
#include "signaling/sip/port_probe.hpp"

#include <cerrno>
#include <string>

#include <fmt/format.h>
#include <sys/socket.h>

#include "config/base/unique_fd.hpp"
#include "signaling/sip/socket_address.hpp"

namespace weir::signaling {
namespace {

tl::unexpected<Error> refusal(const SipListener& listener, int error_number) {
    const bool is_udp = listener.transport == SipTransport::udp;
    const Endpoint& address = listener.address;
    const std::string port = fmt::format("{} port {}", is_udp ? "UDP" : "TCP", address.to_string());
    switch (error_number) {
        case EADDRINUSE:
            return fail(ErrorCode::exists,
                        fmt::format("{} is in use by another program: stop it (ss -{}lnp 'sport = "
                                    ":{}' names it) or listen on another port",
                                    port, is_udp ? 'u' : 't', address.port));
        case EADDRNOTAVAIL:
            return fail(ErrorCode::not_found,
                        fmt::format("cannot listen for SIP on {}: the address is not on this "
                                    "machine (ip address shows those that are)",
                                    port));
        case EACCES:
            return fail(ErrorCode::denied,
                        fmt::format("cannot listen for SIP on {}: ports below 1024 need the "
                                    "capability CAP_NET_BIND_SERVICE",
                                    port));
        default:
            return fail_errno("cannot listen for SIP on " + port, error_number);
    }
}

}  // namespace

Result<void> probe_port(const SipListener& listener) {
    const bool is_udp = listener.transport == SipTransport::udp;
    sockaddr_storage storage{};
    const socklen_t length = to_sockaddr(listener.address, storage);
    const UniqueFd probe(
        ::socket(storage.ss_family, (is_udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
    if (!probe.is_open()) return refusal(listener, errno);
    // As sofia will do it: connections of a predecessor that linger are no obstacle.
    const int on = 1;
    if (!is_udp) ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const void* memory = &storage;
    if (::bind(probe.get(), static_cast<const sockaddr*>(memory), length) != 0)
        return refusal(listener, errno);
    return {};
}

}  // namespace weir::signaling
