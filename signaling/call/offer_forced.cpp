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
// A caller that gets its 18x reliably has the offer earlier (RFC 3262 5, RFC 6337's pattern 4):
//
// | caller                     | we                                     | callee            |
// |----------------------------|----------------------------------------|-------------------|
// | reliable 18x with the offer| its answer, as our offer; PRACK to it if it is reliable | 18x with
// an answer | | PRACK with the answer      | 200; 488 to both without a common codec; media flow |
// | | 2xx without SDP            | ACK at once; ours waits for the PRACK  | 2xx               |
//
// Else the callee's media flow to the caller from its ACK on (spec E.4, 6). The next candidate of a
// caller that has answered is offered what the caller agreed to.
#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/sdp/offer.hpp"
#include "signaling/sdp/payload_numbers.hpp"

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

// The pass of a loop that has ports does it for the one that has none.
config::EarlyOffer Call::early_offer_mode() const {
    const auto own = option(Side::b, &config::SipOptions::early_offer);
    return own == config::EarlyOffer::off ? setup_.first_pass_offer.value_or(own) : own;
}

bool Call::forces_offer() const {
    return early_offer_mode() != config::EarlyOffer::off;
}

// Our offer toward that party: its peer's codecs, and video where the peer and our ports have it.
// Errors: nothing to offer (codec transparent).
Result<sdp::Description> Call::own_offer_to(Side side) const {
    const sdp::CodecPolicy& codecs = leg(side).codecs;
    sdp::Offer offer;
    offer.address = media_address(side);
    const auto add = [&](const char* media, std::vector<sdp::Format> formats) {
        const std::size_t at = offer.streams.size();
        sdp::OfferedStream stream;
        stream.media = media;
        stream.port = media_.local[at].local_rtp[static_cast<std::size_t>(side)].port;
        stream.formats = std::move(formats);
        stream.direction = sdp::Direction::sendrecv;
        offer.streams.push_back(std::move(stream));
    };
    add("audio", sdp::own_formats(codecs));
    if (offer.streams.front().formats.empty())
        return fail(ErrorCode::unavailable, "no codec is configured that could be offered");
    offer.streams.front().ptime_ms = codecs.codecs.front().ptime_ms;
    if (media_.count > 1 && !codecs.video.empty()) add("video", sdp::own_video_formats(codecs));
    return sdp::Description::parse(sdp::to_text(offer));
}

// Errors: nothing to offer; the callee's own offer has to be waited for then.
Result<std::string> Call::make_forced_offer() {
    auto described =
        early_.agreed ? project(*early_.agreed, Side::b, nullptr) : own_offer_to(Side::b);
    if (!described) return fail(described.error());
    mid_.own_offer = *described;
    return stamp(*described, Side::b);
}

// A provisional response of the callee: its description is an answer to our offer. It becomes the
// caller's offer in a reliable response; an unreliable one cannot bring an offer (spec E.4, 6).
void Call::pass_forced_progress(EarlyDialog& fork, const SipMessage& message, bool reliable) {
    const auto answer = sdp::Description::parse(message.body);
    bool fits = false;
    if (answer && !fork.settled && project(*answer, Side::a, &*mid_.own_offer)) {
        fork.described = *answer;
        fork.settled = reliable;
        fits = true;
    }
    if (reliable) send_prack(message, {});
    const bool may_offer = early_.reliable && !early_.offered && !early_.sender.will_describe();
    const ProgressDecision decision = decide_on(message, fits && may_offer);
    if (!decision.forward) return;
    std::string body;
    if (fits && may_offer && decision.use_sdp) body = offer_forced_early(fork, message, decision);
    pass_progress(message, decision.status, std::move(body));
}

// What the callee has answered, as our offer to the caller: one codec, with the numbers of its leg.
Result<sdp::Description> Call::forced_for_caller(const sdp::Description& answer) {
    auto fits = project(answer, Side::a, &*mid_.own_offer);
    if (!fits) return fits;
    // The callee may have answered with other numbers than we offered.
    if (sdp::has_numbers(*fits)) media_.numbers_differ = true;
    return project(*fits, Side::a, nullptr);
}

std::string Call::offer_forced_early(const EarlyDialog& fork, const SipMessage& message,
                                     const ProgressDecision& decision) {
    auto offered = forced_for_caller(*fork.described);
    if (!offered) return {};
    early_.offered = Early::Offered{message, decision.status, invite_token_, true};
    early_.shown = *offered;
    point(Side::b, *fork.described);
    std::string body = stamp(*offered, Side::a);
    offer_ = OfferState{Side::b, *fork.described, std::move(*offered)};
    return body;
}

// The caller has answered an offer of ours before the callee's 2xx: what both have said makes the
// streams. Where they have not the same codec, the parties are brought together after the ACK.
void Call::stand_on_forced(const sdp::Description& answer) {
    offer_ = OfferState{Side::b, answer, *early_.shown};
    const auto projected = project(*early_.agreed, Side::b, &offer_->sent);
    if (!projected || answer.media.size() != early_.agreed->media.size()) {
        early_.out_of_step = true;
        return point(Side::b, answer);
    }
    set_streams(*offer_, *early_.agreed, *projected);
    early_.streams_stand = true;
    const auto theirs = sdp::view(answer, 0).formats;
    const auto agreed = sdp::view(*early_.agreed, 0).formats;
    const bool same =
        !theirs.empty() && !agreed.empty() && sdp::is_same_codec(theirs.front(), agreed.front());
    if (!same || wants_renegotiation()) early_.out_of_step = true;
}

// Spec B.5, early-offer forced renegotiate [always].
bool Call::wants_renegotiation() const {
    const auto mode = early_offer_mode();
    const bool rich = std::any_of(streams_.begin(), streams_.end(), [](const auto& stream) {
        return !stream.formats.empty() && is_rich(stream.formats.front().rtpmap);
    });
    return mode == config::EarlyOffer::renegotiate_always ||
           (mode == config::EarlyOffer::renegotiate && rich);
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
    if (leg(Side::b).state != Leg::State::up) ack_callee({});
    if (early_.sender.will_describe()) {
        if (answer_must_wait() || !early_.agreed) {
            held_answer_ = response;  // the PRACK of our offer brings the caller's answer
            return;
        }
        stand_on_forced(*answer);
        mid_.own_offer.reset();
        return answer_caller(response.message, {});
    }
    // The one codec that was agreed is what the caller is offered.
    auto offered = forced_for_caller(*answer);
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
    const auto own_offer = std::exchange(mid_.own_offer, std::nullopt);
    if (!projected)
        return release(answer ? dialplan::kCauseBearerNotImplemented : dialplan::kCauseInterworking,
                       std::nullopt);
    set_streams(*offer_, *answer, *projected);
    // The callee sends by the numbers that it was offered.
    if (own_offer && media_.numbers_differ)
        number_packets(Side::b, *own_offer, offer_->received, *answer);
    connect();
    if (wants_renegotiation() && way_of(midcall_mode(), false) == MidcallWay::pass)
        renegotiate(Side::b);
}

}  // namespace weir::signaling
