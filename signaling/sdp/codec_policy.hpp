// SPDX-License-Identifier: Apache-2.0
// CodecPolicy: which formats of an audio m-line may pass a dial-peer, and in which order (spec
// A.10).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signaling/sdp/payload_numbers.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {

// Annex B of G.729 (RFC 4856 2.1.9), the silence of its own that codec g729br8 has and g729r8 has
// not.
enum class AnnexB : std::uint8_t { any, no, yes };

struct AllowedCodec {
    std::string encoding;          // as in an rtpmap: "PCMU"
    std::uint32_t clock_rate = 0;  // Hz, as in an rtpmap
    AnnexB annexb = AnnexB::any;   // other than `any` only for G729
    // For offers that we make ourselves; 0 = the next free dynamic number (RFC 3551 3).
    std::uint8_t payload_type = 0;
    std::uint32_t ptime_ms = 20;
    bool operator==(const AllowedCodec&) const = default;
};

struct CodecPolicy {
    bool transparent = false;             // every codec, in the order of the offer
    std::vector<AllowedCodec> codecs;     // best first
    bool telephone_event = true;          // dtmf-relay rtp-nte (spec A.11)
    bool comfort_noise = true;            // vad (spec A.2)
    std::vector<WantedNumber> numbers{};  // rtp payload-type: toward this peer
    // Of offers that we make ourselves (video codec); what others offer passes whatever it is.
    std::vector<AllowedCodec> video{};
    bool operator==(const CodecPolicy&) const = default;
};

// Whether a party may answer with other numbers than it was offered (asymmetric payload, spec
// A.10): the offerer is told its own, and the packets are renumbered on their way (RFC 3264 5.1).
struct Asymmetric {
    bool events = false;  // telephone-event
    bool codecs = false;  // dynamic numbers of codecs
    bool operator==(const Asymmetric&) const = default;
};

// The formats that pass `policy`: its codecs in its order, then telephone-event and comfort noise.
// Empty when no codec is left (events and noise alone are no conversation).
[[nodiscard]] std::vector<Format> apply(const CodecPolicy& policy, std::vector<Format> formats);

// An answer names one codec: the first, with the telephone-event and noise behind it.
[[nodiscard]] std::vector<Format> first_codec_only(std::vector<Format> formats);

// The formats of an offer that we make ourselves out of `policy` (spec B.5, early-offer forced); a
// transparent policy has none.
[[nodiscard]] std::vector<Format> own_formats(const CodecPolicy& policy);
// ... of its video line; empty where the peer has no video codec.
[[nodiscard]] std::vector<Format> own_video_formats(const CodecPolicy& policy);

// `format` of an answer stands for one of `offered`: the same number, or where numbers may differ
// the same encoding and clock.
[[nodiscard]] bool answers(const Format& format, const std::vector<Format>& offered,
                           const Asymmetric& numbers);

}  // namespace weir::signaling::sdp
