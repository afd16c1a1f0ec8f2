// SPDX-License-Identifier: Apache-2.0
// Mid-call offers: decisions by table.
#include "signaling/call/midcall.hpp"

#include <algorithm>

namespace weir::signaling {
namespace {

using config::MidcallSignaling;
using sdp::Direction;

unsigned rank(MidcallSignaling mode) {
    switch (mode) {
        case MidcallSignaling::passthru:
            return 0;
        case MidcallSignaling::preserve_codec:
            return 1;
        case MidcallSignaling::passthru_media_change:
            return 2;
        case MidcallSignaling::block:
            return 3;
    }
    return 0;
}

}  // namespace

int refusal_of_offer(LegOffer state) {
    switch (state) {
        case LegOffer::stable:
            return 0;
        case LegOffer::peer_offered:
        case LegOffer::peer_asks:
            return 500;
        case LegOffer::we_offered:
        case LegOffer::we_ask:
            return 491;
    }
    return 500;
}

MidcallSignaling stricter(MidcallSignaling one, MidcallSignaling other) {
    return rank(one) < rank(other) ? other : one;
}

bool can_do_midcall(MidcallSignaling mode) {
    return mode == MidcallSignaling::passthru || mode == MidcallSignaling::preserve_codec;
}

bool adds_media(const sdp::Description& current, const sdp::Description& offered) {
    for (std::size_t i = 0; i < offered.media.size(); ++i) {
        const auto now = sdp::view(offered, i);
        if (!now.is_active() || now.direction != Direction::sendrecv) continue;
        if (i >= current.media.size()) return true;
        const auto before = sdp::view(current, i);
        if (!before.is_active() || before.line.media != now.line.media ||
            before.line.is_rtp() != now.line.is_rtp())
            return true;
    }
    return false;
}

MidcallWay way_of(MidcallSignaling mode, bool adds) {
    if (mode == MidcallSignaling::block) return MidcallWay::answer_here;
    if (mode == MidcallSignaling::passthru_media_change && !adds) return MidcallWay::answer_here;
    return MidcallWay::pass;
}

// The rows of B.6 name sendonly; inactive is treated as the party that holds the other, too.
Direction blocked_answer(Direction offered, Direction answered, BlockedHold legs) {
    if (offered == Direction::sendrecv) {
        if (answered == Direction::sendrecv || legs.offerer_can) return answered;
        return Direction::sendrecv;
    }
    // RFC 3264 6.1: whatever was agreed, the answer may only be the mirror of the offer or less.
    const Direction mirror = sdp::make_direction(sdp::receives(offered), sdp::sends(offered));
    if (answered == Direction::sendrecv) return mirror;
    return legs.offerer_can && !legs.answerer_can ? Direction::inactive : mirror;
}

std::chrono::milliseconds glare_delay(bool owns_call_id, std::uint64_t draw) {
    const auto steps = static_cast<std::int64_t>(std::min(draw, kGlareSteps - 1));
    // 191 values from 2.10 to 4.00 s, 200 from 0 to 1.99 s.
    if (owns_call_id) return std::chrono::milliseconds(2100 + 10 * (steps * 190 / 199));
    return std::chrono::milliseconds(10 * steps);
}

}  // namespace weir::signaling
