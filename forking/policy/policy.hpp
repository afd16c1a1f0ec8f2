// SPDX-License-Identifier: Apache-2.0
// Which recording a call gets: anchor side, media class, recorders in order (spec F.1, F.3). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/model/config.hpp"
#include "dataplane/api/session.hpp"

namespace weir::forking {

// A recorder to be tried, with what its dial-peer says.
struct RecorderTarget {
    config::DialPeerTag peer;
    std::string number;  // plain number of its destination-pattern: user part of the Request-URI
    IpAddress address;   // unset: `host` is to be looked up
    std::string host{};  // session target dns:
    std::uint16_t port = 0;                                // 0 = the default of the transport
    config::Transport transport = config::Transport::udp;  // never `system`
    bool tls = false;                                      // session transport tcp tls
    bool operator==(const RecorderTarget&) const = default;
};

struct RecordingPlan {
    std::uint32_t media_class = 0;
    dataplane::Side anchor = dataplane::Side::a;  // near end: the leg whose peer has the class
    bool audio_only = false;                      // media-type audio; else the first video line too
    std::vector<RecorderTarget>
        recorders;                     // failover order; those that cannot be used are left out
    std::vector<std::string> skipped;  // why: "8002: is shut down"
    std::string warning;               // both peers have a media class
    bool operator==(const RecordingPlan&) const = default;
};

// Nothing if neither peer has a media class. Dial-peer 0 never has one. A plan without recorders
// is a recording that fails: the ledger says so.
[[nodiscard]] std::optional<RecordingPlan> plan_recording(const config::Config& config,
                                                          config::DialPeerTag inbound,
                                                          config::DialPeerTag outbound);

}  // namespace weir::forking
