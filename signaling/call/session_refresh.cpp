// SPDX-License-Identifier: Apache-2.0
// Call: the session timers of its legs (RFC 4028, spec B.7): each leg has its own; what one party
// asks is asked of the other, and a refresh that passes end to end counts on both.
//
// clang-format off
// | what happens                                | on that leg                                     |
// |---------------------------------------------|-------------------------------------------------|
// | our 2xx, or a 2xx to us, agrees on a timer  | refresh due at half of it if it is ours; expiry counted |
// | refresh due                                 | UPDATE without offer, or re-INVITE with the description sent last |
// | UPDATE of the peer without offer            | 200 at once; the other leg is refreshed too, if that is ours to do |
// | 491                                         | again in 2.1-4 s or 0-2 s (RFC 3261 14.1) |
// | 422                                         | again with the higher Min-SE |
// | 405, 501 to UPDATE                          | again as re-INVITE |
// | 408, 481, no answer                         | the call ends (RFC 4028 10) |
// | another failure                             | again after an eighth of the interval; expiry decides |
// | expiry                                      | BYE to both (spec B.7) |
// clang-format on
#include <algorithm>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/midcall_limits.hpp"
#include "signaling/call/side.hpp"

namespace weir::signaling {
namespace {

CallTimer refresh_timer(Side side) {
    return side == Side::a ? CallTimer::refresh_a : CallTimer::refresh_b;
}

CallTimer session_timer(Side side) {
    return side == Side::a ? CallTimer::session_a : CallTimer::session_b;
}

}  // namespace

// The leg's settings, for a dialog that begins; what ran for another dialog of the leg ends.
void Call::begin_session(Side side) {
    const auto configured = option(side, &config::SipOptions::timer);
    SessionSettings settings;
    settings.own = option(side, &config::SipOptions::session_refresh);
    settings.min_se = configured.min_se;
    settings.interval = std::max(configured.session_expires, configured.min_se);
    mid_.timers[index(side)] = SessionTimer(settings);
    mid_.refreshes[index(side)] = {};
    arm_session(side);
}

// `cause`: the request of the other leg that brings about this one, if there is one.
void Call::ask_session(Side side, SipMessage& request, const SipMessage* cause) {
    mid_.timers[index(side)].ask(request, cause == nullptr ? SessionWish{} : session_wish(*cause));
}

void Call::answer_session(Side side, const SipMessage& request, SipMessage& response) {
    const auto agreed = mid_.timers[index(dataplane::other(side))].agreed_as_uac();
    mid_.timers[index(side)].answer(request, agreed, response);
    arm_session(side);
}

void Call::on_session_answer(Side side, const SipMessage& response) {
    mid_.timers[index(side)].on_answer(response);
    arm_session(side);
}

void Call::arm_session(Side side) {
    const SessionTimer& timer = mid_.timers[index(side)];
    if (timer.interval() == 0 || state_ >= CallState::releasing) {
        act(StopTimer{refresh_timer(side)});
        return act(StopTimer{session_timer(side)});
    }
    if (timer.refresher() == SessionTimer::Refresher::us) {
        auto due = timer.refresh_after();
        // The other party refreshes its own leg at the same moment, and that passes: ours is for
        // the case that it does not.
        const SessionTimer& far = mid_.timers[index(dataplane::other(side))];
        const bool passes = way_of(midcall_mode(), false) == MidcallWay::pass;
        if (passes && far.refresher() == SessionTimer::Refresher::peer)
            due += std::chrono::seconds(std::min<std::uint32_t>(timer.interval() / 12, 60));
        act(StartTimer{refresh_timer(side), due});
    } else {
        act(StopTimer{refresh_timer(side)});
    }
    if (timer.expires()) return act(StartTimer{session_timer(side), timer.expires_after()});
    act(StopTimer{session_timer(side)});
}

void Call::send_refresh(Side side) {
    Leg& party = leg(side);
    MidCall::Refresh& refresh = mid_.refreshes[index(side)];
    if (state_ != CallState::connected || party.state != Leg::State::up) return;
    // An exchange that is under way refreshes the session itself, or is over soon.
    if (exchange_ || refresh.token != 0) return retry_refresh(side, kRefreshRetry);
    const bool update = party.allows_update;
    SipMessage request = party.dialog->request_with_sdp(
        update ? "UPDATE" : "INVITE",
        update ? std::string() : party.origin.again(media_address(side)));
    ask_session(side, request, nullptr);
    refresh.cseq = party.dialog->last_cseq();
    refresh.is_invite = !update;
    refresh.token = send(side, std::move(request), timer(side, update ? "update" : "trying"),
                         retries(side, update ? "update" : "invite"));
}

void Call::retry_refresh(Side side, std::chrono::milliseconds wait) {
    act(StartTimer{refresh_timer(side), wait});
}

// True: the response was to a refresh of ours.
bool Call::on_refresh_response(const ResponseReceived& event) {
    const auto is_it = [&](Side side) {
        return event.token != 0 && mid_.refreshes[index(side)].token == event.token;
    };
    if (!is_it(Side::a) && !is_it(Side::b)) return false;
    const Side side = is_it(Side::a) ? Side::a : Side::b;
    const SipMessage& message = event.response.message;
    if (message.status < 200) return true;
    const MidCall::Refresh refresh = std::exchange(mid_.refreshes[index(side)], {});
    Leg& party = leg(side);
    SessionTimer& timer = mid_.timers[index(side)];
    if (message.status < 300) {
        party.dialog->on_response(message);
        learn_party(side, message);
        if (refresh.is_invite) {
            acknowledge(party, {event.token, refresh.cseq, {}});
            // The same offer again may bring another address of the peer.
            const auto answer = sdp::Description::parse(message.body);
            const auto before = sdp::Description::parse(mid_.remote[index(side)]);
            if (answer && before && answer->media.size() == before->media.size())
                point(side, *answer);
        }
        on_session_answer(side, message);
        return true;
    }
    switch (message.status) {
        case 422:
            if (timer.raise(message)) send_refresh(side);
            return true;
        case 491:
            retry_refresh(side, glare_delay(side == Side::b, draw(kGlareSteps)));
            return true;
        case 408:
        case 481:
            lose_dialog(side);
            release(dialplan::q850_from_sip(message.status), side);
            return true;
        case 405:
        case 501:
            if (refresh.is_invite) break;
            party.allows_update = false;
            send_refresh(side);
            return true;
        default:
            break;
    }
    retry_refresh(side, std::max<std::chrono::milliseconds>(
                            std::chrono::seconds(timer.interval() / 8), kRefreshRetry));
    return true;
}

bool Call::on_refresh_failed(Token token) {
    for (const Side side : {Side::a, Side::b}) {
        if (token == 0 || mid_.refreshes[index(side)].token != token) continue;
        mid_.refreshes[index(side)] = {};
        release(dialplan::kCauseTimerExpired, std::nullopt);
        return true;
    }
    return false;
}

// The call ends: a re-INVITE of ours that is still open is left behind.
void Call::drop_refreshes() {
    for (const Side side : {Side::a, Side::b}) {
        act(StopTimer{refresh_timer(side)});
        act(StopTimer{session_timer(side)});
        const MidCall::Refresh refresh = std::exchange(mid_.refreshes[index(side)], {});
        if (refresh.token == 0 || !refresh.is_invite) continue;
        act(CancelInvite{refresh.token, reason_value(dialplan::kCauseNormalClearing)});
        strays_.push_back({refresh.token, *leg(side).dialog, refresh.cseq, true});
    }
}

// The 422 of the callee to our INVITE (RFC 4028 7.4): asked again in the same dialog-to-be, with
// its Min-SE. False: it is a failure like others.
bool Call::repeat_for_session(const SipMessage& refused) {
    if (refused.status != 422 || mid_.session_retries >= kSessionRetries) return false;
    if (!mid_.timers[index(Side::b)].raise(refused)) return false;
    ++mid_.session_retries;
    Leg& callee = leg(Side::b);
    const bool offered = early_offer_ || mid_.own_offer;
    early_.forks.begin_again(*callee.dialog);
    dispatch_invite(offered ? callee.origin.again(media_address(Side::b)) : std::string());
    return true;
}

// Spec N20: 422 with our Min-SE.
SipMessage Call::too_small_session(Side side, const SipMessage& request) const {
    SipMessage response = leg(side).dialog->response(request, 422);
    response.add("Min-SE", std::to_string(mid_.timers[index(side)].min_se()));
    return response;
}

}  // namespace weir::signaling
