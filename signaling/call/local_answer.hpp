// SPDX-License-Identifier: Apache-2.0
// The answer that we give in place of a party that cannot be asked now (spec E.4, E.6), pure.
#pragma once

#include "signaling/sdp/description.hpp"

namespace weir::signaling {

// A description that accepts `offer`, as if the other party had sent it: the same m-lines, of each
// RTP line the first codec that `agreed` (what the other party has agreed to; null: anything) has
// too, and with it telephone-event; directions mirrored (RFC 3264 6.1). Lines without such a codec
// get port 0. Addresses are the offer's: the caller of this replaces them. Thread: any.
[[nodiscard]] sdp::Description accept_offer(const sdp::Description& offer,
                                            const sdp::Description* agreed);

// The offer with the formats that accept_offer keeps, its directions as they are: what remains to
// be offered to the party in whose place we have answered. Thread: any.
[[nodiscard]] sdp::Description limit_offer(const sdp::Description& offer,
                                           const sdp::Description* agreed);

// The two descriptions name the same codecs and directions in the same m-lines: who was told one
// needs no new one. Thread: any.
[[nodiscard]] bool same_media(const sdp::Description& one, const sdp::Description& other);

}  // namespace weir::signaling
