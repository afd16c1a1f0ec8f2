// SPDX-License-Identifier: Apache-2.0
// Call: a re-INVITE or UPDATE of one side, passed to the other and answered from its answer (spec
// B.6).
#include <algorithm>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/midcall_limits.hpp"

namespace weir::signaling {

// The state of a leg's offer/answer (table in midcall.hpp).
LegOffer Call::offer_of(Side side) const {
    if (mid_.refreshes[static_cast<std::size_t>(side)].is_invite) return LegOffer::we_offered;
    if (!exchange_) return LegOffer::stable;
    const bool delayed = exchange_->delayed;
    if (exchange_->own || exchange_->from != side)
        return delayed ? LegOffer::we_ask : LegOffer::we_offered;
    return delayed ? LegOffer::peer_asks : LegOffer::peer_offered;
}

// What holds for mid-call offers of either side (spec B.6).
config::MidcallSignaling Call::midcall_mode() const {
    // Who answered here could not tell the pass that relays; that one has its own setting.
    if (media_.elsewhere) return config::MidcallSignaling::passthru;
    return stricter(option(Side::a, &config::SipOptions::midcall_signaling),
                    option(Side::b, &config::SipOptions::midcall_signaling));
}

// The status with which an offer is turned away at once, or 0.
int Call::exchange_refusal(Side side, const SipMessage& request) const {
    if (state_ >= CallState::releasing) return 481;
    // Before the ACK of the caller the first offer/answer is not over: its own offer is unanswered,
    // ours to the callee is pending (RFC 3311 5.2, RFC 3261 14.2).
    if (state_ != CallState::connected) return side == Side::a ? 500 : 491;
    if (services_.takeover) return 491;  // a new party is on its way (transfer.cpp)
    if (const int status = refusal_of_offer(offer_of(side)); status != 0) return status;
    // It could not be passed on: the other leg has an offer on its way (who asks tries again).
    if (offer_of(dataplane::other(side)) != LegOffer::stable) return 491;
    if (exchanges_ >= kMaxReInvites) return 500;
    if (request.body.empty()) return 0;
    return sdp::Description::parse(request.body) ? 0 : 488;
}

void Call::on_offer(Side side, const IncomingRequest& request) {
    const SipMessage& message = request.message;
    learn_party(side, message);
    if (mid_.timers[static_cast<std::size_t>(side)].is_too_small(message))
        return act(Respond{request.txn, too_small_session(side, message)});
    if (message.method == "UPDATE" && message.body.empty()) return refresh_by(side, request);
    if (const int status = exchange_refusal(side, message); status != 0)
        return refuse_request(request, side, status);
    const auto offer = sdp::Description::parse(message.body);
    const auto current = sdp::Description::parse(mid_.remote[static_cast<std::size_t>(side)]);
    const bool adds = offer && current && adds_media(*current, *offer);
    if (way_of(midcall_mode(), adds) == MidcallWay::answer_here) return answer_here(side, request);
    begin_exchange(side, request);
}

// An UPDATE without offer refreshes the target and the session timer: answered at once. The other
// leg's timer is refreshed with it if that is ours to do (spec B.7: refreshes pass end to end).
void Call::refresh_by(Side side, const IncomingRequest& request) {
    SipMessage response = leg(side).dialog->response(request.message, 200);
    if (state_ == CallState::connected || state_ == CallState::answered)
        answer_session(side, request.message, response);
    act(Respond{request.txn, std::move(response)});
    const Side far = dataplane::other(side);
    const bool ours =
        mid_.timers[static_cast<std::size_t>(far)].refresher() == SessionTimer::Refresher::us;
    if (ours && way_of(midcall_mode(), false) == MidcallWay::pass) send_refresh(far);
}

void Call::begin_exchange(Side side, const IncomingRequest& request) {
    ++exchanges_;
    Exchange exchange;
    exchange.from = side;
    exchange.txn = request.txn;
    exchange.request = request.message;
    exchange.since = request.received_at;
    exchange.delayed = request.message.body.empty();
    exchange.is_invite =
        request.message.method == "INVITE" || !leg(dataplane::other(side)).allows_update;
    if (request.message.method == "INVITE")
        act(Respond{request.txn, leg(side).dialog->response(request.message, 100)});
    if (!exchange.delayed) {
        auto offer = sdp::Description::parse(request.message.body);
        if (offer) exchange.offer = OfferState{side, std::move(*offer), {}};
    }
    media_.add_refused = false;
    exchange_ = std::move(exchange);
    forward_exchange();
}

void Call::forward_exchange() {
    const Side to = dataplane::other(exchange_->from);
    std::string body;
    if (exchange_->offer) {
        exchange_->phase = Exchange::Phase::adding;
        if (add_missing_stream(exchange_->offer->received)) return;
        auto projected = project(exchange_->offer->received, to, nullptr);
        if (!projected) return refuse_exchange(488);
        body = stamp(*projected, to);
        exchange_->offer->sent = std::move(*projected);
    }
    exchange_->phase = Exchange::Phase::waiting_answer;
    Dialog& dialog = *leg(to).dialog;
    const bool invite = exchange_->is_invite;
    SipMessage request = dialog.request_with_sdp(invite ? "INVITE" : "UPDATE", std::move(body));
    ask_session(to, request, exchange_->own ? nullptr : &exchange_->request);
    if (!exchange_->own) carry_headers(exchange_->request, request, to);
    exchange_->cseq = dialog.last_cseq();
    exchange_->token = send(to, std::move(request), timer(to, invite ? "trying" : "update"),
                            retries(to, invite ? "invite" : "update"));
    std::chrono::milliseconds limit = timer(to, "expires");
    // Who sent an UPDATE gives up long before a phone that rings is answered.
    if (invite && exchange_->request.method == "UPDATE")
        limit = std::min<std::chrono::milliseconds>(limit, kUpdateAnswer);
    act(StartTimer{CallTimer::exchange, limit});
}

void Call::on_exchange_response(const IncomingResponse& response) {
    const int status = response.message.status;
    if (status < 200 || exchange_->phase == Exchange::Phase::adding) return;
    if (exchange_->phase == Exchange::Phase::waiting_ack ||
        exchange_->phase == Exchange::Phase::waiting_back) {
        // A retransmitted 2xx: answered as soon as there is an ACK for it.
        const Leg& party = leg(dataplane::other(exchange_->from));
        if (status < 300 && party.acked.token == exchange_->token && exchange_->token != 0)
            act(ack_of(*party.dialog, party.acked));
        return;
    }
    if (status >= 300) return on_exchange_failure(response.message);
    on_exchange_answer(response);
}

void Call::on_exchange_answer(const IncomingResponse& response) {
    const Side to = dataplane::other(exchange_->from);
    leg(to).dialog->on_response(response.message);
    learn_party(to, response.message);
    on_session_answer(to, response.message);
    auto described = sdp::Description::parse(response.message.body);
    if (exchange_->delayed) {
        exchange_->phase = Exchange::Phase::adding;
        exchange_->held = response;
        if (!described) return release(dialplan::kCauseInterworking, std::nullopt);
        exchange_->offer = OfferState{to, std::move(*described), {}};
        return pass_delayed_offer();
    }
    if (exchange_->is_invite) {
        acknowledge(leg(to), {exchange_->token, exchange_->cseq, {}});
    }
    if (!described) return refuse_exchange(500);
    const auto projected = project(*described, exchange_->from, &exchange_->offer->sent);
    if (!projected) return refuse_exchange(488);
    act(StopTimer{CallTimer::exchange});
    set_streams(*exchange_->offer, *described, *projected);
    accept_exchange(response.message, stamp(*projected, exchange_->from));
    act(TellMediaChanged{exchange_->since});
    exchange_->phase = Exchange::Phase::waiting_ack;
    if (exchange_->request.method == "UPDATE") exchange_.reset();
}

// The 2xx of the other side holds an offer: it goes on in our 2xx, its answer comes in the ACK.
void Call::pass_delayed_offer() {
    exchange_->phase = Exchange::Phase::adding;
    if (add_missing_stream(exchange_->offer->received)) return;
    if (exchange_->own) return offer_back();
    auto projected = project(exchange_->offer->received, exchange_->from, nullptr);
    if (!projected) return release(dialplan::kCauseInterworking, std::nullopt);
    act(StopTimer{CallTimer::exchange});
    exchange_->phase = Exchange::Phase::waiting_ack;
    const SipMessage from = exchange_->held ? exchange_->held->message : SipMessage{};
    accept_exchange(from, stamp(*projected, exchange_->from));
    exchange_->offer->sent = std::move(*projected);
}

// Our 2xx to the side that began; `from` is the 2xx of the other one.
void Call::accept_exchange(const SipMessage& from, std::string sdp) {
    const Side side = exchange_->from;
    SipMessage response = leg(side).dialog->response(exchange_->request, 200, std::move(sdp));
    carry_headers(from, response, side);
    answer_session(side, exchange_->request, response);
    act(Respond{exchange_->txn, std::move(response)});
}

void Call::on_exchange_ack(const SipMessage& ack) {
    if (exchange_->phase != Exchange::Phase::waiting_ack) return;
    const Exchange exchange = std::move(*exchange_);
    exchange_.reset();
    if (exchange.here) return on_local_ack(exchange, ack);
    if (!exchange.delayed) return;
    const Side to = dataplane::other(exchange.from);
    const auto answer = sdp::Description::parse(ack.body);
    const auto projected =
        answer ? project(*answer, to, &exchange.offer->sent) : Result<sdp::Description>(answer);
    std::string body = projected ? stamp(*projected, to) : std::string();
    acknowledge(leg(to), {exchange.token, exchange.cseq, std::move(body)});
    // Without an answer the session stays as it was (RFC 3261 14.1).
    if (!projected) return;
    set_streams(*exchange.offer, *answer, *projected);
    act(TellMediaChanged{exchange.since});
}

// RFC 3261 14.1: a failed re-INVITE leaves the session as it was; 481 and 408 end the dialog
// (12.2.1.2).
void Call::on_exchange_failure(const SipMessage& response) {
    const int status = response.status;
    const bool gone = status == 481 || status == 408;
    const Side to = dataplane::other(exchange_->from);
    // RFC 4028 7.4: the other side wants longer intervals, which is between it and us.
    if (status == 422 && mid_.timers[static_cast<std::size_t>(to)].raise(response)) {
        exchange_->phase = Exchange::Phase::adding;
        return forward_exchange();
    }
    const bool again = status == 491 && exchange_->own;
    const bool passes = status >= 400 && status != 401 && status != 407 && status != 422;
    refuse_exchange(passes ? status : 500);
    if (again && ++mid_.renegotiations < kRenegotiations)
        act(StartTimer{CallTimer::renegotiate, glare_delay(to == Side::b, draw(kGlareSteps))});
    if (!gone) return;
    lose_dialog(to);
    release(dialplan::q850_from_sip(status), to);
}

void Call::refuse_exchange(int status) {
    act(StopTimer{CallTimer::exchange});
    const Exchange exchange = std::move(*exchange_);
    exchange_.reset();
    if (exchange.own) return;  // nobody has asked for it
    refuse_request({exchange.txn, exchange.request, {}, {}}, exchange.from, status);
}

// The call ends under the exchange: the request gets 487, our own INVITE is left behind.
void Call::drop_exchange() {
    act(StopTimer{CallTimer::hold});
    act(StopTimer{CallTimer::renegotiate});
    drop_refreshes();
    if (!exchange_) return;
    const Side to = dataplane::other(exchange_->from);
    const Dialog& dialog = *leg(to).dialog;
    if (exchange_->phase == Exchange::Phase::waiting_back) {
        act(CancelInvite{exchange_->back, reason_value(dialplan::kCauseNormalClearing)});
        strays_.push_back(
            {exchange_->back, *leg(exchange_->from).dialog, exchange_->back_cseq, true});
    }
    if (exchange_->phase == Exchange::Phase::waiting_answer && exchange_->is_invite) {
        act(CancelInvite{exchange_->token, reason_value(dialplan::kCauseNormalClearing)});
        strays_.push_back({exchange_->token, dialog, exchange_->cseq, true});
    }
    // The 2xx with a delayed offer is still without its ACK.
    if (exchange_->held) act(SendAck{{dialog.ack(exchange_->cseq), dialog.path()}});
    if (exchange_->phase == Exchange::Phase::waiting_ack) return exchange_.reset();
    refuse_exchange(487);
}

}  // namespace weir::signaling
