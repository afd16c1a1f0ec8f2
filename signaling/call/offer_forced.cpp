// SPDX-License-Identifier: Apache-2.0
// Call: early-offer forced (spec B.5): the caller makes no offer, but the callee gets one: ours,
// out of its peer's codecs.
//
// | caller                  | we                                        | callee            |
// |-------------------------|-------------------------------------------|-------------------|
// | INVITE without offer    | INVITE with our offer                     |                   |
// |                         | its answer, as our offer, goes back       | 2xx with an answer |
// |                         | ACK at once (spec E.4, 1)                 |                   |
// | 2xx with the offer      |                                           |                   |
// | ACK with the answer     | checked for a common codec, else BYE to both with cause 65 | |
//
// The callee's media flow to the caller from its ACK on (spec E.4, 6).
#include <algorithm>

#include "config/base/text.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/sdp/offer.hpp"

namespace weir::signaling {
namespace {

// Spec B.5: what `renegotiate` without `always` is for.
bool is_rich(std::string_view rtpmap) {
    for (const std::string_view encoding :
         {"MPEG4-GENERIC", "MP4A-LATM", "H263", "H263-1998", "H264"})
        if (text::iequals(rtpmap.substr(0, rtpmap.find('/')), encoding)) return true;
    return false;
}

}  // namespace

bool Call::forces_offer() const {
    return option(Side::b, &config::SipOptions::early_offer) != config::EarlyOffer::off;
}

// Errors: nothing to offer (codec transparent), the caller's own offer has to be waited for then.
Result<std::string> Call::make_forced_offer() {
    sdp::Offer offer;
    offer.address = media_address(Side::b);
    sdp::OfferedStream audio;
    audio.port = media_.local[0].local_rtp[static_cast<std::size_t>(Side::b)].port;
    audio.formats = sdp::own_formats(leg(Side::b).codecs);
    audio.direction = sdp::Direction::sendrecv;
    if (audio.formats.empty())
        return fail(ErrorCode::unavailable, "no codec is configured that could be offered");
    audio.ptime_ms = leg(Side::b).codecs.codecs.front().ptime_ms;
    offer.streams = {audio};
    auto described = sdp::Description::parse(sdp::to_text(offer));
    if (!described) return fail(described.error());
    mid_.own_offer = *described;
    return stamp(*described, Side::b);
}

// A provisional response of the callee: its description is an answer to our offer, and stays here,
// since an unreliable response cannot bring the caller an offer (spec E.4, 6).
void Call::pass_forced_progress(EarlyDialog& fork, const SipMessage& message, bool reliable) {
    const auto answer = sdp::Description::parse(message.body);
    if (answer && !fork.settled && project(*answer, Side::a, &*mid_.own_offer)) {
        fork.described = *answer;
        fork.settled = reliable;
    }
    if (reliable) send_prack(message, {});
    const ProgressDecision decision = decide_on(message, false);
    if (decision.forward) pass_progress(message, decision.status, {});
}

void Call::answer_forced_offer(const IncomingResponse& response) {
    held_answer_.reset();
    Result<sdp::Description> answer = sdp::Description::parse(response.message.body);
    const EarlyDialog* fork = early_.forks.find(leg(Side::b).dialog->remote_tag());
    if (fork != nullptr && fork->described && (fork->settled || response.message.body.empty()))
        answer = *fork->described;
    const auto fits =
        answer ? project(*answer, Side::a, &*mid_.own_offer) : Result<sdp::Description>(answer);
    if (!fits) return abandon_answered_callee(dialplan::kCauseInterworking);
    ack_callee({});
    // The one codec that was agreed is what the caller is offered.
    auto offered = project(*fits, Side::a, nullptr);
    if (!offered) {
        failure_.status = 488;
        return abandon_answered_callee(dialplan::kCauseBearerNotImplemented);
    }
    leg(Side::a).state = Leg::State::answered;
    state_ = CallState::answered;
    SipMessage ok =
        leg(Side::a).dialog->response(setup_.invite.message, 200, stamp(*offered, Side::a));
    carry_headers(response.message, ok, Side::a);
    offer_ = OfferState{Side::b, std::move(*answer), std::move(*offered)};
    respond_invite(ok);
}

void Call::finish_forced_offer(const SipMessage& ack) {
    const auto answer = sdp::Description::parse(ack.body);
    const auto projected =
        answer ? project(*answer, Side::b, &offer_->sent) : Result<sdp::Description>(answer);
    mid_.own_offer.reset();
    if (!projected)
        return release(answer ? dialplan::kCauseBearerNotImplemented : dialplan::kCauseInterworking,
                       std::nullopt);
    set_streams(*offer_, *answer, *projected);
    connect();
    const auto mode = option(Side::b, &config::SipOptions::early_offer);
    const bool rich = std::any_of(streams_.begin(), streams_.end(), [](const auto& stream) {
        return !stream.formats.empty() && is_rich(stream.formats.front().rtpmap);
    });
    const bool wanted = mode == config::EarlyOffer::renegotiate_always ||
                        (mode == config::EarlyOffer::renegotiate && rich);
    if (wanted && way_of(midcall_mode(), false) == MidcallWay::pass) renegotiate(Side::b);
}

}  // namespace weir::signaling
