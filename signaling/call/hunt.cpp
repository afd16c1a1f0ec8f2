// SPDX-License-Identifier: Apache-2.0
// Call: what follows a failed attempt: the next candidate, or the failure to the caller (spec A.8,
// E.8).
#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "dialplan/dial_plan.hpp"
#include "signaling/call/call.hpp"

namespace weir::signaling {

void Call::on_invite_failure(const SipMessage& response) {
    invite_token_ = 0;
    if (response.status < 400) return pass_redirect(response);
    const int cause = dialplan::q850_from_sip(response.status);
    attempts_.push_back(
        {route().party.dial_peer, response.status, static_cast<std::uint8_t>(cause)});
    attempt_failed(dialplan::sip_from_q850(cause), cause);
}

// Spec B.6: moved-temporarily passes end to end, with its Contact (B.2 without address-hiding).
void Call::pass_redirect(const SipMessage& response) {
    std::vector<Header> contacts;
    for (const auto contact : response.all("Contact"))
        contacts.push_back({"Contact", std::string(contact)});
    leg(Side::b).state = Leg::State::gone;
    const int cause = dialplan::q850_from_sip(response.status);
    attempts_.push_back(
        {route().party.dial_peer, response.status, static_cast<std::uint8_t>(cause)});
    fail_call(response.status, cause, std::move(contacts));
}

// Spec N10: no answer (19) when it rang, else no response (102).
void Call::on_expires() {
    if (state_ != CallState::inviting || leg(Side::b).state != Leg::State::inviting) return;
    const int cause = ringing_ ? dialplan::kCauseNoAnswer : dialplan::kCauseTimerExpired;
    cancel_callee(cause);
    attempt_failed(0, cause);
}

// `status` 0: the attempt had no final response; the cause decides what the caller gets.
void Call::attempt_failed(int status, int cause, std::vector<Header> headers) {
    const config::DialPeerTag tag = route().party.dial_peer;
    if (attempts_.empty() || attempts_.back().peer != tag)
        attempts_.push_back({tag, 0, static_cast<std::uint8_t>(cause)});
    act(StopTimer{CallTimer::expires});
    if (std::exchange(peer_taken_, false)) act(ReleasePeer{tag});
    invite_token_ = 0;
    leg(Side::b).state = Leg::State::idle;
    early_answer_.reset();
    held_answer_.reset();
    point(Side::b, {});
    const config::DialPeer* peer = setup_.config->find_peer(tag);
    const bool goes_on = peer != nullptr &&
                         dialplan::hunting_continues(cause, *peer, setup_.config->voice_hunt) &&
                         route_ + 1 < setup_.routes.size() && route_ + 1 < kMaxHuntAttempts;
    if (!goes_on)
        return fail_call(status == 0 ? dialplan::sip_from_q850(cause) : status, cause,
                         std::move(headers));
    ++route_;
    try_route();
}

}  // namespace weir::signaling
