// SPDX-License-Identifier: Apache-2.0
// Bounds of what is kept of the kernel's network, each with its unit and its reason.
#pragma once

#include <chrono>
#include <cstddef>

#include "config/base/limits.hpp"

namespace weir::dataplane {

inline constexpr std::size_t kMaxLinks = 4096;           // devices of one network namespace
inline constexpr std::size_t kMaxHostAddresses = 16384;  // of all devices: four on each
inline constexpr std::size_t kMaxRoutePaths = 64;  // of one multipath route; the rest is ignored
inline constexpr int kNetlinkBuffer = 65536;       // bytes: the kernel's dumps come in 32 KiB
// Bytes of the socket: a burst of 10,000 neighbour events. More is an overrun: everything is asked
// for again.
inline constexpr int kNetlinkReceiveBuffer = 8 << 20;
inline constexpr std::size_t kNetlinkReadsPerTurn = 64;  // datagrams, then others get their time
// Between two readings of the whole tables: an event that cannot be understood alone starts one.
inline constexpr auto kRouteResync = milliseconds(200);
inline constexpr auto kRouteResyncPatience = seconds(5);  // a dump that does not end begins anew
inline constexpr auto kRouteStartLimit = seconds(5);  // the first dump, before the node is ready

}  // namespace weir::dataplane
