// SPDX-License-Identifier: Apache-2.0
// TransactionTimers: the base values of which the timers of transactions are made.
#pragma once

#include <chrono>

namespace weir::signaling {

// RFC 3261 17.1.1.1, 17.1.1.2 [ms]. A request of ours brings a T1 of its own, which counts until it
// is answered; the rest of its transaction's life goes by the one here.
struct TransactionTimers {
    std::chrono::milliseconds t1{500};   // estimate of a round trip
    std::chrono::milliseconds t2{4000};  // longest interval between retransmissions
    std::chrono::milliseconds t4{5000};  // longest life of a message in the network
};

// What gives up waits this many T1: RFC 3261 13.3.1.4, 17.1 timers B, D, F and H of clients, 17.2.1
// timer H, 17.2.2 timer J, RFC 6026 timer L.
inline constexpr int kT1Factor = 64;

}  // namespace weir::signaling
