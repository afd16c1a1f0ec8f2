// SPDX-License-Identifier: Apache-2.0
// The arithmetic of descriptors: how many the configured sessions need in each I/O mode.
//
// Thread: any; pure.
#pragma once

#include <cstdint>

#include "config/base/io_mode.hpp"

namespace weir::dataplane {

// Sockets of `sessions` calls of one stream with one recorder of two tracks each: two pairs of the
// relay and two pairs of the forks, and what the process itself holds open. In af_packet and
// af_xdp mode sockets reserve the media ports; in dpdk mode the kernel has none. `automatic` counts
// like socket.
[[nodiscard]] std::uint64_t descriptors_needed(IoMode mode, std::uint64_t sessions);

// The other way round: how many such calls a limit allows; UINT64_MAX = as many as you like.
[[nodiscard]] std::uint64_t sessions_possible(IoMode mode, std::uint64_t descriptor_limit);

}  // namespace weir::dataplane
