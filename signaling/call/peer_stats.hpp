// SPDX-License-Identifier: Apache-2.0
// PeerStats: what `show dial-peer voice N` counts of each dial-peer (spec H.3). Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "config/model/config.hpp"
#include "signaling/cdr/cdr_record.hpp"

namespace weir::signaling {

// Of calls to the peer: successful (answered), failed, and incomplete: those of the failed ones
// that ended with causes 17, 18, 19. Of calls from it: accepted and refused.
struct PeerCounters {
    std::chrono::nanoseconds connect_time{0};  // of both kinds
    std::uint64_t successful = 0;
    std::uint64_t failed = 0;
    std::uint64_t incomplete = 0;
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint8_t last_cause = 0;  // 0: no call has ended
    std::optional<MonoTime> last_setup;
    std::optional<MonoTime> last_disconnect;
    std::optional<MonoTime> cleared;
};

// Thread: sip. A peer without calls has no entry; bounded by the configuration through prune().
class PeerStats {
public:
    // A call that has ended. `refused`: it was not let in, or had no way to go.
    void note(const CdrRecord& record, bool refused);
    [[nodiscard]] PeerCounters of(config::DialPeerTag peer) const;
    [[nodiscard]] const std::map<config::DialPeerTag, PeerCounters>& all() const { return peers_; }
    void clear(config::DialPeerTag peer, MonoTime now);
    void clear_all(MonoTime now);
    // Peers that are configured no longer.
    void prune(const config::Config& config);

private:
    void note_callee(const CdrRecord& record);

    std::map<config::DialPeerTag, PeerCounters> peers_;
    std::optional<MonoTime> cleared_;  // all of them
};

}  // namespace weir::signaling
