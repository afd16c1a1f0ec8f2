// SPDX-License-Identifier: Apache-2.0
// ConnectionCounts: the calls of each dial-peer against its max-conn (spec A.2).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "config/model/config.hpp"

namespace weir::signaling {

// Thread: sip. Counts in both directions; bounded by the number of dial-peers, a peer without
// calls has no entry.
class ConnectionCounts {
public:
    // Takes one connection of the peer; false when max-conn is reached, and nothing is taken then.
    // The leg that took it gives it back with release(), once.
    [[nodiscard]] bool try_take(const config::DialPeer& peer);
    // The same without a limit: an emergency call.
    void take(config::DialPeerTag peer) { ++counts_[peer]; }
    void release(config::DialPeerTag peer);

    [[nodiscard]] std::uint32_t count(config::DialPeerTag peer) const;
    [[nodiscard]] std::uint64_t refused_total() const { return refused_; }

private:
    std::map<config::DialPeerTag, std::uint32_t> counts_;
    std::uint64_t refused_ = 0;
};

// The Warning header of the 503 that the caller gets when no candidate is left (spec A.2).
[[nodiscard]] std::string max_conn_warning(std::string_view host, config::DialPeerTag peer);

}  // namespace weir::signaling
