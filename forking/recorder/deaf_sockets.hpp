// SPDX-License-Identifier: Apache-2.0
// DeafSockets: SIP sockets that take everything in and never answer, for tests of a caller's
// patience.
#pragma once

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::forking {

struct DeafSockets {
    UniqueFd udp;
    UniqueFd tcp;  // listening: connections are taken by the kernel

    // Errors: io, exists (the address is in use).
    [[nodiscard]] static Result<DeafSockets> open(const Endpoint& listen);
};

}  // namespace weir::forking
