// SPDX-License-Identifier: Apache-2.0
// Answers that we give ourselves: to a mid-call offer that does not reach the other side (spec B.6:
// block, media-change), and in place of a party that cannot be asked now (E.4, E.6). Thread: any;
// pure.
#pragma once

#include "config/base/result.hpp"
#include "signaling/sdp/description.hpp"

namespace weir::signaling::sdp {

// `current` is what this party was told last. The answer keeps its media: each m-line of the offer
// that is active in both is taken with the formats that both have and the mirror of the offered
// direction; every other one (video, T.38) gets port 0. Errors: no m-line is left (denied: 488).
[[nodiscard]] Result<Description> answer_locally(const Description& offer,
                                                 const Description& current);

// A description that accepts `offer`, as if the other party had sent it: the same m-lines, of each
// RTP line the first codec that `agreed` (what the other party has agreed to; null: anything) has
// too, and with it telephone-event; directions mirrored (RFC 3264 6.1). Lines without such a codec
// get port 0. Addresses are the offer's: the caller of this replaces them.
[[nodiscard]] Description accept_offer(const Description& offer, const Description* agreed);

// The offer with the formats that accept_offer keeps, its directions as they are: what remains to
// be offered to the party in whose place we have answered.
[[nodiscard]] Description limit_offer(const Description& offer, const Description* agreed);

// The two descriptions name the same codecs and directions in the same m-lines: who was told one
// needs no new one.
[[nodiscard]] bool same_media(const Description& one, const Description& other);

}  // namespace weir::signaling::sdp
