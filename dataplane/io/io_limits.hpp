// SPDX-License-Identifier: Apache-2.0
// Bounds of dataplane/io that nobody else needs, each with unit and reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "config/base/limits.hpp"

namespace weir::dataplane {

// Calls of a driver's transmit in a row that take nothing: a full queue of a NIC empties in
// microseconds, and a longer wait would lose what is received meanwhile.
inline constexpr unsigned kTxAttempts = 4;
// Frames of other workers for one transmit queue, and frames of the host for one device, that are
// sent in one turn: as many as may be received in one, so that neither starves the other.
inline constexpr unsigned kFlushPerTurn = 2 * kBurst;
// Frames for a transmit queue of another worker: as deep as the hand-over.
inline constexpr std::size_t kTxRing = kHandOverRing;
// A worker that saw a frame within this time sleeps the short sleep although it has no sessions: it
// may be receiving or sending for another one.
inline constexpr auto kRecentFrame = std::chrono::milliseconds(100);
// With so many packets relayed by the kernel for each frame that waits for a worker, the worker may
// sleep long: RTCP is one in a hundred.
inline constexpr std::uint64_t kOffloadShare = 16;
// A memif client whose link is down for so long is connected anew: its server answers in
// milliseconds, or is another process by now.
inline constexpr auto kReconnect = std::chrono::seconds(1);
// Empty turns of a worker whose devices cost no system call, after a full burst: some 10 us, what a
// sleep and its wake-up cost.
inline constexpr unsigned kCheapBusyTurns = 256;
// The receive buffer of a reserve socket, bytes: its filter drops all, nothing is ever queued.
inline constexpr int kReserveBuffer = 2048;
// Timer slack of a framed worker, nanoseconds: the default (50 us) would double its sleeps.
inline constexpr unsigned long kTimerSlackNs = 1000;

// A worker of sockets that got so many packets in a window sleeps by the clock instead of being
// woken by each: from 20,000 a second on a rest finds several.
// From 120,000 a second on, most of what a core can do, time is dearer than 0.1 ms of delay.
inline constexpr auto kRateWindow = std::chrono::milliseconds(10);
inline constexpr std::size_t kRestPackets = 200;
inline constexpr auto kSocketRest = std::chrono::microseconds(40);
inline constexpr std::size_t kLongRestPackets = 1200;
inline constexpr auto kSocketLongRest = std::chrono::microseconds(150);

}  // namespace weir::dataplane
