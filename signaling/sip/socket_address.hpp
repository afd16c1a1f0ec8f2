// SPDX-License-Identifier: Apache-2.0
// Between sockaddr and Endpoint.
#pragma once

#include <sys/socket.h>

#include "config/base/address.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// An IPv4 address in an IPv6 socket (::ffff:a.b.c.d) comes out as IPv4. Not set for other families.
[[nodiscard]] Endpoint to_endpoint(const sockaddr& address, socklen_t length);
// The other way round; the length that bind() and connect() want.
[[nodiscard]] socklen_t to_sockaddr(const Endpoint& endpoint, sockaddr_storage& storage);
// Whether a listener at `local` is the one that `path.local` names (not set: any; port 0: any of
// that address) and can reach `path.remote`.
[[nodiscard]] bool is_outlet(const Endpoint& local, const SipPath& path);
[[nodiscard]] Endpoint local_endpoint(int fd);
[[nodiscard]] Endpoint remote_endpoint(int fd);

}  // namespace weir::signaling
