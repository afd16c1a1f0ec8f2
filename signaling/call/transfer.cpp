// SPDX-License-Identifier: Apache-2.0
// Call: REFER, passed on or consumed (RFC 3515, 5589; spec B.6).
//
// A transfer that is consumed; T is the transferor, R the party that remains, N the new one:
//
// clang-format off
// | phase       | what comes                   | what follows | goes on to |
// |-------------|------------------------------|--------------|------------|
// | -           | REFER of T                   | 202, NOTIFY 100, the query for routes | routing |
// | routing     | routes                       | TakePeer of the first one in reach | taking |
// | routing     | none                         | NOTIFY with the failure; T and R go on | - |
// | taking      | room, or none (max-conn)     | INVITE to N with R's description; ports first if N is in another realm; next route | inviting; leasing |
// | leasing     | ports, or none               | INVITE to N; next route | inviting |
// | inviting    | 18x                          | NOTIFY with it; R hears its early media | inviting |
// | inviting    | 420 to a Replaces whose dialog is with us | INVITE to ourselves, which takes T's end of that dialog | inviting |
// | inviting    | 3xx to 6xx, nothing in time  | next route while hunting goes on, else NOTIFY with the failure; T and R go on | - |
// | inviting    | 2xx                          | ACK, NOTIFY 200, N in T's place, re-INVITE to R | syncing |
// | syncing     | 2xx of R                     | ACK; listeners hear of the new party | - |
// | syncing     | 491, 500                     | again after a while, kMaxSyncs times | syncing |
// | syncing     | 481, 408, nothing            | the call ends |
// | syncing     | another failure              | R's session stays as it was (RFC 6141), the call goes on | - |
// | any         | BYE of T                     | 200; no more NOTIFY; the transfer goes on, and its failure ends the call | same |
// | any         | BYE of R                     | CANCEL or BYE to N, NOTIFY 487, the call ends | - |
// | any         | re-INVITE, UPDATE of T or R  | 491; another REFER 491 | same |
// | after 2xx   | the last NOTIFY is answered  | BYE to T unless it has gone | - |
// clang-format on
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "config/model/supplementary.hpp"
#include "dialplan/cause.hpp"
#include "dialplan/dial_plan.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/leg_headers.hpp"
#include "signaling/call/transfer_limits.hpp"
#include "signaling/header/hiding.hpp"

