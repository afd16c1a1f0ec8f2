// SPDX-License-Identifier: Apache-2.0
// CodecPolicy: which formats of an audio m-line may pass a dial-peer, and in which order (spec
// A.10).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {

struct AllowedCodec {
    std::string encoding;          // as in an rtpmap: "PCMU"
    std::uint32_t clock_rate = 0;  // Hz, as in an rtpmap
    bool operator==(const AllowedCodec&) const = default;
};

struct CodecPolicy {
    bool transparent = false;          // every codec, in the order of the offer
    std::vector<AllowedCodec> codecs;  // best first
    bool telephone_event = true;       // dtmf-relay rtp-nte (spec A.11)
    bool comfort_noise = true;         // vad (spec A.2)
    bool operator==(const CodecPolicy&) const = default;
};

// The formats that pass `policy`: its codecs in its order, then telephone-event and comfort noise.
// Empty when no codec is left (events and noise alone are no conversation).
[[nodiscard]] std::vector<Format> apply(const CodecPolicy& policy, std::vector<Format> formats);

// An answer names one codec: the first, with the telephone-event and noise behind it.
[[nodiscard]] std::vector<Format> first_codec_only(std::vector<Format> formats);

}  // namespace weir::signaling::sdp
