// SPDX-License-Identifier: Apache-2.0
// Bounds of transfers, redirections and requests that pass from leg to leg.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::signaling {

// Consumed transfers of one call, then 403: two systems that transfer to each other end here.
inline constexpr std::uint32_t kMaxTransfers = 16;
// Requests of one call on their way to the other leg; more get 500 with Retry-After.
inline constexpr std::size_t kMaxRelayed = 16;
// Contacts of one 3xx that are tried; the best ones by their q.
inline constexpr std::size_t kMaxContacts = 10;
// Legs that a transfer has put aside and whose last NOTIFY or BYE is not yet answered.
inline constexpr std::size_t kMaxDeparted = 4;
// Attempts to tell the party that stays of the new session when it answers 491 or 500.
inline constexpr std::uint32_t kMaxSyncs = 3;

// How often we look whether the party that stays has acknowledged its first answer.
inline constexpr std::chrono::milliseconds kSyncWait{200};
// Requests and subscriptions outside of calls that are on their way at once, then 503.
inline constexpr std::size_t kMaxPassed = 5000;
// Requests of one of them at once, then 500.
inline constexpr std::size_t kMaxPassedPending = 8;
// A request that has no answer by then is forgotten; the transactions have ended long before (64*T1
// and as much again behind them).
inline constexpr std::chrono::seconds kPassedGuard{64};
// How often entries whose time is up are looked for.
inline constexpr std::chrono::seconds kPassedSweep{30};
// The longest life of a subscription between two of its refreshes.
inline constexpr std::chrono::seconds kMaxSubscription{24 * 3600};

}  // namespace weir::signaling
