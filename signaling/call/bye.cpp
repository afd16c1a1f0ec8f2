// SPDX-License-Identifier: Apache-2.0
// Call: how it ends: BYE both ways, release of what is pending, the close of the media (RFC 3261
// 15).
#include <algorithm>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/causes.hpp"

namespace weir::signaling {

void Call::on_bye(Side side, const IncomingRequest& request) {
    headers_.other_reasons = other_reasons(request.message);
    headers_.bye = request.message;
    headers_.bye->body.clear();
    const int cause = cause_of_release(request.message, side);
    act(Respond{request.txn, leg(side).dialog->response(request.message, 200)});
    if (transferor_leaves(side)) return;
    if (side == Side::b && !caller_answered_) {
        // N4: the callee leaves while our 2xx is held back, or before it has answered, which it may
        // not (RFC 3261 15): it wants no call, so it gets none.
        const int said = q850_reason(request.message).value_or(cause);
        failure_ = {480, said, {}};
        lose_dialog(side);
        return release(said, side, 480);
    }
    if (side == Side::a && !caller_answered_) {
        failure_ = {487, cause, {}};
        return release(cause, side, 487);
    }
    lose_dialog(side);
    release(cause, side);
}

// The peer has sent a BYE, or a request inside the dialog has shown that it has none (RFC 5057): no
// BYE goes there. A leg that still waits for its INVITE's answer is no dialog yet: it gets its
// final response or CANCEL. A callee that has had no ACK would repeat its 2xx: it gets one.
void Call::lose_dialog(Side side) {
    if (side == Side::b && leg(side).state == Leg::State::answered) ack_callee({});
    if (leg(side).state != Leg::State::inviting) leg(side).state = Leg::State::gone;
}

void Call::release(int cause, std::optional<Side> by, int status) {
    if (!end_) {
        end_ = CallEnd{static_cast<std::uint8_t>(std::min(cause, 127)),
                       caller_answered_ ? 0 : status, by, now_.mono, now_.wall};
        if (told_connected_) act(TellReleasing{*end_});
    }
    if (state_ >= CallState::releasing) return settle();
    state_ = CallState::releasing;
    held_answer_.reset();
    if (failure_.status == 0)
        failure_ = {status != 0 ? status : status_of_cause(*setup_.config, cause), cause, {}};
    act(StopTimer{CallTimer::expires});
    act(StartTimer{CallTimer::release, kByeGuard});
    drop_exchange();
    drop_pings();
    drop_takeover();
    drop_early_exchange(487);
    early_.held.reset();
    close_leg(Side::a);
    close_leg(Side::b);
    settle();
}

void Call::close_leg(Side side) {
    Leg& party = leg(side);
    switch (party.state) {
        case Leg::State::idle:
            party.state = Leg::State::gone;
            return;
        case Leg::State::inviting: {
            party.state = Leg::State::gone;
            if (side == Side::b) {
                cancel_callee(end_->q850_cause);
                party.state = Leg::State::gone;
                return;
            }
            SipMessage response = party.dialog->response(setup_.invite.message, failure_.status);
            const bool failed = failure_.status >= 400;  // a redirection has no cause
            if (failed && failure_.cause > 0 && failure_.cause <= 127)
                response.add("Reason", reason_for(failure_.cause));
            for (const auto& header : failure_.headers)
                response.add(header.name, header.value);
            if (failed) add_warning(response, failure_.cause);
            return respond_invite(response);
        }
        case Leg::State::answered:
            // The caller has not ACKed our 2xx (RFC 3261 15: no BYE before); the callee has its 2xx
            // unconfirmed, which ACK and BYE end at once.
            if (side == Side::a) {
                party.bye_waits_for_ack = true;
                return;
            }
            ack_callee({});
            return send_bye(side);
        case Leg::State::up:
            return send_bye(side);
        case Leg::State::closing:
        case Leg::State::gone:
            return;
    }
}

void Call::send_bye(Side side) {
    Leg& party = leg(side);
    party.state = Leg::State::closing;
    SipMessage bye = party.dialog->request("BYE");
    bye.add("Reason", reason_for(end_ ? end_->q850_cause : dialplan::kCauseNormalClearing));
    if (headers_.bye && side_of_message(*headers_.bye) != side)
        carry_headers(*headers_.bye, bye, side);
    party.bye = send(side, std::move(bye), timer(side, "disconnect"), retries(side, "bye"));
}

void Call::leg_gone(Side side) {
    leg(side).state = Leg::State::gone;
    settle();
}

// Both legs gone: the media follow; media closed: the end.
void Call::settle() {
    if (state_ != CallState::releasing) return;
    if (leg(Side::a).state != Leg::State::gone || leg(Side::b).state != Leg::State::gone) return;
    act(StopTimer{CallTimer::release});
    release_joined(Side::a);
    release_joined(Side::b);
    state_ = CallState::closing;
    close_media();
}

void Call::finish_if_done() {
    if (state_ != CallState::ended) return;
    for (const auto& stray : strays_)
        if (!stray.done) return;
    state_ = CallState::finished;
    act(StopTimer{CallTimer::release});
    act(Finish{});
}

}  // namespace weir::signaling
