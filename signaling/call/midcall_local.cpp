// SPDX-License-Identifier: Apache-2.0
// Call: mid-call offers that do not pass (spec B.6: block, media-change): answered here with what
// is in use; and the watch over calls on hold (timers hold, B.12).
#include <algorithm>

#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/side.hpp"
#include "signaling/sdp/local_answer.hpp"

namespace weir::signaling {
void Call::answer_here(Side side, const IncomingRequest& request) {
    const SipMessage& message = request.message;
    const bool invite = message.method == "INVITE";
    const std::string told = leg(side).origin.again(media_address(side));
    const auto current = sdp::Description::parse(told);
    std::string body = told;
    if (!message.body.empty()) {
        const auto offer = sdp::Description::parse(message.body);
        const auto answer = offer && current ? sdp::answer_locally(*offer, *current)
                                             : Result<sdp::Description>(offer ? current : offer);
        if (!answer) return refuse_request(request, side, 488);
        body = stamp(*answer, side);
        accept_here(side, *offer, *answer, request.received_at);
    } else if (!current) {
        return refuse_request(request, side, 488);
    }
    ++exchanges_;
    SipMessage response = leg(side).dialog->response(message, 200, std::move(body));
    answer_session(side, message, response);
    act(Respond{request.txn, std::move(response)});
    if (!invite) return;
    Exchange exchange;
    exchange.phase = Exchange::Phase::waiting_ack;
    exchange.from = side;
    exchange.txn = request.txn;
    exchange.here = true;
    exchange.delayed = message.body.empty();
    exchange.since = request.received_at;
    exchange_ = std::move(exchange);
}

// The media of this party from now on; the other one keeps its own. Recorders hear of a hold as if
// it had passed.
void Call::accept_here(Side side, const sdp::Description& offer, const sdp::Description& answer,
                       MonoTime since) {
    const Side far = dataplane::other(side);
    point(side, offer);
    mid_.remote[index(side)] = offer.to_string();
    const auto theirs = sdp::Description::parse(mid_.remote[index(far)]);
    for (std::size_t i = 0; i < offer.media.size() && i < media_.stream_of_line.size(); ++i) {
        const auto stream = media_.stream_of_line[i];
        const auto entry = std::find_if(streams_.begin(), streams_.end(), [&](const auto& one) {
            return stream && one.stream == *stream;
        });
        if (entry == streams_.end() || i >= answer.media.size()) continue;
        const auto offered = sdp::view(offer, i);
        const bool known = theirs && i < theirs->media.size();
        const auto other = known ? sdp::view(*theirs, i).direction : sdp::Direction::sendrecv;
        entry->active = entry->active && answer.media[i].line.port != 0;
        entry->sends[index(side)] = sdp::sends(offered.direction) && sdp::receives(other);
        entry->sends[index(far)] = sdp::sends(other) && sdp::receives(offered.direction);
    }
    watch_hold();
    act(TellMediaChanged{since});
}

// The answer to what we offered in our 2xx to a re-INVITE without offer.
void Call::on_local_ack(const Exchange& exchange, const SipMessage& ack) {
    if (!exchange.delayed) return;
    const auto answer = sdp::Description::parse(ack.body);
    // Without an answer the session stays as it was (RFC 3261 14.1).
    if (!answer) return;
    accept_here(exchange.from, *answer, *answer, exchange.since);
}

// On hold: no stream is left on which both parties may send.
void Call::watch_hold() {
    bool any = false;
    bool talks = false;
    for (const auto& stream : streams_) {
        if (!stream.active) continue;
        any = true;
        talks = talks || (stream.sends[0] && stream.sends[1]);
    }
    const bool held = any && !talks;
    if (held == mid_.held) return;
    mid_.held = held;
    if (!held) return act(StopTimer{CallTimer::hold});
    const auto configured = config::resolve_timer(*setup_.config, peer(Side::b), "hold");
    const auto limit = std::chrono::minutes(configured ? configured->value : 2880);
    act(StartTimer{CallTimer::hold, limit});
}

void Call::on_held_too_long() {
    if (mid_.held) release(dialplan::kCauseTimerExpired, std::nullopt);
}

}  // namespace weir::signaling
