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
    note_attempt(response.status, cause);
    attempt_failed(dialplan::sip_from_q850(cause), cause);
}

// Spec B.6: moved-temporarily passes end to end, with its Contact (B.2 without address-hiding).
void Call::pass_redirect(const SipMessage& response) {
    std::vector<Header> contacts;
    for (const auto contact : response.all("Contact"))
        contacts.push_back({"Contact", std::string(contact)});
    leg(Side::b).state = Leg::State::gone;
    const int cause = dialplan::q850_from_sip(response.status);
    note_attempt(response.status, cause);
    fail_call(response.status, cause, std::move(contacts));
}

// Spec N10: no answer (19) when it rang, else no response (102).
void Call::on_expires() {
    if (state_ != CallState::inviting || leg(Side::b).state != Leg::State::inviting) return;
    const int cause = ringing_ ? dialplan::kCauseNoAnswer : dialplan::kCauseTimerExpired;
    cancel_callee(cause);
    attempt_failed(0, cause);
}

void Call::note_attempt(int sip_status, int cause) {
    attempts_.push_back({route().party.dial_peer, sip_status, static_cast<std::uint8_t>(cause)});
    attempt_noted_ = true;
}

// `status` 0: the attempt had no final response; the cause decides what the caller gets.
void Call::attempt_failed(int status, int cause, std::vector<Header> headers) {
    const config::DialPeerTag tag = route().party.dial_peer;
    // What fails before anything was sent lies with us: no codec in common, or max-conn.
    const bool locally = !attempt_noted_ && status != 0 && route().reachable;
    if (!attempt_noted_) note_attempt(0, cause);
    act(StopTimer{CallTimer::expires});
    if (std::exchange(peer_taken_, false)) act(ReleasePeer{tag});
    invite_token_ = 0;
    leg(Side::b).state = Leg::State::idle;
    forget_early_dialogs();
    early_answer_.reset();
    held_answer_.reset();
    point(Side::b, {});
    const std::size_t next = next_route(cause, locally);
    if (next >= setup_.routes.size() || next >= kMaxHuntAttempts)
        return fail_call(status == 0 ? dialplan::sip_from_q850(cause) : status, cause,
                         std::move(headers));
    route_ = next;
    try_route();
}

// The next server of the group (spec A.9), else the next dial-peer if hunting goes on (A.8); the
// number of routes when there is none.
std::size_t Call::next_route(int cause, bool locally) const {
    const std::size_t none = setup_.routes.size();
    const config::DialPeerTag tag = route().party.dial_peer;
    if (route().server && !locally) {
        const auto group = setup_.config->server_groups.find(route().server->group);
        const auto step = group == setup_.config->server_groups.end()
                              ? dialplan::GroupStep::next_peer
                              : dialplan::group_step(attempts_.back().sip_status, group->second);
        if (step == dialplan::GroupStep::fail) return none;
        const bool another = route_ + 1 < none && setup_.routes[route_ + 1].party.dial_peer == tag;
        if (step == dialplan::GroupStep::next_server && another) return route_ + 1;
    }
    const config::DialPeer* peer = setup_.config->find_peer(tag);
    if (peer == nullptr || !dialplan::hunting_continues(cause, *peer, setup_.config->voice_hunt))
        return none;
    std::size_t next = route_ + 1;
    while (next < none && setup_.routes[next].party.dial_peer == tag)
        ++next;
    return next;
}

}  // namespace weir::signaling
