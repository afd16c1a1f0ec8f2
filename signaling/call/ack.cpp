// SPDX-License-Identifier: Apache-2.0
// Call: ACKs, the caller's for our 2xx and ours for the callee's.
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"

namespace weir::signaling {

void Call::on_ack(const AckReceived& event) {
    if (on_replacement_ack(event.invite)) return;
    if (exchange_ && event.invite == exchange_->txn) return on_exchange_ack(event.ack.message);
    if (event.invite != setup_.invite.txn) return;
    Leg& caller = leg(Side::a);
    if (caller.state != Leg::State::answered) return;
    caller.state = Leg::State::up;
    if (caller.bye_waits_for_ack) return send_bye(Side::a);
    if (state_ != CallState::answered) return;
    state_ = CallState::connected;
    begin_ping(Side::a);
    begin_ping(Side::b);
    const bool was_told = told_connected_;
    if (!early_offer_ && !told_connected_) finish_delayed_offer(event.ack.message);
    renegotiate_early();
    // Listeners who are told only now still want the INVITE.
    if (was_told) forget_setup();
}

// A call that stands may stand for hours: how it came about takes three times the room of what is
// needed to go on.
void Call::forget_setup() {
    SipMessage& invite = setup_.invite.message;
    // A late PRACK is compared with the number of the INVITE (RFC 3262 3).
    std::erase_if(invite.headers, [](const Header& header) { return header.name != "CSeq"; });
    invite.headers.shrink_to_fit();
    invite.body = {};
    invite.request_uri = {};
    OutboundRoute taken = std::move(setup_.routes[route_]);
    taken.dialog = {};
    taken.identity = {};
    taken.codecs = {};  // the legs have them
    setup_.codecs = {};
    setup_.routes.clear();
    setup_.routes.push_back(std::move(taken));
    setup_.routes.shrink_to_fit();
    route_ = 0;
    const auto mode = [this](Side side) {
        return option(side, &config::SipOptions::midcall_signaling);
    };
    // Where a leg blocks holds, later answers are cut to the directions of the first offer.
    if (can_do_midcall(mode(Side::a)) && can_do_midcall(mode(Side::b)))
        offer_.reset();
    else if (offer_)
        offer_->sent = {};
    early_answer_.reset();
    early_.agreed.reset();
    early_.shown.reset();
    // The others may answer yet: their BYEs count on from their PRACKs.
    early_.forks.clear(leg(Side::b).dialog->remote_tag());
}

// Delayed offer: the caller's answer is in its ACK and goes on in ours (RFC 3261 13.2.1).
void Call::finish_delayed_offer(const SipMessage& ack) {
    if (mid_.own_offer) return finish_forced_offer(ack);
    const auto answer = sdp::Description::parse(ack.body);
    const auto projected =
        answer ? project(*answer, Side::b, &offer_->sent) : Result<sdp::Description>(answer);
    if (!projected) return release(dialplan::kCauseInterworking, std::nullopt);
    // The callee has its answer already where a PRACK brought it.
    if (leg(Side::b).state != Leg::State::up) ack_callee(stamp(*projected, Side::b));
    set_streams(*offer_, *answer, *projected);
    connect();
}

void Call::ack_callee(std::string sdp) {
    Leg& callee = leg(Side::b);
    acknowledge(callee, {invite_token_, invite_cseq_, std::move(sdp)});
    callee.state = Leg::State::up;
}

// RFC 3261 13.2.2.4: the ACK of a 2xx, made anew each time: a call that stands need not keep it.
SendAck Call::ack_of(const Dialog& dialog, const Acked& acked) {
    return {{dialog.ack(acked.cseq, acked.sdp), dialog.path()}};
}

void Call::acknowledge(Leg& party, Acked acked) {
    party.acked = std::move(acked);
    act(ack_of(*party.dialog, party.acked));
}

// RFC 3261 13.3.1.4: no ACK within 64*T1: the dialog stands, but is ended with a BYE.
void Call::on_ack_missing(const AckMissing& event) {
    if (on_replacement_unacknowledged(event.invite)) return;
    if (exchange_ && event.invite == exchange_->txn)
        return release(dialplan::kCauseTimerExpired, std::nullopt);
    if (event.invite != setup_.invite.txn) return;
    Leg& caller = leg(Side::a);
    if (caller.state != Leg::State::answered) return;
    caller.state = Leg::State::up;
    if (caller.bye_waits_for_ack) return send_bye(Side::a);
    release(dialplan::kCauseTimerExpired, std::nullopt);
}

}  // namespace weir::signaling
