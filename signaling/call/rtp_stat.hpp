// SPDX-License-Identifier: Apache-2.0
// P-RTP-Stat of one leg (spec E.10), from the counters of the media plane. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "config/model/config.hpp"
#include "dataplane/api/media_plane.hpp"
#include "dataplane/api/session.hpp"

namespace weir::signaling {

// How long a BYE or its 200 waits for the counters: far above a round trip to weir-media, far below
// a retransmission.
inline constexpr auto kRtpStatWait = std::chrono::milliseconds(200);

// `media bulk-stats` and `media stats-disconnect` of voice service voip (spec E.10): both are
// needed.
[[nodiscard]] bool wants_rtp_stat(const config::Config& config);

// "PS=19,OS=4480,PR=25,OR=4000,PL=0,JI=0,LA=0,DU=12": all audio streams of the leg of `side`; what
// was sent to that party is what came from the other one and was relayed. JI in milliseconds of
// `clock_rate` (Hz), of the first stream; LA is 0: the round trip is not measured. DU in seconds.
[[nodiscard]] std::string rtp_stat(const dataplane::SessionState& state, dataplane::Side side,
                                   std::chrono::seconds talked, std::uint32_t clock_rate = 8000);

}  // namespace weir::signaling
