// SPDX-License-Identifier: Apache-2.0
// A UDP socket of a generator: bound, not blocking, with a large receive buffer.
#pragma once

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::bench {

// Port 0 of `local` becomes the one that the kernel gave.
[[nodiscard]] Result<UniqueFd> open_udp(Endpoint& local);

}  // namespace weir::bench
