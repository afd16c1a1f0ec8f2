// SPDX-License-Identifier: Apache-2.0
// Call: a renegotiation of our own (spec B.5, renegotiate; RFC 3725's flow IV): one party is asked
// for a whole offer, the other one answers it.
//
// | step | `first`                  | the other party           |
// |------|--------------------------|---------------------------|
// | 1    | re-INVITE without offer  |                           |
// | 2    | 2xx with an offer        | re-INVITE with it         |
// | 3    | ACK with the answer      | 2xx with the answer, ACK  |
//
// A party that refuses, or meets another offer (491), leaves the session as it was; after a 491 it
// is tried again a few times.
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/midcall_limits.hpp"
#include "signaling/sdp/local_answer.hpp"

namespace weir::signaling {

void Call::renegotiate(Side first) {
    if (state_ != CallState::connected) return;
    if (exchange_ || mid_.refreshes[0].token != 0 || mid_.refreshes[1].token != 0) {
        if (++mid_.renegotiations < kRenegotiations)
            act(StartTimer{CallTimer::renegotiate, glare_delay(true, draw(kGlareSteps))});
        return;
    }
    Exchange exchange;
    exchange.from = dataplane::other(first);
    exchange.own = true;
    exchange.delayed = true;
    exchange.since = now_.mono;
    media_.add_refused = false;
    exchange_ = std::move(exchange);
    forward_exchange();
}

// The offer of `first` goes to the other party.
void Call::offer_back() {
    const Side to = exchange_->from;
    auto projected = project(exchange_->offer->received, to, nullptr);
    if (!projected) return finish_renegotiation(nullptr);
    Dialog& dialog = *leg(to).dialog;
    SipMessage request = dialog.request_with_sdp("INVITE", stamp(*projected, to));
    ask_session(to, request, nullptr);
    exchange_->offer->sent = std::move(*projected);
    exchange_->back_cseq = dialog.last_cseq();
    exchange_->phase = Exchange::Phase::waiting_back;
    exchange_->back = send(to, std::move(request), timer(to, "trying"), retries(to, "invite"));
}

// True: the response was to the second re-INVITE.
bool Call::on_back_response(const ResponseReceived& event) {
    if (!exchange_ || exchange_->back == 0 || event.token != exchange_->back) return false;
    const SipMessage& message = event.response.message;
    if (message.status < 200 || exchange_->phase != Exchange::Phase::waiting_back) return true;
    const Side to = exchange_->from;
    if (message.status >= 300) {
        if (message.status == 491 && ++mid_.renegotiations < kRenegotiations)
            act(StartTimer{CallTimer::renegotiate, glare_delay(to == Side::b, draw(kGlareSteps))});
        finish_renegotiation(nullptr);
        return true;
    }
    Leg& party = leg(to);
    party.dialog->on_response(message);
    learn_party(to, message);
    on_session_answer(to, message);
    acknowledge(party, {event.token, exchange_->back_cseq, {}});
    const auto answer = sdp::Description::parse(message.body);
    finish_renegotiation(answer ? &*answer : nullptr);
    return true;
}

// The ACK of `first`: with the other party's answer, or without one with what has been in use.
void Call::finish_renegotiation(const sdp::Description* answer) {
    act(StopTimer{CallTimer::exchange});
    const Exchange exchange = std::move(*exchange_);
    exchange_.reset();
    const Side first = dataplane::other(exchange.from);
    Leg& party = leg(first);
    const auto projected = answer != nullptr
                               ? project(*answer, first, &exchange.offer->sent)
                               : Result<sdp::Description>(fail(ErrorCode::denied, ""));
    std::string body;
    if (projected) {
        body = stamp(*projected, first);
    } else {
        const auto current = sdp::Description::parse(party.origin.again(media_address(first)));
        const auto kept = current ? sdp::answer_locally(exchange.offer->received, *current)
                                  : Result<sdp::Description>(current);
        if (kept) body = stamp(*kept, first);
    }
    acknowledge(party, {exchange.token, exchange.cseq, std::move(body)});
    if (!projected) return;
    mid_.renegotiations = 0;
    set_streams(*exchange.offer, *answer, *projected);
    act(TellMediaChanged{exchange.since});
}

}  // namespace weir::signaling
