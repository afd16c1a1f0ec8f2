// SPDX-License-Identifier: Apache-2.0
// What a call takes of max-bandwidth, from its offer and from what was agreed (spec J.2). Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "signaling/api/call_events.hpp"
#include "signaling/sdp/codec_policy.hpp"

namespace weir::signaling {

// The most that an answer to this offer can take through a peer with that policy: of each m-line
// the costliest codec that the peer lets pass. No SDP, or one that cannot be read: 0.
[[nodiscard]] std::uint32_t offered_kbps(std::string_view sdp, const sdp::CodecPolicy& policy,
                                         bool ipv6);

// What the agreed streams take: the codec in use of each; lines that are not audio count as 0.
[[nodiscard]] std::uint32_t agreed_kbps(const std::vector<NegotiatedStream>& streams, bool ipv6);

}  // namespace weir::signaling
