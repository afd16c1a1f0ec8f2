// SPDX-License-Identifier: Apache-2.0
// Call: PRACK on both legs (RFC 3262, spec E.2 to E.4), and the 2xx that waits for it.
#include <algorithm>

#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/reliable_limits.hpp"

namespace weir::signaling {

// ---- the caller's leg: UAS ----------------------------------------------------------------------

// What the caller's INVITE and its peer's rel1xx say about 18x toward it (spec E.1). Gives the
// header of a refusal: Unsupported with 420, Require with 421 (RFC 3261 21.4.15, 21.4.16).
std::optional<Header> Call::begin_reliable() {
    const config::Rel1xx rel1xx = option(Side::a, &config::SipOptions::rel1xx);
    const SipMessage& invite = setup_.invite.message;
    const bool required = requires_reliable(invite, rel1xx.option_tag);
    switch (rel1xx.mode) {
        case config::Rel1xx::Mode::disable:
            if (!required) return std::nullopt;
            return Header{"Unsupported", std::string(kReliableTag)};
        case config::Rel1xx::Mode::supported:
            early_.reliable = required;
            break;
        case config::Rel1xx::Mode::require:
            // Spec E.1, choice: who has not announced it gets unreliable ones, and 421 only by
            // `strict`.
            early_.reliable = supports_reliable(invite, rel1xx.option_tag);
            // Our own first pass asks for what its side of the loop can do, and nothing is lost
            // between the two.
            if (!early_.reliable && rel1xx.strict && !setup_.from_first_pass)
                return Header{"Require", rel1xx.option_tag};
            break;
    }
    if (!early_.reliable) return std::nullopt;
    ReliableSender::Settings settings;
    constexpr std::uint64_t kFirstRSeqs = 0x7fffffffU;  // RFC 3262 3: 1..2^31-1
    settings.first_rseq = static_cast<std::uint32_t>(1 + draw(kFirstRSeqs));
    settings.interval = timer(Side::a, "rel1xx");
    settings.retries = retries(Side::a, "rel1xx");
    settings.tag = rel1xx.option_tag;
    early_.sender = ReliableSender(std::move(settings));
    return std::nullopt;
}

void Call::send_reliably(SipMessage response) {
    if (const auto now = early_.sender.send(std::move(response))) put_reliable(*now);
}

void Call::put_reliable(const SipMessage& response) {
    respond_invite(response);
    act(CountReliable{Reliable1xxEvent::sent, setup_.caller.dial_peer});
    act(StartTimer{CallTimer::rel1xx, early_.sender.wait()});
}

void Call::on_rel1xx_timer() {
    if (!early_.sender.is_waiting() || caller_answered_) return;
    const config::DialPeerTag tag = setup_.caller.dial_peer;
    if (const auto again = early_.sender.repeat()) {
        respond_invite(*again);
        act(CountReliable{Reliable1xxEvent::repeated, tag});
        if (early_.sender.repetitions() == kSilentAfter)
            act(CountReliable{Reliable1xxEvent::silent, tag});
        return act(StartTimer{CallTimer::rel1xx, early_.sender.wait()});
    }
    // Spec N1: a failure with its cause, never a 200 that a BYE follows. The callee gets CANCEL, or
    // BYE where it has answered.
    act(CountReliable{Reliable1xxEvent::given_up, tag});
    connected_at_.reset();
    fail_call(504, dialplan::kCauseTimerExpired);
}

void Call::on_prack(const IncomingRequest& request) {
    const SipMessage& message = request.message;
    Leg& caller = leg(Side::a);
    if (caller.dialog->on_request(message) == RequestOrder::stale)
        return refuse_request(request, Side::a, 500);
    const std::string* value = message.find("RAck");
    const auto rack =
        value == nullptr ? Result<RAck>(fail(ErrorCode::invalid, "no RAck")) : RAck::parse(*value);
    if (!rack) return refuse_request(request, Side::a, 400);
    const auto invite = setup_.invite.message.cseq();
    const bool describes = early_.sender.holds_answer();
    const auto ack = early_.sender.acknowledge(*rack, invite ? invite->number : 0);
    if (ack == ReliableSender::Ack::none) {
        act(CountReliable{Reliable1xxEvent::refused, setup_.caller.dial_peer});
        return refuse_request(request, Side::a, 481);
    }
    act(CountReliable{Reliable1xxEvent::acknowledged, setup_.caller.dial_peer});
    if (ack == ReliableSender::Ack::late) return answer_prack(request, {});
    act(StopTimer{CallTimer::rel1xx});
    if (describes && early_.offered && early_.offered->is_sent) {
        if (!take_early_answer(request)) return;
    } else if (!message.body.empty()) {
        on_early_offer(Side::a, request);
    } else {
        answer_prack(request, {});
    }
    if (const auto next = early_.sender.next()) put_reliable(*next);
    release_answer();
}

void Call::answer_prack(const IncomingRequest& request, std::string sdp) {
    act(Respond{request.txn, leg(Side::a).dialog->response(request.message, 200, std::move(sdp))});
}

// The PRACK of a reliable response with an offer must hold the answer (RFC 3262 5): it goes on in
// our PRACK to the callee. False: the call has failed.
bool Call::take_early_answer(const IncomingRequest& request) {
    const Early::Offered offered = std::move(*early_.offered);
    early_.offered.reset();
    const auto answer = sdp::Description::parse(request.message.body);
    // The candidate that offered may have failed meanwhile: then nobody waits for the PRACK, and
    // what the caller has agreed to is kept for the next one.
    const bool waits = offered.invite != 0 && offered.invite == invite_token_ && offer_.has_value();
    const bool fits = answer && (!early_.shown || project(*answer, Side::b, &*early_.shown));
    if (fits && !waits) {
        early_.agreed = *answer;
        point(Side::a, *answer);
        answer_prack(request, {});
        return true;
    }
    const auto projected = answer && waits ? project(*answer, Side::b, &offer_->sent)
                                           : Result<sdp::Description>(fail(ErrorCode::denied, ""));
    if (!projected) {
        refuse_request(request, Side::a, 488);
        connected_at_.reset();
        fail_call(488, dialplan::kCauseBearerNotImplemented);
        return false;
    }
    early_.agreed = *answer;
    set_streams(*offer_, *answer, *projected);
    early_.streams_stand = true;
    answer_prack(request, {});
    if (mid_.own_offer) return true;  // the callee has answered before: it is not offered anything
    EarlyDialog* fork = early_.forks.select(offered.response, *leg(Side::b).dialog);
    if (fork == nullptr) return true;
    fork->settled = true;
    early_.media_of = leg(Side::b).dialog->remote_tag();
    send_prack(offered.response, stamp(*projected, Side::b));
    return true;
}

// ---- the answer that waits ----------------------------------------------------------------------

// RFC 3262 3: no 2xx while a description of ours is unacknowledged; nor while an offer of the
// early dialog is on its way, whose answer belongs before it.
bool Call::answer_must_wait() const {
    return early_.sender.holds_answer() || early_.exchange.has_value();
}

// The callee has answered and its leg is complete: the 2xx to the caller, now or after its PRACK.
// `sdp` is not sent where a reliable response has brought the description already (E.3).
void Call::answer_caller(const SipMessage& from, std::string sdp) {
    early_.held = Early::HeldAnswer{from, std::move(sdp)};
    release_answer();
}

void Call::release_answer() {
    if (held_answer_ && !early_offer_ && media_.worker_ready && !answer_must_wait())
        return answer_delayed_offer(IncomingResponse(*held_answer_));
    if (!early_.held || caller_answered_ || answer_must_wait()) return;
    if (state_ != CallState::inviting) return;
    const Early::HeldAnswer held = std::move(*early_.held);
    early_.held.reset();
    leg(Side::a).state = Leg::State::answered;
    state_ = CallState::answered;
    SipMessage response = leg(Side::a).dialog->response(
        setup_.invite.message, 200, early_.sender.has_described() ? std::string() : held.sdp);
    carry_headers(held.from, response, Side::a);
    respond_invite(response);
    connect();
}

// ---- the callee's leg: UAC ----------------------------------------------------------------------

// RFC 3262 4: each response once, in the order of RSeq; what is ignored gets no PRACK.
bool Call::is_next_reliable(EarlyDialog& fork, const SipMessage& response) {
    const bool next =
        fork.received.receive(rseq_of(response).value_or(0)) == ReliableReceiver::Order::next;
    act(CountReliable{next ? Reliable1xxEvent::received : Reliable1xxEvent::out_of_order,
                      route().party.dial_peer});
    return next;
}

// The dialog of `response` is the current one.
void Call::send_prack(const SipMessage& response, std::string sdp) {
    Dialog& dialog = *leg(Side::b).dialog;
    SipMessage prack = dialog.request_with_sdp("PRACK", std::move(sdp));
    const RAck rack{rseq_of(response).value_or(0), invite_cseq_, "INVITE"};
    prack.add("RAck", rack.to_string());
    early_.pracks.push_back(
        send(Side::b, std::move(prack), timer(Side::b, "prack"), retries(Side::b, "prack")));
    act(CountReliable{Reliable1xxEvent::prack_sent, route().party.dial_peer});
}

// A PRACK that fails changes nothing: the callee repeats its response or fails the INVITE.
bool Call::note_prack_end(Token token, int status) {
    const auto found = std::find(early_.pracks.begin(), early_.pracks.end(), token);
    if (found == early_.pracks.end()) return false;
    if (status != 0 && status < 200) return true;
    early_.pracks.erase(found);
    if (status / 100 != 2)
        act(CountReliable{Reliable1xxEvent::prack_failed, route().party.dial_peer});
    return true;
}

}  // namespace weir::signaling
