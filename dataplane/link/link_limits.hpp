// SPDX-License-Identifier: Apache-2.0
// Bounds of dataplane/link that nobody else needs, each with unit and reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::dataplane {

// Of one datagram with several commands or events [octets]: a hundred commands of a busy moment,
// and far from what a Unix socket takes at once.
inline constexpr std::size_t kLinkDatagram = 16384;
// How long a message that nobody waits for may stay, until another one takes it along: a packet's
// time. At a hundred calls a second others come along within it.
inline constexpr auto kLinkHold = std::chrono::milliseconds(20);

}  // namespace weir::dataplane
