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
// A memif client whose link is down for so long is connected anew: its server answers in
// milliseconds, or is another process by now.
inline constexpr auto kReconnect = std::chrono::seconds(1);
// The receive buffer of a reserve socket, bytes: its filter drops all, nothing is ever queued.
inline constexpr int kReserveBuffer = 2048;
// Timer slack of a framed worker, nanoseconds: the default (50 us) would double its sleeps.
inline constexpr unsigned long kTimerSlackNs = 1000;

}  // namespace weir::dataplane