namespace weir::signaling {

using dataplane::other;

void Call::on_refer(const RequestReceived& event) {
    const Side side = event.side;
    const auto target = refer_target(event.request.message);
    if (!target) return refuse_request(event.request, side, 400);
    if (config::passes(*setup_.config, peer(side), config::SupplementaryService::refer))
        return pass_request(side, event.request);
    // RFC 5589 7: a transfer needs a call that stands, which for a callee is when we have
    // acknowledged its answer: the caller's ACK may still be on its way. One at a time.
    const bool stands = state_ == CallState::connected || state_ == CallState::answered;
    if (!stands || leg(side).state != Leg::State::up || exchange_ || services_.takeover ||
        services_.referral)
        return refuse_request(event.request, side, 491);
    if (++services_.transfers > kMaxTransfers) return refuse_request(event.request, side, 403);
    begin_transfer(event, *target);
}

// Refer-To of a REFER that passes: the host of the target stays unless addresses are hidden; then
// it is ours toward the one who gets the REFER, and the call comes back here (spec B.2).
void Call::carry_referral(const SipMessage& refer, SipMessage& made, Side to) const {
    const bool hidden = setup_.config->voice.address_hiding &&
                        !option(other(to), &config::SipOptions::referto_passing);
    const std::string host = uri_host_port(leg(to).dialog->path().local);
    for (const std::string_view name : {"Refer-To", "Referred-By"})
        if (const std::string* value = refer.find(name))
            made.set(name, hidden ? hide_host(*value, host) : *value);
}

void Call::begin_transfer(const RequestReceived& event, const ReferTarget& target) {
    const Side side = event.side;
    const SipMessage& refer = event.request.message;
    const std::string* wish = refer.find("Refer-Sub");  // RFC 4488
    const bool subscribes = wish == nullptr || !text::istarts_with(text::trim(*wish), "false");
    SipMessage accepted = leg(side).dialog->response(refer, 202);
    accepted.add("Contact", leg(side).dialog->contact());
    if (wish != nullptr) accepted.add("Refer-Sub", subscribes ? "true" : "false");
    act(Respond{event.request.txn, std::move(accepted)});
    // RFC 3515 2.4.6: from the second REFER of a dialog on, its number tells the subscriptions
    // apart.
    const auto cseq = refer.cseq();
    std::string package = "refer";
    if (services_.transfers > 1 && cseq) package += ";id=" + std::to_string(cseq->number);
    services_.referral = Referral{side, ReferNotifier(subscribes), package, 0};
    services_.takeover = std::make_unique<Takeover>();
    Takeover& takeover = *services_.takeover;
    takeover.side = side;
    takeover.since = event.request.received_at;
    if (target.replaces)
        takeover.replaces = event.replaces.empty() ? target.replaces->to_string() : event.replaces;
    if (target.replaces && !event.replaces.empty())
        takeover.own_dialog = target.replaces->to_string();
    report_transfer(100);
    FindRoutes query{target.uri, side, identity_of_party(other(side)), {}};
    const std::string* by = refer.find("Referred-By");
    takeover.referred_by = by != nullptr ? *by : identity_of_party(side);
    query.headers.push_back({"Referred-By", takeover.referred_by});
    act(query);
}

// The address under which a party is known to the other one: From of what we send on its behalf.
std::string Call::identity_of_party(Side side) const {
    const CallParty& who = party(side);
    NameAddr address;
    address.display = who.display;
    address.uri = "sip:" + (who.number.empty() ? "" : who.number + "@") +
                  uri_host_port(leg(other(side)).dialog->path().local);
    return address.to_string();
}

void Call::on_routes_found(const RoutesFound& found) {
    if (services_.redirecting) return on_redirect_routes(found);
    if (!services_.takeover || services_.takeover->phase != Takeover::Phase::routing) return;
    Takeover& takeover = *services_.takeover;
    takeover.to_ourselves = found.to_ourselves;
    for (const OutboundRoute& route : found.routes)
        if (route.reachable && takeover.routes.size() < kMaxHuntAttempts)
            takeover.routes.push_back(route);
    if (!takeover.routes.empty()) return take_transfer_peer();
    if (found.refusal) return transfer_failed(found.refusal->status, found.refusal->q850_cause);
    transfer_failed(503, dialplan::kCauseNetworkOutOfOrder);
}

void Call::take_transfer_peer() {
    Takeover& takeover = *services_.takeover;
    takeover.phase = Takeover::Phase::taking;
    act(TakePeer{takeover.routes[takeover.route].party.dial_peer,
                 takeover.routes[takeover.route].server});
}

// TakePeer of a transfer has been answered; false: it was not for a transfer.
bool Call::on_transfer_peer(bool taken) {
    if (!services_.takeover || services_.takeover->phase != Takeover::Phase::taking) return false;
    if (!taken) {
        next_transfer_route(503, kCauseNoCircuit);
        return true;
    }
    Takeover& takeover = *services_.takeover;
    takeover.peer_taken = true;
    const auto realm = takeover.routes[takeover.route].realm;
    const auto fits = [&](const Media& media) {
        return media.realms[index_of(takeover.side)] == realm && media.elsewhere != takeover.side;
    };
    if (fits(takeover.media ? *takeover.media : media_)) {
        invite_new_party();
        return true;
    }
    close_transfer_media();
    if (fits(media_))
        invite_new_party();
    else
        open_transfer_media(realm);
    return true;
}

// A party in another realm needs ports there: a media session of its own, which takes the place of
// the old one when the party has answered.
void Call::open_transfer_media(dataplane::RealmIndex realm) {
    Takeover& takeover = *services_.takeover;
    takeover.phase = Takeover::Phase::leasing;
    takeover.media = Media{};
    Media& media = *takeover.media;
    media.state = Media::State::opening;
    media.realms = media_.realms;
    media.realms[index_of(takeover.side)] = realm;
    media.kinds = media_.kinds;
    media.count = media_.count;
    media.stream_of_line = media_.stream_of_line;
    dataplane::OpenSession open;
    open.guid = setup_.guid;
    open.stream_count = media.count;
    open.kinds = media.kinds;
    open.realms = media.realms;
    open.recordable = setup_.recordable ? 1 : 0;
    act(OpenMedia{open});
}

// True: the lease was for a transfer, or for one that is over.
bool Call::on_transfer_media(const dataplane::Leased& leased) {
    const auto& takeover = services_.takeover;
    const bool awaited = takeover && takeover->phase == Takeover::Phase::leasing;
    if (!awaited) {
        const bool strange =
            media_.state == Media::State::open || media_.state == Media::State::closing;
        if (!strange || leased.session == media_.session) return false;
        act(CloseMedia{leased.session});
        return true;
    }
    Media& media = *takeover->media;
    media.state = Media::State::open;
    media.session = leased.session;
    for (std::size_t i = 0; i < leased.stream_count && i < kMaxStreams; ++i)
        media.local[i] = leased.streams[i];
    invite_new_party();
    return true;
}

void Call::close_transfer_media() {
    auto& media = services_.takeover->media;
    if (media && media->state == Media::State::open) act(CloseMedia{media->session});
    media.reset();
}

void Call::invite_new_party() {
    Takeover& takeover = *services_.takeover;
    const OutboundRoute& route = takeover.routes[takeover.route];
    takeover.party = route.party;
    takeover.fresh = Leg{};
    takeover.fresh.dialog = Dialog(route.dialog);
    takeover.fresh.codecs = route.codecs;
    takeover.fresh.origin = sdp::LocalOrigin(route.sdp_session);
    takeover.fresh.advertised = route.media_address;
    const Side side = takeover.side;
    const auto theirs = sdp::Description::parse(mid_.remote[index_of(other(side))]);
    auto offer = theirs ? project_for(takeover.fresh, side, *theirs, nullptr) : theirs;
    if (!offer) return next_transfer_route(488, dialplan::kCauseBearerNotImplemented);
    const config::DialPeer* peer_found = setup_.config->find_peer(route.party.dial_peer);
    const config::DialPeer& target =
        peer_found == nullptr ? config::default_dial_peer() : *peer_found;
    const auto setting = [&](std::string_view words, std::uint32_t built_in, bool is_timer) {
        const auto found = is_timer ? config::resolve_timer(*setup_.config, target, words)
                                    : config::resolve_retry(*setup_.config, target, words);
        return found ? found->value : built_in;
    };
    const std::chrono::milliseconds expires(setting("expires", 180'000, true));
    InviteHeaders headers;
    headers.leading = route.identity;
    headers.leading.push_back({"Referred-By", takeover.referred_by});
    if (!takeover.replaces.empty()) {
        headers.leading.push_back({"Require", "replaces"});
        headers.leading.push_back({"Replaces", takeover.replaces});
    }
    headers.supported = "replaces";
    headers.guid = setup_.guid;
    headers.now = now_.wall;
    headers.expires = std::chrono::duration_cast<std::chrono::seconds>(expires);
    headers.body = stamp_for(takeover.fresh, side, *offer);
    takeover.sent = *std::move(offer);
    takeover.phase = Takeover::Phase::inviting;
    SipMessage invite = takeover.fresh.dialog->invite(headers);
    takeover.cseq = takeover.fresh.dialog->last_cseq();
    takeover.token = ++last_token_;
    OutgoingRequest request{std::move(invite), takeover.fresh.dialog->path(),
                            std::chrono::milliseconds(setting("trying", 500, true)),
                            static_cast<std::uint8_t>(setting("invite", 6, false))};
    remember_for(takeover.token, target, request);
    act(SendRequest{takeover.token, std::move(request)});
    act(StartTimer{CallTimer::transfer, expires});
}

void Call::on_new_party_response(const IncomingResponse& response) {
    Takeover& takeover = *services_.takeover;
    const int status = response.message.status;
    if (status < 200) {
        if (status == 100) return;
        takeover.rang = true;
        takeover.fresh.dialog->on_response(response.message);
        hear_new_party(response.message);
        return report_transfer(status);
    }
    act(StopTimer{CallTimer::transfer});
    if (status >= 300) {
        takeover.token = 0;
        if (status == 420 && join_calls()) return;
        return next_transfer_route(status, dialplan::q850_from_sip(status));
    }
    Leg& fresh = takeover.fresh;
    fresh.dialog->on_response(response.message);
    acknowledge(fresh, {takeover.token, takeover.cseq, {}});
    fresh.state = Leg::State::up;
    const auto answer = sdp::Description::parse(response.message.body);
    if (!answer) {
        // It has answered, but with nothing that could be heard.
        SipMessage bye = fresh.dialog->request("BYE");
        bye.add("Reason", reason_value(dialplan::kCauseInterworking));
        act(SendRequest{++last_token_,
                        {std::move(bye), fresh.dialog->path(), timer(takeover.side, "disconnect"),
                         retries(takeover.side, "bye")}});
        return transfer_failed(488, dialplan::kCauseInterworking);
    }
    report_transfer(200);
    put_in_place(*answer, response.message);
}

// An attended transfer whose target knows no Replaces (RFC 3261 8.2.2.3: 420): it keeps the dialog
// that it has with us, and the transferor's end of that call is taken by us, with an INVITE that
// we send to ourselves. Both calls go on, one behind the other. False: there is no such dialog.
bool Call::join_calls() {
    Takeover& takeover = *services_.takeover;
    OutboundRoute route = takeover.routes[takeover.route];
    SipPath& path = route.dialog.path;
    // Over TLS we would have to believe our own certificate: another listener takes it.
    const bool is_tls = path.transport == SipTransport::tls;
    if (takeover.own_dialog.empty() || media_.elsewhere == takeover.side ||
        (is_tls && !takeover.to_ourselves))
        return false;
    if (is_tls) path = *takeover.to_ourselves;
    // The target's own leg counts already.
    if (std::exchange(takeover.peer_taken, false)) act(ReleasePeer{route.party.dial_peer});
    hear_old_party();
    close_transfer_media();
    path.remote = path.local;
    path.host.clear();
    route.dialog.call_id = std::to_string(draw(UINT64_MAX)) + "-" + route.dialog.call_id;
    route.party.sip_call_id = route.dialog.call_id;
    route.dialog.remote_target =
        "sip:" + escape_user(route.party.number) + "@" + uri_host_port(path.local);
    route.dialog.remote = "<" + route.dialog.remote_target + ">";
    route.realm = media_.realms[index_of(takeover.side)];
    route.media_address = {};
    takeover.replaces = std::exchange(takeover.own_dialog, {});
    takeover.routes = {std::move(route)};
    takeover.route = 0;
    invite_new_party();
    return true;
}

// The same rules as for a call of its own: the next server or peer, while hunting goes on.
void Call::next_transfer_route(int status, int cause) {
    Takeover& takeover = *services_.takeover;
    hear_old_party();
    const config::DialPeerTag tag = takeover.routes[takeover.route].party.dial_peer;
    if (std::exchange(takeover.peer_taken, false)) act(ReleasePeer{tag});
    const config::DialPeer* peer_found = setup_.config->find_peer(tag);
    const bool goes_on = peer_found != nullptr &&
                         dialplan::hunting_continues(cause, *peer_found, setup_.config->voice_hunt);
    if (!goes_on || takeover.route + 1 >= takeover.routes.size())
        return transfer_failed(status, cause);
    ++takeover.route;
    take_transfer_peer();
}

// The transferor learns it and keeps its call; without it the call has no second party any more.
void Call::transfer_failed(int status, int cause) {
    const Side side = services_.takeover->side;
    hear_old_party();
    close_transfer_media();
    services_.takeover.reset();
    const bool overrides = option(side, &config::SipOptions::reason_header_override);
    report_transfer(transfer_failure(status, cause, overrides).status);
    if (leg(side).state == Leg::State::gone && state_ < CallState::releasing)
        release(cause == 0 ? dialplan::kCauseNormalClearing : cause, std::nullopt);
}

void Call::on_transfer_timer() {
    if (!services_.takeover) return;
    Takeover& takeover = *services_.takeover;
    if (takeover.phase == Takeover::Phase::syncing) return send_sync();
    if (takeover.phase != Takeover::Phase::inviting) return;
    // Spec N10
    const int cause = takeover.rang ? dialplan::kCauseNoAnswer : dialplan::kCauseTimerExpired;
    cancel_new_party(cause);
    next_transfer_route(0, cause);
}

// Its final response is waited for as that of any INVITE that nobody wants any more.
void Call::cancel_new_party(int cause) {
    Takeover& takeover = *services_.takeover;
    act(CancelInvite{takeover.token, reason_value(cause)});
    strays_.push_back({takeover.token, *takeover.fresh.dialog, takeover.cseq});
    takeover.token = 0;
}

// ---- The progress of a REFER -------------------------------------------------------------------

void Call::report_transfer(int status) {
    if (!services_.referral) return;
    const auto now = services_.referral->notifier.report(status);
    if (now) return send_progress(*now);
    if (services_.referral->notifier.is_done()) end_referral();
}

void Call::send_progress(int status) {
    Referral& referral = *services_.referral;
    Dialog* dialog = referral_dialog();
    if (dialog == nullptr) return end_referral();
    SipMessage notify = dialog->request("NOTIFY");
    notify.add("Event", referral.package);
    const auto lives =
        std::chrono::duration_cast<std::chrono::seconds>(timer(referral.side, "expires"));
    notify.add("Subscription-State", status >= 200
                                         ? std::string("terminated;reason=noresource")
                                         : "active;expires=" + std::to_string(lives.count()));
    notify.add("Contact", dialog->contact());
    notify.add("Content-Type", "message/sipfrag;version=2.0");
    notify.body = sipfrag(status);
    referral.notify = ++last_token_;
    OutgoingRequest request{std::move(notify), dialog->path(), timer(referral.side, "notify"),
                            retries(referral.side, "notify")};
    remember(referral.notify, referral.side, request);
    act(SendRequest{referral.notify, std::move(request)});
}

// The transferor's dialog: its leg, or what was put aside when the new party took its place.
Dialog* Call::referral_dialog() {
    for (auto& departed : services_.departed)
        if (departed.refers) return departed.over ? nullptr : &departed.dialog;
    Leg& transferor = leg(services_.referral->side);
    return transferor.state == Leg::State::up ? &*transferor.dialog : nullptr;
}

void Call::on_progress_answered(bool accepted) {
    services_.referral->notify = 0;
    const auto next = services_.referral->notifier.answered(accepted);
    if (next) return send_progress(*next);
    if (services_.referral->notifier.is_done() && !services_.takeover) end_referral();
}

// Nothing more is to be told: who has been put aside may go.
void Call::end_referral() {
    if (services_.takeover) return;
    services_.referral.reset();
    for (auto& departed : services_.departed)
        if (departed.refers && !departed.over)
            bye_departed(departed, dialplan::kCauseNormalClearing);
}

}  // namespace weir::signaling
