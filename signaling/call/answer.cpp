// SPDX-License-Identifier: Apache-2.0
// Call: final responses of the callee: the answer with an early or a delayed offer (RFC 3264, 3261
// 13).
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"

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
    Leg& callee = leg(Side::b);
    const Dialog fork = callee.dialog->fork_of(response.message);
    if (fork.remote_tag() != callee.dialog->remote_tag())
        return drop_fork(*callee.dialog, invite_cseq_, response.message);
    if (callee.last_ack && callee.acked == invite_token_) act(SendAck{*callee.last_ack});
}

void Call::drop_fork(const Dialog& dialog, std::uint32_t cseq, const SipMessage& response) {
    Dialog fork = dialog.fork_of(response);
    act(SendAck{{fork.ack(cseq), fork.path()}});
    SipMessage bye = fork.request("BYE");
    bye.add("Reason", reason_value(dialplan::kCauseNormalClearing));
    const config::SipUa& ua = setup_.config->sip_ua;
    act(SendRequest{++last_token_,
                    {std::move(bye), fork.path(), ua.timer_disconnect, ua.retry_bye}});
}

void Call::on_answer(const IncomingResponse& response) {
    Leg& callee = leg(Side::b);
    callee.state = Leg::State::answered;
    callee.dialog->on_response(response.message);
    learn_party(Side::b, response.message);
    act(StopTimer{CallTimer::expires});
    connected_at_ = response.received_at;
    connected_wall_ = now_.wall;
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
    Result<sdp::Description> answer = sdp::Description::parse(response.message.body);
    // Some callees answer in the 18x only: what it said holds.
    if (response.message.body.empty() && early_answer_) answer = *early_answer_;
    const auto projected =
        answer ? project(*answer, Side::a, &offer_->sent) : Result<sdp::Description>(answer);
    if (!projected) return abandon_answered_callee(dialplan::kCauseInterworking);
    ack_callee({});
    set_streams(*offer_, *answer, *projected);
    leg(Side::a).state = Leg::State::answered;
    state_ = CallState::answered;
    respond_invite(
        leg(Side::a).dialog->response(setup_.invite.message, 200, stamp(*projected, Side::a)));
    connect();
}

void Call::answer_delayed_offer(const IncomingResponse& response) {
    if (!offer_) {
        auto offer = sdp::Description::parse(response.message.body);
        if (!offer) return abandon_answered_callee(dialplan::kCauseInterworking);
        offer_ = OfferState{Side::b, std::move(*offer), {}};
    }
    if (add_missing_stream(offer_->received)) {
        held_answer_ = response;
        return;
    }
    held_answer_.reset();
    auto projected = project(offer_->received, Side::a, nullptr);
    if (!projected) {
        failure_.status = 488;
        return abandon_answered_callee(dialplan::kCauseBearerNotImplemented);
    }
    leg(Side::a).state = Leg::State::answered;
    state_ = CallState::answered;
    respond_invite(
        leg(Side::a).dialog->response(setup_.invite.message, 200, stamp(*projected, Side::a)));
    offer_->sent = std::move(*projected);
}

// The callee has answered, but the call cannot be: it gets ACK and BYE, the caller a failure.
void Call::abandon_answered_callee(int cause) {
    connected_at_.reset();
    fail_call(failure_.status == 488 ? 488 : dialplan::sip_from_q850(cause), cause);
}

void Call::connect() {
    told_connected_ = true;
    act(TellConnected{});
}

}  // namespace weir::signaling
