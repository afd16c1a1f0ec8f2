// SPDX-License-Identifier: Apache-2.0
// LargeRequests: which of our requests leave UDP for TCP (RFC 3261 18.1.1), and which peers take
// none. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>

#include "config/base/address.hpp"
#include "config/base/clock.hpp"

namespace weir::signaling {

// Bytes of a whole request up to which UDP serves: RFC 3261 18.1.1, where nobody knows the path's
// MTU.
inline constexpr std::size_t kMostUdpRequest = 1'300;
// For so long a peer that took no TCP is not asked again: its calls must not wait each time.
inline constexpr std::chrono::minutes kTcpRefusedFor{5};
// Peers that are remembered: more than any trunk list; the one that is over first makes place.
inline constexpr std::size_t kTcpPeers = 1'000;
// Without a sign of life over TCP for so many T1 the request goes by UDP as well, in the same
// transaction: a firewall that drops SYNs sends neither reset nor ICMP.
inline constexpr int kTcpPatience = 4;

// Thread: sip; no clock of its own.
class LargeRequests {
public:
    [[nodiscard]] bool goes_by_tcp(std::size_t bytes, const Endpoint& peer, MonoTime now) const;
    // An ACK has no answer that could tell of a connection that failed: it goes by TCP only where a
    // request of ours has been answered over it.
    [[nodiscard]] bool ack_goes_by_tcp(std::size_t bytes, const Endpoint& peer, MonoTime now) const;
    void refused(const Endpoint& peer, MonoTime now) { note(peer, now, false); }
    void answered(const Endpoint& peer, MonoTime now) { note(peer, now, true); }
    [[nodiscard]] std::size_t size() const { return peers_.size(); }

private:
    struct Known {
        MonoTime until;
        bool takes_tcp = false;
    };
    void note(const Endpoint& peer, MonoTime now, bool takes_tcp);

    std::map<Endpoint, Known> peers_;
};

}  // namespace weir::signaling
