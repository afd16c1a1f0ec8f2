// SPDX-License-Identifier: Apache-2.0
// Call: a new party in the place of one of its two: after a consumed REFER, or by an INVITE with
// Replaces (RFC 3891, spec B.6 handle-replaces).
//
// | INVITE with Replaces names       | what follows |
// |----------------------------------|--------------|
// | a leg of a connected call        | 200 with the other party's description; on ACK the new leg
// takes the place, BYE to the old one, re-INVITE to the other | | the same, early-only | 486 (RFC
// 3891 3) | | a call that is ending            | 603 | | a call that is not yet answered  | 481: we
// may replace only what we began ourselves | | without an offer, or no codec in common | 488 | | a
// call in the middle of an exchange or transfer | 491 |
#include <algorithm>
#include <utility>

#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/transfer_limits.hpp"

namespace weir::signaling {
namespace {

using dataplane::other;

// A party that was on hold for the transfer is offered to the new one as it can be: both ways.
sdp::Description without_direction(sdp::Description description) {
    const auto is_direction = [](const sdp::Line& line) {
        return line.text == "a=sendonly" || line.text == "a=recvonly" ||
               line.text == "a=inactive" || line.text == "a=sendrecv";
    };
    std::erase_if(description.session, is_direction);
    for (auto& section : description.media)
        std::erase_if(section.lines, is_direction);
    return description;
}

}  // namespace

std::size_t Call::index_of(Side side) {
    return static_cast<std::size_t>(side);
}

const CallParty& Call::party(Side side) const {
    const auto& joined = services_.joined[index_of(side)];
    if (joined) return joined->party;
    return side == Side::a ? setup_.caller : route().party;
}

std::optional<Replaces> Call::replaces_of(Side side) const {
    const auto& dialog = leg(side).dialog;
    if (!dialog || dialog->remote_tag().empty()) return std::nullopt;
    return Replaces{dialog->call_id(), dialog->remote_tag(), dialog->local_tag()};
}

// Does what is done with the SDP of a leg, for one that is not there yet.
template <typename Task>
auto Call::as_if_in_place(Leg& fresh, Side side, Task task) {
    const bool moves = services_.takeover && services_.takeover->media;
    std::swap(leg(side), fresh);
    if (moves) std::swap(media_, *services_.takeover->media);
    auto made = task();
    if (moves) std::swap(media_, *services_.takeover->media);
    std::swap(leg(side), fresh);
    return made;
}

// `source`, which the other party gave, for a new party that is about to take the place of `side`.
Result<sdp::Description> Call::project_for(Leg& fresh, Side side, const sdp::Description& source,
                                           const sdp::Description* offer) {
    return as_if_in_place(fresh, side,
                          [&] { return project(without_direction(source), side, offer); });
}

std::string Call::stamp_for(Leg& fresh, Side side, const sdp::Description& description) {
    return as_if_in_place(fresh, side, [&] { return stamp(description, side); });
}

// The new party has answered or acknowledged: it is the leg from now on.
void Call::put_in_place(const sdp::Description& described, const SipMessage& message) {
    Takeover& takeover = *services_.takeover;
    const Side side = takeover.side;
    depart(side);
    const bool counts = std::exchange(takeover.peer_taken, false);
    release_joined(side);
    services_.joined[index_of(side)] = Joined{takeover.party, counts};
    leg(side) = std::move(takeover.fresh);
    learn_party(side, message);
    if (takeover.media) {
        // The old ports are of no use any more; the other party hears of the new ones at once.
        std::swap(media_, *takeover.media);
        if (!takeover.media->elsewhere) act(CloseMedia{takeover.media->session});
        takeover.media.reset();
        const auto theirs = sdp::Description::parse(mid_.remote[index_of(other(side))]);
        if (theirs) point(other(side), *theirs);
    }
    point(side, described);
    mid_.remote[index_of(side)] = described.to_string();
    begin_session(side);  // the old dialog's refreshes and expiry are none of the new one
    begin_ping(side);
    takeover.phase = Takeover::Phase::syncing;
    takeover.token = 0;
    send_sync();
}

// Early media of the new party (18x with SDP) reach the one that remains: with the formats that it
// has described, and in the realm of before from the ports that it knows. In another realm they
// come from the new session's ports, which it will be told with the answer: a party takes what
// comes to the address that it has given, whoever sends it (RFC 3264 5.1). The old session is
// silent toward it meanwhile. In the pass of a loop that has no session the other one is told.
void Call::hear_new_party(const SipMessage& response) {
    Takeover& takeover = *services_.takeover;
    const Side side = takeover.side;
    const auto described = sdp::Description::parse(response.body);
    if (!described) return;
    const auto fits = as_if_in_place(
        takeover.fresh, side, [&] { return project(*described, other(side), &takeover.sent); });
    if (!fits) return;
    takeover.heard = true;
    if (!takeover.media) return point_through(side, media_lines(*described));
    const auto remaining = sdp::Description::parse(mid_.remote[index_of(other(side))]);
    if (!remaining) return;
    std::swap(media_, *takeover.media);
    point(side, *described);
    point(other(side), *remaining);
    std::swap(media_, *takeover.media);
    if (!media_.elsewhere) point(other(side), {});
}

// The new party does not come: its place has the old one, if that is still there.
void Call::hear_old_party() {
    Takeover& takeover = *services_.takeover;
    if (!std::exchange(takeover.heard, false)) return;
    const Side side = takeover.side;
    if (takeover.media) {
        const auto remaining = sdp::Description::parse(mid_.remote[index_of(other(side))]);
        if (remaining && !media_.elsewhere) point(other(side), *remaining);
        return;
    }
    const auto described = sdp::Description::parse(mid_.remote[index_of(side)]);
    const bool is_there = described && leg(side).state != Leg::State::gone;
    point_through(side, is_there ? media_lines(*described) : std::vector<dataplane::Remote>());
}

// The leg is put aside with its dialog, until its last requests are answered.
void Call::depart(Side side) {
    Leg& old = leg(side);
    if (services_.departed.size() == kMaxDeparted)
        services_.departed.erase(services_.departed.begin());
    const bool refers = services_.takeover->by_refer && services_.referral.has_value();
    services_.departed.push_back(
        {*old.dialog, side, refers, old.state == Leg::State::gone, 0, old.acked});
    Departed& departed = services_.departed.back();
    // The transferor hears of its success first (RFC 5589 6.1).
    if (!departed.over && !refers) bye_departed(departed, dialplan::kCauseNormalClearing);
}

void Call::bye_departed(Departed& departed, int cause) {
    departed.over = true;
    SipMessage bye = departed.dialog.request("BYE");
    bye.add("Reason", reason_value(cause));
    departed.bye = ++last_token_;
    OutgoingRequest request{std::move(bye), departed.dialog.path(),
                            timer(departed.side, "disconnect"), retries(departed.side, "bye")};
    act(SendRequest{departed.bye, std::move(request)});
}

// max-conn of a party that has left: of the route, or of an earlier new party.
void Call::release_joined(Side side) {
    auto& joined = services_.joined[index_of(side)];
    if (joined && std::exchange(joined->counts, false)) act(ReleasePeer{joined->party.dial_peer});
    if (side == Side::b && !joined && std::exchange(peer_taken_, false))
        act(ReleasePeer{route().party.dial_peer});
}

// A re-INVITE tells the party that remains of the new one's session, and takes it off hold.
void Call::send_sync() {
    Takeover& takeover = *services_.takeover;
    const Side to = other(takeover.side);
    // Before its ACK no re-INVITE; if it never comes, the call ends by that.
    if (state_ == CallState::answered) return act(StartTimer{CallTimer::transfer, kSyncWait});
    const auto described = sdp::Description::parse(mid_.remote[index_of(takeover.side)]);
    const auto offer = described ? project(without_direction(*described), to, nullptr)
                                 : Result<sdp::Description>(described);
    if (!offer || ++takeover.syncs > kMaxSyncs) return end_takeover();
    SipMessage invite = leg(to).dialog->request_with_sdp("INVITE", stamp(*offer, to));
    // Spec B.6: who is there now.
    if (option(to, &config::SipOptions::update_callerid) &&
        option(to, &config::SipOptions::remote_party_id))
        invite.add("Remote-Party-ID",
                   identity_of_party(takeover.side) + ";party=called;screen=yes;privacy=off");
    takeover.sent = *offer;
    takeover.cseq = leg(to).dialog->last_cseq();
    takeover.token = send(to, std::move(invite), timer(to, "trying"), retries(to, "invite"));
}

void Call::on_sync_response(const IncomingResponse& response) {
    Takeover& takeover = *services_.takeover;
    const Side to = other(takeover.side);
    const int status = response.message.status;
    if (status < 200) return;
    if (status >= 300) {
        takeover.token = 0;
        if (status == 481 || status == 408) {
            leg(to).state = Leg::State::gone;
            return release(dialplan::q850_from_sip(status), to);
        }
        if (status != 491 && status != 500) return end_takeover();
        // RFC 3261 14.1: the one who began the dialog waits longer.
        const auto wait = to == Side::b ? 2100 + draw(1900) : draw(2000);
        return act(StartTimer{CallTimer::transfer, std::chrono::milliseconds(wait)});
    }
    leg(to).dialog->on_response(response.message);
    learn_party(to, response.message);
    acknowledge(leg(to), {takeover.token, takeover.cseq, {}});
    takeover.token = 0;
    const auto answer = sdp::Description::parse(response.message.body);
    const auto received = sdp::Description::parse(mid_.remote[index_of(takeover.side)]);
    const auto projected = answer && received ? project(*answer, takeover.side, &takeover.sent)
                                              : Result<sdp::Description>(answer);
    if (answer && received && projected)
        set_streams({takeover.side, *received, takeover.sent}, *answer, *projected);
    end_takeover();
}

// The new party is there, whatever the re-INVITE brought: listeners hear of it.
void Call::end_takeover() {
    const MonoTime since = services_.takeover->since;
    act(StopTimer{CallTimer::transfer});
    services_.takeover.reset();
    act(TellMediaChanged{since});
    if (services_.referral && services_.referral->notifier.is_done()) end_referral();
}

// The call ends under it.
void Call::drop_takeover() {
    drop_relayed();
    services_.redirecting = false;
    if (services_.takeover) {
        Takeover& takeover = *services_.takeover;
        using Phase = Takeover::Phase;
        act(StopTimer{CallTimer::transfer});
        if (takeover.phase == Phase::inviting && takeover.token != 0)
            cancel_new_party(dialplan::kCauseNormalClearing);
        if (takeover.phase == Phase::waiting_ack) {
            // RFC 3261 15: no BYE before the ACK; one who never sent it gets it all the same at the
            // end of the call, and the dialog is forgotten.
            SipMessage bye = takeover.fresh.dialog->request("BYE");
            bye.add("Reason", reason_value(dialplan::kCauseNormalClearing));
            act(SendRequest{++last_token_,
                            {std::move(bye), takeover.fresh.dialog->path(),
                             timer(takeover.side, "disconnect"), retries(takeover.side, "bye")}});
        }
        if (takeover.phase == Phase::syncing && takeover.token != 0)
            strays_.push_back(
                {takeover.token, *leg(other(takeover.side)).dialog, takeover.cseq, true});
        // `party` is known only when the INVITE goes out; ports may still be on their way.
        if (takeover.peer_taken) act(ReleasePeer{takeover.routes[takeover.route].party.dial_peer});
        close_transfer_media();
        services_.takeover.reset();
    }
    if (services_.referral) {
        report_transfer(487);
        services_.referral.reset();
    }
    for (auto& departed : services_.departed)
        if (!departed.over) bye_departed(departed, end_ ? end_->q850_cause : 16);
}

// A BYE of the one whose place is being taken: it has done its part. True: the call goes on.
bool Call::transferor_leaves(Side side) {
    if (!services_.takeover || services_.takeover->side != side || !services_.takeover->by_refer ||
        services_.takeover->phase == Takeover::Phase::syncing)
        return false;
    leg(side).state = Leg::State::gone;
    if (services_.referral) services_.referral->notifier.stop();
    if (!services_.takeover->heard || services_.takeover->media) point_through(side, {});
    return true;
}

// True: the request was in the dialog of a leg that has been put aside.
bool Call::on_departed_request(const IncomingRequest& request) {
    for (auto& departed : services_.departed) {
        if (!departed.dialog.matches(request.message)) continue;
        const bool is_bye = request.message.method == "BYE";
        act(Respond{request.txn, departed.dialog.response(request.message, is_bye ? 200 : 481)});
        if (is_bye) {
            departed.over = true;
            if (departed.refers && services_.referral) services_.referral->notifier.stop();
        }
        return true;
    }
    return false;
}

// ---- INVITE with Replaces ----------------------------------------------------------------------

void Call::on_replacement(const ReplacementReceived& event) {
    const SipMessage& invite = event.setup.invite.message;
    const auto refuse = [&](int status) {
        SipMessage response =
            make_response(invite, status, default_phrase(status), event.setup.local_tag);
        response.add("Server", product_token());
        act(Respond{event.setup.invite.txn, std::move(response)});
    };
    if (state_ >= CallState::releasing) return refuse(603);
    if (state_ != CallState::connected) return refuse(481);
    if (event.early_only) return refuse(486);
    if (exchange_ || services_.takeover || services_.referral) return refuse(491);
    if (++services_.transfers > kMaxTransfers) return refuse(403);
    auto dialog =
        Dialog::from_invite(event.setup.invite, event.setup.local_tag, event.setup.contact);
    if (!dialog) return refuse(400);
    auto offer = sdp::Description::parse(invite.body);
    if (!offer || event.setup.realm != media_.realms[index_of(event.side)] ||
        media_.elsewhere == event.side)
        return refuse(488);
    auto takeover = std::make_unique<Takeover>();
    takeover->side = event.side;
    takeover->by_refer = false;
    takeover->phase = Takeover::Phase::waiting_ack;
    takeover->since = event.setup.invite.received_at;
    takeover->party = event.setup.caller;
    takeover->txn = event.setup.invite.txn;
    takeover->invite = invite;
    Leg& fresh = takeover->fresh;
    fresh.dialog = std::move(*dialog);
    fresh.codecs = event.setup.codecs;
    fresh.origin = sdp::LocalOrigin(event.setup.sdp_session);
    fresh.state = Leg::State::up;
    fresh.advertised = event.setup.media_address;
    // Spec B.6: the same codec is needed, else 488.
    const auto theirs = sdp::Description::parse(mid_.remote[index_of(other(event.side))]);
    const auto answer = theirs ? project_for(fresh, event.side, *theirs, &*offer) : theirs;
    if (!answer) return refuse(488);
    act(Respond{event.setup.invite.txn,
                fresh.dialog->response(invite, 200, stamp_for(fresh, event.side, *answer))});
    services_.takeover = std::move(takeover);
}

// True: the ACK was of an INVITE that takes a place.
bool Call::on_replacement_ack(ServerTxn invite) {
    if (!services_.takeover || services_.takeover->phase != Takeover::Phase::waiting_ack ||
        services_.takeover->txn != invite)
        return false;
    const SipMessage message = services_.takeover->invite;
    const auto offer = sdp::Description::parse(message.body);
    if (offer) put_in_place(*offer, message);
    return true;
}

// No ACK came: the old party keeps its place.
bool Call::on_replacement_unacknowledged(ServerTxn invite) {
    if (!services_.takeover || services_.takeover->phase != Takeover::Phase::waiting_ack ||
        services_.takeover->txn != invite)
        return false;
    Leg& fresh = services_.takeover->fresh;
    SipMessage bye = fresh.dialog->request("BYE");
    bye.add("Reason", reason_value(dialplan::kCauseTimerExpired));
    act(SendRequest{
        ++last_token_,
        {std::move(bye), fresh.dialog->path(), timer(services_.takeover->side, "disconnect"),
         retries(services_.takeover->side, "bye")}});
    services_.takeover.reset();
    return true;
}

// ---- What the others ask -----------------------------------------------------------------------

// True: the response was to a request of a transfer, a takeover or a leg put aside.
bool Call::on_service_response(const ResponseReceived& event) {
    const int status = event.response.message.status;
    if (on_relayed_response(event)) return true;
    if (services_.takeover && event.token == services_.takeover->token) {
        if (services_.takeover->phase == Takeover::Phase::inviting)
            on_new_party_response(event.response);
        else if (services_.takeover->phase == Takeover::Phase::syncing)
            on_sync_response(event.response);
        return true;
    }
    if (services_.referral && event.token == services_.referral->notify) {
        if (status >= 200) on_progress_answered(status < 300);
        return true;
    }
    for (auto& departed : services_.departed) {
        if (event.token == departed.bye && departed.bye != 0) return true;
        const bool again = departed.acked.token == event.token && status / 100 == 2;
        if (again && !departed.dialog.is_forked(event.response.message)) {
            act(ack_of(departed.dialog, departed.acked));
            return true;
        }
    }
    return false;
}

bool Call::on_service_failed(Token token) {
    if (on_relayed_failed(token)) return true;
    if (services_.takeover && token == services_.takeover->token) {
        services_.takeover->token = 0;
        if (services_.takeover->phase == Takeover::Phase::inviting) {
            act(StopTimer{CallTimer::transfer});
            next_transfer_route(0, dialplan::kCauseTimerExpired);
        } else if (services_.takeover->phase == Takeover::Phase::syncing) {
            lose_dialog(other(services_.takeover->side));
            release(dialplan::kCauseTimerExpired, std::nullopt);
        }
        return true;
    }
    if (services_.referral && token == services_.referral->notify) {
        on_progress_answered(false);
        return true;
    }
    return false;
}

}  // namespace weir::signaling
