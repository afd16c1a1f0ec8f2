// SPDX-License-Identifier: Apache-2.0
// The texts of a recording session: the ORA INVITE's headers and SDP, and what comes back. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forking/session/session_types.hpp"
#include "signaling/sdp/offer.hpp"

namespace weir::forking {

// X-Cisco-Recording-Participant, exactly two: the anchor party first (spec F.3).
[[nodiscard]] std::vector<signaling::Header> participant_headers(const SessionSetup& setup);
// "sip:708090@192.0.2.5", without brackets; what cannot stand in a user part is escaped.
[[nodiscard]] std::string participant_uri(const signaling::CallParty& party);

// One m-line of the offer; `sending`: sendonly, else inactive (spec F.4).
[[nodiscard]] signaling::sdp::OfferedStream offered_stream(const SessionTrack& track,
                                                           std::uint16_t port, bool sending);

// The INVITE to an ORA recorder, in the header order of spec F.3.
[[nodiscard]] signaling::SipMessage ora_invite(signaling::Dialog& dialog, const SessionSetup& setup,
                                               WallTime now, std::string sdp);

// Where a 3xx sends us: its first Contact that is a sip: URI with an address. The peer stays the
// same.
[[nodiscard]] std::optional<RecorderTarget> redirect_target(const signaling::SipMessage& response,
                                                            const RecorderTarget& from);

// The recorder's own account: X-Weir-Recorded: 0;packets=N;octets=N;lost=N;first-seq=N;last-seq=N
struct TrackAccountHeader {
    std::size_t media_index = 0;
    signaling::RecorderAccount account;
};
// Nothing unless it is complete and every number is one.
[[nodiscard]] std::optional<TrackAccountHeader> read_account(std::string_view header);

}  // namespace weir::forking
