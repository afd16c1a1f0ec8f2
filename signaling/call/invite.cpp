// SPDX-License-Identifier: Apache-2.0
// Call: the INVITE to a candidate, and the refusal of the caller's.
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"

namespace weir::signaling {

void Call::try_route() {
    state_ = CallState::routing;
    attempt_noted_ = false;
    if (!route().reachable)
        return attempt_failed(dialplan::sip_from_q850(dialplan::kCauseNetworkOutOfOrder),
                              dialplan::kCauseNetworkOutOfOrder);
    act(TakePeer{route().party.dial_peer, route().server});
}

void Call::on_peer_taken() {
    if (state_ != CallState::routing) return act(ReleasePeer{route().party.dial_peer});
    peer_taken_ = true;
    const bool is_open = media_.state == Media::State::open;
    if (is_open && media_.realms[1] == route().realm && media_.elsewhere == media_elsewhere())
        return send_invite();
    // Another realm needs other ports: what was opened for the last candidate is of no use.
    if (is_open && !media_.elsewhere) act(CloseMedia{media_.session});
    open_media();
}

void Call::send_invite() {
    Leg& callee = leg(Side::b);
    callee = Leg{};
    callee.dialog = Dialog(route().dialog);
    callee.codecs = route().codecs;
    callee.origin = sdp::LocalOrigin(route().sdp_session);
    begin_session(Side::b);
    mid_.own_offer.reset();
    mid_.session_retries = 0;
    forget_numbers();
    std::string body;
    if (early_offer_) {
        auto offer = project(offer_->received, Side::b, nullptr);
        // Spec A.10: no common codec is 488 to the caller although cause 65 maps to 501.
        if (!offer)
            return attempt_failed(488, dialplan::kCauseBearerNotImplemented,
                                  {incompatible(Side::a, offer_->received)});
        body = stamp(*offer, Side::b);
        offer_->sent = std::move(*offer);
        // Its packets may come before its answer.
        if (sdp::has_numbers(offer_->sent))
            number_packets(Side::b, offer_->sent, {}, offer_->received);
    } else if (forces_offer() && !media_.elsewhere) {
        body = make_forced_offer().value_or(std::string());
    }
    dispatch_invite(std::move(body));
}

// The INVITE to the candidate, or once more with other headers.
void Call::dispatch_invite(std::string body) {
    Leg& callee = leg(Side::b);
    InviteHeaders headers;
    headers.leading = route().identity;
    headers.guid = setup_.guid;
    headers.now = now_.wall;
    headers.expires = std::chrono::duration_cast<std::chrono::seconds>(timer(Side::b, "expires"));
    headers.body = std::move(body);
    const config::Rel1xx rel1xx = callee_rel1xx();
    if (rel1xx.mode == config::Rel1xx::Mode::supported) headers.supported = rel1xx.option_tag;
    state_ = CallState::inviting;
    callee.state = Leg::State::inviting;
    ringing_ = false;
    SipMessage invite = callee.dialog->invite(headers);
    invite_cseq_ = callee.dialog->last_cseq();
    if (rel1xx.mode == config::Rel1xx::Mode::require)
        add_token(invite, "Require", rel1xx.option_tag);
    add_token(invite, "Supported", "replaces");
    if (!setup_.replaces.empty()) {
        invite.add("Replaces", setup_.replaces);
        if (setup_.invite.message.lists("Require", "replaces"))
            add_token(invite, "Require", "replaces");
    }
    early_.forks.begin(*callee.dialog);
    ask_session(Side::b, invite, &setup_.invite.message);
    invite.set("Max-Forwards", std::to_string(route().max_forwards));
    carry_headers(setup_.invite.message, invite, Side::b);
    invite_token_ =
        send(Side::b, std::move(invite), timer(Side::b, "trying"), retries(Side::b, "invite"));
    act(StartTimer{CallTimer::expires, timer(Side::b, "expires")});
}

void Call::fail_call(int status, int cause, std::vector<Header> headers) {
    failure_ = {status, cause, std::move(headers)};
    release(cause, std::nullopt, status);
}

}  // namespace weir::signaling
