// SPDX-License-Identifier: Apache-2.0
// Call: final responses of the callee: the answer with an early or a delayed offer (RFC 3264, 3261
// 13).
#include <algorithm>

#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/causes.hpp"
#include "signaling/call/reliable_limits.hpp"
#include "signaling/sdp/local_answer.hpp"

namespace weir::signaling {

void Call::on_invite_response(const IncomingResponse& response) {
    Leg& callee = leg(Side::b);
    const int status = response.message.status;
    if (callee.state == Leg::State::inviting) {
        if (status < 200) return on_progress(response);
        if (status < 300) return on_answer(response);
        return on_invite_failure(response.message);
    }
    if (status / 100 == 2) on_late_response(response);
}

// A 2xx after the first: the same dialog again, or another fork (RFC 3261 13.2.2.4).
void Call::on_late_response(const IncomingResponse& response) {
    const SipMessage& message = response.message;
    const auto is_of = [&](const Dialog& dialog) {
        const std::string* call_id = message.find("Call-ID");
        return call_id != nullptr && *call_id == dialog.call_id();
    };
    const auto confirm = [&](const Dialog& dialog, const Acked& acked) {
        if (dialog.is_forked(message)) return drop_fork(dialog, invite_cseq_, message);
        if (acked.token != 0 && acked.token == invite_token_) act(ack_of(dialog, acked));
    };
    const Leg& callee = leg(Side::b);
    if (is_of(*callee.dialog)) return confirm(*callee.dialog, callee.acked);
    // A transfer has put another party in its place.
    for (const auto& departed : services_.departed)
        if (is_of(departed.dialog)) return confirm(departed.dialog, departed.acked);
}

void Call::drop_fork(const Dialog& dialog, std::uint32_t cseq, const SipMessage& response) {
    Dialog fork = dialog.fork_of(response);
    // Where it had PRACKs its numbers count on from those.
    fork.count_on_from(early_.forks.last_cseq(fork));
    act(SendAck{{fork.ack(cseq), fork.path()}});
    // Its 2xx once more: the BYE is on its way already.
    const std::string name = fork.call_id() + ";" + fork.remote_tag();
    auto& dropped = early_.dropped;
    if (std::find(dropped.begin(), dropped.end(), name) != dropped.end()) return;
    if (dropped.size() < kMaxEarlyDialogs) dropped.push_back(name);
    SipMessage bye = fork.request("BYE");
    bye.add("Reason", reason_value(dialplan::kCauseNormalClearing));
    act(SendRequest{
        ++last_token_,
        {std::move(bye), fork.path(), timer(Side::b, "disconnect"), retries(Side::b, "bye")}});
}

void Call::on_answer(const IncomingResponse& response) {
    Leg& callee = leg(Side::b);
    callee.state = Leg::State::answered;
    if (early_.forks.select(response.message, *callee.dialog) == nullptr)
        callee.dialog->on_response(response.message);
    learn_party(Side::b, response.message);
    on_session_answer(Side::b, response.message);
    act(StopTimer{CallTimer::expires});
    connected_at_ = response.received_at;
    connected_wall_ = now_.wall;
    open_early_media();
    // The worker must have the session before the caller hears of it.
    if (!media_.worker_ready) {
        held_answer_ = response;
        return;
    }
    if (early_offer_) return answer_early_offer(response);
    answer_delayed_offer(response);
}

void Call::answer_early_offer(const IncomingResponse& response) {
    held_answer_.reset();
    const EarlyDialog* fork = early_.forks.find(leg(Side::b).dialog->remote_tag());
    const bool settled = fork != nullptr && fork->settled;
    if (settled && early_.streams_stand) {
        point(Side::b, *fork->described);
        ack_callee({});
        return answer_caller(response.message, {});
    }
    Result<sdp::Description> answer = sdp::Description::parse(response.message.body);
    // RFC 3262 5: the answer was given reliably. And some callees answer in an unreliable 18x only:
    // what it said holds.
    const bool said = fork != nullptr && fork->described;
    if (settled || (response.message.body.empty() && said)) answer = *fork->described;
    const auto projected =
        answer ? project(*answer, Side::a, &offer_->sent) : Result<sdp::Description>(answer);
    if (!projected) return abandon_answered_callee(dialplan::kCauseInterworking);
    ack_callee({});
    set_streams(*offer_, *answer, *projected);
    if (early_.sender.has_described()) {
        compare_with_shown(*projected);
        return answer_caller(response.message, {});
    }
    answer_caller(response.message, stamp(*projected, Side::a));
}

void Call::answer_delayed_offer(const IncomingResponse& response) {
    if (mid_.own_offer) return answer_forced_offer(response);
    if (answer_must_wait()) {
        held_answer_ = response;
        return;
    }
    EarlyDialog* fork = early_.forks.find(leg(Side::b).dialog->remote_tag());
    if (fork != nullptr && fork->settled) return answer_settled_offer(response, *fork);
    if (!offer_) {
        auto offer = sdp::Description::parse(response.message.body);
        if (!offer) return abandon_answered_callee(dialplan::kCauseInterworking);
        offer_ = OfferState{Side::b, std::move(*offer), {}};
    }
    if (add_missing_stream(offer_->received)) {
        held_answer_ = response;
        return;
    }
    if (early_.sender.is_described()) return answer_offer_here(response);
    offer_to_caller(response.message);
}

// The caller has agreed already, to an earlier candidate's offer or to ours: this one's offer is
// answered with that.
void Call::answer_offer_here(const IncomingResponse& response) {
    held_answer_.reset();
    std::string answer;
    if (!stand_on_agreed(&answer))
        return abandon_answered_callee(dialplan::kCauseBearerNotImplemented);
    ack_callee(std::move(answer));
    answer_caller(response.message, {});
}

// The callee's offer and what the caller has agreed to make the streams of the call; false: they
// have no codec in common.
bool Call::stand_on_agreed(std::string* answer) {
    const sdp::Description& offer = offer_->received;
    const sdp::Description* agreed = early_.agreed ? &*early_.agreed : nullptr;
    const sdp::Description accepted = accept_offer(offer, agreed);
    auto projected = project(accepted, Side::b, &offer);
    if (!projected) return false;
    const bool fits = agreed != nullptr && agreed->media.size() == offer.media.size();
    if (fits && early_.shown) {
        // Each has agreed to an offer of its own: their numbers are their own, too.
        offer_->sent = *early_.shown;
        media_.numbers_differ = true;
    }
    set_streams(*offer_, fits ? *agreed : accepted, *projected);
    early_.streams_stand = true;
    if (answer != nullptr) *answer = stamp(*projected, Side::b);
    return true;
}

// Spec E.6: what the caller was told first stays; where that is not what the answer says, both
// sides are brought together once the call is up.
void Call::compare_with_shown(const sdp::Description& projected) {
    if (early_.shown && !same_media(*early_.shown, projected)) early_.out_of_step = true;
}

void Call::renegotiate_early() {
    if (!std::exchange(early_.out_of_step, false)) return;
    // Choice: with `block` alone nothing is sent; without it a call that would be noise is mended.
    const bool blocked =
        option(Side::b, &config::SipOptions::early_media_update) == config::EarlyMediaUpdate::block;
    if (!blocked && way_of(midcall_mode(), false) == MidcallWay::pass) renegotiate(Side::b);
}

// The callee's offer has been answered by a PRACK (RFC 3262 5): its 2xx needs no more.
void Call::answer_settled_offer(const IncomingResponse& response, const EarlyDialog& fork) {
    held_answer_.reset();
    ack_callee({});
    point(Side::b, *fork.described);
    if (early_.sender.has_described() && early_.streams_stand)
        return answer_caller(response.message, {});
    // In place of the caller we have accepted; it is offered what we accepted.
    offer_ = OfferState{Side::b, *fork.described, {}};
    if (early_.sender.has_described()) {
        if (!stand_on_agreed(nullptr)) early_.out_of_step = true;
        return answer_caller(response.message, {});
    }
    offer_to_caller(response.message);
}

// The 2xx with the callee's offer: the answer comes in the caller's ACK.
void Call::offer_to_caller(const SipMessage& from) {
    held_answer_.reset();
    auto projected = project(offer_->received, Side::a, nullptr);
    if (!projected) {
        failure_.status = 488;
        return abandon_answered_callee(dialplan::kCauseBearerNotImplemented);
    }
    leg(Side::a).state = Leg::State::answered;
    state_ = CallState::answered;
    SipMessage response =
        leg(Side::a).dialog->response(setup_.invite.message, 200, stamp(*projected, Side::a));
    carry_headers(from, response, Side::a);
    respond_invite(response);
    offer_->sent = std::move(*projected);
}

// The callee has answered, but the call cannot be: it gets ACK and BYE, the caller a failure.
void Call::abandon_answered_callee(int cause) {
    connected_at_.reset();
    fail_call(failure_.status == 488 ? 488 : status_of_cause(*setup_.config, cause), cause);
}

void Call::connect() {
    told_connected_ = true;
    act(TellConnected{});
}

}  // namespace weir::signaling
