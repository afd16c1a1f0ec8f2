// SPDX-License-Identifier: Apache-2.0
// Call: construction, the dispatch of inputs, and what its other files share.
#include "signaling/call/call.hpp"

#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "dialplan/cause.hpp"
#include "signaling/api/party.hpp"
#include "signaling/api/sip_uri_text.hpp"
#include "signaling/call/causes.hpp"
#include "signaling/call/screening.hpp"

namespace weir::signaling {
namespace {

// The host of a name-addr if it is a name: an address needs no remembering (spec N21).
void add_host(const std::string* header, std::vector<std::string>& hosts) {
    if (header == nullptr) return;
    const PartyText party = read_party(*header);
    const SipUriText uri = read_uri(party.uri);
    if (party.fault != nullptr || uri.fault != nullptr || uri.host.find('.') == std::string::npos)
        return;
    if (!IpAddress::parse(uri.host)) hosts.push_back(text::lower(uri.host));
}

}  // namespace

const char* to_string(CallState state) {
    switch (state) {
        case CallState::routing:
            return "routing";
        case CallState::opening:
            return "opening";
        case CallState::inviting:
            return "inviting";
        case CallState::answered:
            return "answered";
        case CallState::connected:
            return "connected";
        case CallState::releasing:
            return "releasing";
        case CallState::closing:
            return "closing";
        case CallState::ended:
            return "ended";
        case CallState::finished:
            return "finished";
    }
    return "?";
}

std::string reason_value(int q850_cause) {
    return "Q.850;cause=" + std::to_string(q850_cause);
}

Call::Call(CallSetup setup, Dialog caller) : setup_(std::move(setup)) {
    Leg& a = leg(Side::a);
    a.state = Leg::State::inviting;
    a.dialog = std::move(caller);
    a.codecs = setup_.codecs;
    a.origin = sdp::LocalOrigin(setup_.sdp_session);
    learn_party(Side::a, setup_.invite.message);
    add_host(setup_.invite.message.find("From"), a.hosts);
}

std::vector<CallAction> Call::begin(Moment now) {
    now_ = now;
    invited_at_ = setup_.invite.received_at;
    invited_wall_ = now.wall;
    learn_session(setup_.invite.message);
    act(Respond{setup_.invite.txn, leg(Side::a).dialog->response(setup_.invite.message, 100)});
    if (setup_.refusal) {
        fail_call(setup_.refusal->status, setup_.refusal->q850_cause, setup_.refusal->headers);
        return take();
    }
    if (auto refusal = begin_reliable()) {
        const int status = refusal->name == "Require" ? 421 : 420;
        fail_call(status, dialplan::kCauseInterworking, {*std::move(refusal)});
        return take();
    }
    begin_session(Side::a);
    if (mid_.timers[0].is_too_small(setup_.invite.message)) {  // spec N20
        fail_call(422, dialplan::kCauseInterworking,
                  {{"Min-SE", std::to_string(mid_.timers[0].min_se())}});
        return take();
    }
    const std::string& body = setup_.invite.message.body;
    early_offer_ = !body.empty();
    if (early_offer_) {
        auto offer = sdp::Description::parse(body);
        if (!offer) {
            fail_call(488, dialplan::kCauseBearerNotImplemented);
            return take();
        }
        offer_ = OfferState{Side::a, std::move(*offer), {}};
    }
    try_route();
    return take();
}

// One overload for each input of the machine.
struct Call::Stepper {
    Call& call;
    void operator()(const PeerTaken&) const {
        if (!call.on_transfer_peer(true)) call.on_peer_taken();
    }
    void operator()(const PeerFull& full) const {
        if (call.on_transfer_peer(false)) return;
        if (call.state_ != CallState::routing) return;
        std::vector<Header> headers;
        if (!full.warning.empty()) headers.push_back({"Warning", full.warning});
        call.attempt_failed(full.status, full.q850_cause, std::move(headers));
    }
    void operator()(const MediaLeased& event) const { call.on_leased(event.leased); }
    void operator()(const MediaRefused&) const { call.on_media_refused(); }
    void operator()(const MediaOpened& event) const { call.on_media_opened(event.session); }
    void operator()(const MediaClosed& event) const { call.on_media_closed(event.state); }
    void operator()(const MediaLost&) const { call.on_media_gone(); }
    void operator()(const MediaKept&) const { call.on_media_kept(); }
    void operator()(const RequestReceived& event) const { call.on_request(event); }
    void operator()(const RoutesFound& event) const { call.on_routes_found(event); }
    void operator()(const ReplacementReceived& event) const { call.on_replacement(event); }
    void operator()(const CancelReceived& event) const { call.on_cancel(event); }
    void operator()(const AckReceived& event) const { call.on_ack(event); }
    void operator()(const AckMissing& event) const { call.on_ack_missing(event); }
    void operator()(const ResponseReceived& event) const { call.on_response(event); }
    void operator()(const RequestFailed& event) const { call.on_request_failed(event); }
    void operator()(const TimerFired& event) const { call.on_timer(event.timer); }
    void operator()(const ReleaseOrdered& event) const {
        // A caller that waits gets the status of the cause: 503 for 41, the end of the process.
        call.release(event.q850_cause, std::nullopt,
                     status_of_cause(*call.setup_.config, event.q850_cause));
    }
    void operator()(const LoopTold& event) const { call.on_loop_told(event); }
};

std::vector<CallAction> Call::step(const CallInput& input, Moment now) {
    now_ = now;
    learn_headers(input);
    if (state_ != CallState::finished) std::visit(Stepper{*this}, input);
    return take();
}

std::vector<CallAction> Call::take() {
    finish_actions();
    return std::exchange(actions_, {});
}

void Call::on_response(const ResponseReceived& event) {
    const IncomingResponse& response = event.response;
    const int status = response.message.status;
    if (answer_challenge(event) || on_service_response(event)) return;
    if (event.token == invite_token_) return on_invite_response(response);
    if (exchange_ && event.token == exchange_->token) return on_exchange_response(response);
    if (on_back_response(event) || on_refresh_response(event) || on_ping_response(event)) return;
    if (early_.exchange && event.token == early_.exchange->token) return on_early_answer(response);
    if (note_prack_end(event.token, status)) return;
    for (const Side side : {Side::a, Side::b}) {
        Leg& party = leg(side);
        if (party.bye == event.token && status >= 200) return leg_gone(side);
        if (party.acked.token != event.token || status / 100 != 2) continue;
        // RFC 3261 13.2.2.4: each retransmitted 2xx gets its ACK again; a new party may fork, too.
        if (!party.dialog->is_forked(response.message))
            return act(ack_of(*party.dialog, party.acked));
        const auto cseq = response.message.cseq();
        return drop_fork(*party.dialog, cseq ? cseq->number : 0, response.message);
    }
    for (auto& stray : strays_) {
        if (stray.token != event.token) continue;
        if (status < 200) return;
        const bool first = !std::exchange(stray.done, true);
        if (status < 300 && stray.in_dialog)
            act(SendAck{{stray.dialog.ack(stray.cseq), stray.dialog.path()}});
        else if (status < 300)
            drop_fork(stray.dialog, stray.cseq, response.message);
        if (first) finish_if_done();
        return;
    }
}

void Call::on_request_failed(const RequestFailed& event) {
    forget_asked(event.token);
    if (on_service_failed(event.token)) return;
    if (event.token == invite_token_ && state_ == CallState::inviting &&
        leg(Side::b).state == Leg::State::inviting)
        return attempt_failed(0, dialplan::kCauseTimerExpired);
    // RFC 3261 12.2.1.2: a re-INVITE that nobody answers ends the dialog.
    const bool renegotiates = exchange_ && exchange_->back != 0 && event.token == exchange_->back;
    if (renegotiates) return release(dialplan::kCauseTimerExpired, std::nullopt);
    if (on_refresh_failed(event.token) || on_ping_failed(event.token)) return;
    if (exchange_ && event.token == exchange_->token) {
        refuse_exchange(408);
        return release(dialplan::kCauseTimerExpired, std::nullopt);
    }
    if (early_.exchange && event.token == early_.exchange->token) {
        drop_early_exchange(500);
        return release_answer();
    }
    if (note_prack_end(event.token, 0)) return;
    for (const Side side : {Side::a, Side::b})
        if (leg(side).bye == event.token) return leg_gone(side);
    for (auto& stray : strays_) {
        if (stray.token != event.token) continue;
        stray.done = true;
        return finish_if_done();
    }
}

void Call::on_timer(CallTimer timer) {
    switch (timer) {
        case CallTimer::expires:
            return on_expires();
        case CallTimer::exchange:
            // The other side rings for a mid-call offer longer than for a call: CANCEL ends it.
            if (!exchange_) return;
            if (exchange_->phase == Exchange::Phase::waiting_back)
                return act(
                    CancelInvite{exchange_->back, reason_value(dialplan::kCauseTimerExpired)});
            if (exchange_->phase != Exchange::Phase::waiting_answer) return;
            if (!exchange_->is_invite || std::exchange(exchange_->cancelled, true)) return;
            return act(CancelInvite{exchange_->token, reason_value(dialplan::kCauseTimerExpired)});
        case CallTimer::media:
            if (state_ == CallState::closing) return on_media_gone();
            if (state_ == CallState::opening) on_media_refused();
            return;
        case CallTimer::release:
            if (state_ == CallState::ended) {
                for (auto& stray : strays_)
                    stray.done = true;
                return finish_if_done();
            }
            leg(Side::a).state = Leg::State::gone;
            return leg_gone(Side::b);
        case CallTimer::rel1xx:
            return on_rel1xx_timer();
        case CallTimer::refresh_a:
            return send_refresh(Side::a);
        case CallTimer::refresh_b:
            return send_refresh(Side::b);
        case CallTimer::session_a:
        case CallTimer::session_b:
            return release(dialplan::kCauseTimerExpired, std::nullopt);
        case CallTimer::hold:
            return on_held_too_long();
        case CallTimer::renegotiate:
            return renegotiate(Side::b);
        case CallTimer::transfer:
            return on_transfer_timer();
        case CallTimer::ping_a:
            return on_ping_timer(Side::a);
        case CallTimer::ping_b:
            return on_ping_timer(Side::b);
        case CallTimer::count_:
            return;
    }
}

Token Call::send(Side side, SipMessage message, std::chrono::milliseconds t1,
                 std::uint8_t retries) {
    const Token token = ++last_token_;
    OutgoingRequest request{std::move(message), leg(side).dialog->path(), t1, retries};
    remember(token, side, request);
    act(SendRequest{token, std::move(request)});
    return token;
}

void Call::respond_invite(const SipMessage& response) {
    if (caller_answered_) return;
    caller_answered_ = response.status >= 200;
    if (caller_answered_) {
        if (early_.sender.is_waiting()) act(StopTimer{CallTimer::rel1xx});
        early_.sender.finish();
    }
    SipMessage message = response;
    if (message.status / 100 == 2) {
        answer_session(Side::a, setup_.invite.message, message);
        arm_session(Side::b);  // whether its refreshes are the caller's is known only now
    }
    act(Respond{setup_.invite.txn, std::move(message)});
}

void Call::refuse_request(const IncomingRequest& request, Side side, int status) {
    SipMessage response = leg(side).dialog->response(request.message, status);
    // RFC 3261 14.2: a random value of 0 to 10 seconds.
    if (status == 500) response.add("Retry-After", std::to_string(draw(11)));
    if (status == 488) {
        const auto offer = sdp::Description::parse(request.message.body);
        if (offer) response.headers.push_back(incompatible(side, *offer));
    }
    if (status == 405) response.add("Allow", std::string(allowed_methods()));
    if (status == 420) response.add("Unsupported", unknown_extensions(request.message));
    act(Respond{request.txn, std::move(response)});
}

void Call::learn_party(Side side, const SipMessage& message) {
    Leg& party = leg(side);
    if (message.find("Allow") != nullptr) party.allows_update = message.lists("Allow", "UPDATE");
    add_host(message.find("Contact"), party.hosts);
    if (party.hosts.size() > kMaxPartyHosts) party.hosts.erase(party.hosts.begin());
}

std::optional<Side> Call::side_of(const SipMessage& request) const {
    for (const Side side : {Side::a, Side::b})
        if (leg(side).dialog && leg(side).dialog->matches(request)) return side;
    if (early_.forks.has(request)) return Side::b;
    for (const auto& departed : services_.departed)
        if (departed.dialog.matches(request)) return departed.side;
    return std::nullopt;
}

std::optional<config::DialPeerTag> Call::outbound_peer() const {
    if (setup_.routes.empty()) return std::nullopt;
    return party(Side::b).dial_peer;
}

Endpoint Call::local_rtp(std::size_t stream, Side side) const {
    return stream < kMaxStreams ? media_.local[stream].local_rtp[static_cast<std::size_t>(side)]
                                : Endpoint{};
}

Endpoint Call::remote_rtp(std::size_t stream, Side side) const {
    return stream < kMaxStreams ? media_.remote_rtp[stream][static_cast<std::size_t>(side)]
                                : Endpoint{};
}

CallView Call::view() const {
    CallView view;
    view.id = setup_.id;
    view.guid = setup_.guid;
    view.config = setup_.config;
    view.config_commit = setup_.config_commit;
    view.calling = setup_.calling;
    view.called = setup_.called;
    view.parties[0] = party(Side::a);
    if (!setup_.routes.empty()) view.parties[1] = party(Side::b);
    view.media = media_.session;
    view.realms = media_.realms;
    view.shares_media = media_.elsewhere.has_value();
    view.streams = streams_;
    view.invited_at = invited_at_;
    view.connected_at = connected_at_;
    view.invited_wall = invited_wall_;
    view.connected_wall = connected_wall_;
    return view;
}

}  // namespace weir::signaling
