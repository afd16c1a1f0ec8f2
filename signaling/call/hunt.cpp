// SPDX-License-Identifier: Apache-2.0
// Call: what follows a failed attempt: the next candidate, or the failure to the caller (spec A.8,
// E.8).
#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "dialplan/dial_plan.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/causes.hpp"
#include "signaling/header/hiding.hpp"

namespace weir::signaling {

void Call::on_invite_failure(const SipMessage& response) {
    if (repeat_for_session(response)) return;
    invite_token_ = 0;
    if (response.status < 400) return on_redirect(response);
    const int cause = cause_of(response, Side::b);
    note_attempt(response.status, cause);
    SipMessage carried;
    carry_headers(response, carried, Side::a);
    attempt_failed(status_toward_caller(response.status, cause), cause, std::move(carried.headers));
}

// Spec B.6: moved-temporarily passes end to end, with its Contact; with address-hiding under our
// host, so that the caller comes back here (B.2).
void Call::pass_redirect(const SipMessage& response) {
    const bool hidden = setup_.config->voice.address_hiding &&
                        !option(Side::b, &config::SipOptions::contact_passing);
    const std::string host = uri_host_port(setup_.invite.path.local);
    std::vector<Header> contacts;
    for (const auto value : response.all("Contact"))
        for (const auto contact : split_list(value))
            contacts.push_back(
                {"Contact", hidden ? hide_host(contact, host) : std::string(contact)});
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
    drop_relayed();
    forget_early_dialogs();
    early_answer_.reset();
    held_answer_.reset();
    point(Side::b, {});
    if (services_.redirects.has_next() && next_contact()) return;
    const std::size_t next = next_route(cause, locally);
    if (next >= setup_.routes.size() || next >= kMaxHuntAttempts)
        return fail_call(status == 0 ? status_of_cause(*setup_.config, cause) : status, cause,
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
    // RFC 3263 4.3: the next address of the same name, when this one did not answer, or with 503.
    const int status = attempts_.empty() ? 0 : attempts_.back().sip_status;
    const bool unreached =
        cause == dialplan::kCauseTimerExpired || status == 503 || (status == 0 && !ringing_);
    if (!locally && unreached && route_ + 1 < none && setup_.routes[route_ + 1].alternative)
        return route_ + 1;
    const config::DialPeer* peer = setup_.config->find_peer(tag);
    if (peer == nullptr || !dialplan::hunting_continues(cause, *peer, setup_.config->voice_hunt))
        return none;
    std::size_t next = route_ + 1;
    while (next < none && setup_.routes[next].party.dial_peer == tag)
        ++next;
    return next;
}

}  // namespace weir::signaling
