// SPDX-License-Identifier: Apache-2.0
// What becomes of a mid-call offer: the modes of midcall-signaling (spec B.6), glare, blocked hold.
//
// Pure; thread: any. The machine asks; it carries out.
//
// The offer/answer state of a leg (RFC 3264 4, RFC 6337 2, RFC 3311 5.2, RFC 3261 14.2):
//
// clang-format off
// | state of the leg   | begins with                     | ends with                         | an offer of the peer | an offer of ours |
// |--------------------|---------------------------------|-----------------------------------|----------------------|------------------|
// | stable             | each answer, each failure       | the next offer                    | taken                | may go out |
// | peer_offered       | INVITE or UPDATE with an offer  | our answer in the 2xx, or 3xx-6xx | 500, Retry-After 0-10 | 491 to who wants it |
// | peer_asks (no SDP) | re-INVITE without an offer      | its ACK (our offer was in the 2xx) | 500, Retry-After 0-10 | 491 to who wants it |
// | we_offered         | our INVITE or UPDATE with offer | its 2xx, or 3xx-6xx               | 491                  | waits (2.1-4 s or 0-2 s after a 491) |
// | we_ask (no SDP)    | our re-INVITE without offer     | our ACK with the answer           | 491                  | waits |
//
// RFC 6337's patterns: 1 (INVITE, 2xx), 2 (2xx, ACK) and the forms of 3 to 6 with PRACK belong to the
// first INVITE; a re-INVITE uses 1 and 2, an UPDATE its own request and 2xx. An offer that fails
// leaves the session as it was before it (RFC 6141 3.4, RFC 3311 5.1, RFC 3261 14.1).
// clang-format on
#pragma once

#include <chrono>
#include <cstdint>

#include "config/model/sip_options.hpp"
#include "signaling/sdp/description.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling {

enum class LegOffer : std::uint8_t { stable, peer_offered, peer_asks, we_offered, we_ask };

// The status with which an offer of the peer is turned away in that state; 0: it is taken.
[[nodiscard]] int refusal_of_offer(LegOffer state);

// Of the two legs the more restrictive mode holds for both: block, media-change, preserve-codec.
[[nodiscard]] config::MidcallSignaling stricter(config::MidcallSignaling one,
                                                config::MidcallSignaling other);
// The leg takes part in mid-call signalling (spec B.6: "can do mid-call").
[[nodiscard]] bool can_do_midcall(config::MidcallSignaling mode);

// The offer has an active m-line that may send both ways, of a kind or in a place that `current`,
// the peer's description so far, has not: video or T.38 comes in.
[[nodiscard]] bool adds_media(const sdp::Description& current, const sdp::Description& offered);

enum class MidcallWay : std::uint8_t { pass, answer_here };
[[nodiscard]] MidcallWay way_of(config::MidcallSignaling mode, bool adds);

// The table of spec B.6 for calls that begin on hold while a leg blocks: what is answered to the
// offerer's direction when the callee, who was offered sendrecv, answered `answered`.
struct BlockedHold {
    bool offerer_can = false;  // do mid-call
    bool answerer_can = false;
};
[[nodiscard]] sdp::Direction blocked_answer(sdp::Direction offered, sdp::Direction answered,
                                            BlockedHold legs);

// How long to wait after a 491 (RFC 3261 14.1): 2.1 to 4 s in steps of 10 ms when the Call-ID is
// ours, else 0 to 2 s. `draw` is even in 0..kGlareSteps-1.
inline constexpr std::uint64_t kGlareSteps = 200;
[[nodiscard]] std::chrono::milliseconds glare_delay(bool owns_call_id, std::uint64_t draw);

}  // namespace weir::signaling
