// SPDX-License-Identifier: Apache-2.0
// Bandwidth of calls, computed from what their SDP says (max-bandwidth, spec J.2). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "config/model/config.hpp"

namespace weir::signaling {

// One RTP stream in one direction on the wire: payload, 12 bytes of RTP, 8 of UDP, 20 or 40 of IP,
// in kbit/s, rounded to the nearest. `encoding` is RTP's name in any case; one that is not in the
// table of spec J.2 counts as G.711. `ptime_ms` 0 counts as 20.
[[nodiscard]] std::uint32_t audio_kbps(std::string_view encoding, std::uint32_t ptime_ms,
                                       bool ipv6);
// A stream of which b=TIAS or b=AS says what it takes, in kbit/s without the headers of IP.
[[nodiscard]] std::uint32_t declared_kbps(std::uint32_t kbps, std::uint32_t ptime_ms, bool ipv6);

// What the calls of each dial-peer take. Thread: sip. A peer without calls has no entry.
class BandwidthCounts {
public:
    // Takes so much of the peer's max-bandwidth; false when there is not so much left, and nothing
    // is taken then.
    [[nodiscard]] bool try_take(const config::DialPeer& peer, std::uint32_t kbps);
    // The same without a limit (an emergency call, `midcall-exceed`, what was answered).
    void take(config::DialPeerTag peer, std::uint32_t kbps);
    void release(config::DialPeerTag peer, std::uint32_t kbps);

    [[nodiscard]] std::uint64_t used(config::DialPeerTag peer) const;
    [[nodiscard]] std::uint64_t refused_total() const { return refused_; }

private:
    std::map<config::DialPeerTag, std::uint64_t> used_;
    std::uint64_t refused_ = 0;
};

}  // namespace weir::signaling
