// SPDX-License-Identifier: Apache-2.0
// Call: the caller's CANCEL, and ours to a callee (RFC 3261 9; the stack answers the CANCEL
// itself).
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/causes.hpp"

namespace weir::signaling {

void Call::on_cancel(const CancelReceived& event) {
    if (exchange_ && event.invite == exchange_->txn) {
        if (exchange_->phase == Exchange::Phase::adding) return refuse_exchange(487);
        // RFC 3261 9.2: the other side may have accepted already; its final response decides for
        // both, so that the two legs never disagree about the session.
        if (exchange_->phase != Exchange::Phase::waiting_answer || !exchange_->is_invite) return;
        if (std::exchange(exchange_->cancelled, true)) return;
        return act(CancelInvite{exchange_->token, reason_value(dialplan::kCauseNormalClearing)});
    }
    // RFC 3261 9.2: after a final response a CANCEL has no effect.
    if (event.invite != setup_.invite.txn || caller_answered_) return;
    SipMessage cancel;
    cancel.headers = event.reasons;
    headers_.other_reasons = other_reasons(cancel);
    const int cause = cause_of_release(cancel, Side::a);
    failure_ = {487, cause, {}};
    release(cause, Side::a, 487);
}

// Nobody waits for this callee any more: a 2xx that crosses the CANCEL is ACKed and BYEd (spec
// E.9).
void Call::cancel_callee(int cause) {
    Leg& callee = leg(Side::b);
    act(StopTimer{CallTimer::expires});
    act(CancelInvite{invite_token_, reason_for(cause)});
    strays_.push_back({invite_token_, *callee.dialog, invite_cseq_});
    invite_token_ = 0;
    callee.state = Leg::State::idle;
}

}  // namespace weir::signaling
