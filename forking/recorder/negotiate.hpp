// SPDX-License-Identifier: Apache-2.0
// The recorder's half of offer and answer (spec F.3, F.9): pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "forking/recorder/track.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::forking {

// What one m-line of the offer asks for.
struct OfferedTrack {
    bool accepted = false;  // G.711 over RTP/AVP; anything else is refused with port 0
    TrackFormat format;
    bool paused = false;   // the offerer does not send: a=inactive, or c=0.0.0.0
    Endpoint sender_rtcp;  // where our reports go
    signaling::sdp::MediaView view;
};

// Errors: invalid (no SDP that can be read), denied (no m-line that can be recorded: 488).
[[nodiscard]] Result<std::vector<OfferedTrack>> read_offer(std::string_view sdp);

struct AnswerSettings {
    std::uint64_t session_id = 1;
    std::uint64_t version = 1;
    IpAddress address;
    std::vector<std::uint16_t> ports;  // one per m-line; 0 = refused
};
// One m-line for each of the offer (RFC 3264 6), a=recvonly or a=inactive.
[[nodiscard]] std::string write_answer(const std::vector<OfferedTrack>& offer,
                                       const AnswerSettings& settings);

// X-Cisco-Recording-Participant: sip:708090@192.0.2.5;media-index="0 2". Total on any text.
[[nodiscard]] Participant read_participant(std::string_view header);

}  // namespace weir::forking
