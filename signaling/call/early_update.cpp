// SPDX-License-Identifier: Apache-2.0
// Call: offers inside early dialogs: UPDATE from either side, PRACK with an offer, and a fork's
// description that the caller learns by UPDATE (RFC 3311 5, spec E.4, E.6, N6).
//
// clang-format off
// | offer from | the first offer/answer of that leg     | answer |
// |------------|----------------------------------------|--------|
// | caller     | its INVITE's offer is unanswered       | 500, Retry-After |
// | caller     | our answer or offer waits for its PRACK| 491 |
// | callee     | our INVITE's offer is unanswered       | 491 |
// | callee     | its own offer is unanswered            | 500, Retry-After |
// | either     | another offer of this side is under way| 500, Retry-After |
// | either     | one of the other side is under way     | 491 |
// | either     | fewer m-lines than it had (RFC 3264 8) | 488 |
// | either     | complete, the other leg too, it has UPDATE | passed on by UPDATE; its answer is the answer |
// | either     | complete, otherwise, or early-media update block | answered here with what holds |
// clang-format on
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/sdp/local_answer.hpp"

namespace weir::signaling {

void Call::on_early_update(Side side, const IncomingRequest& request) {
    learn_party(side, request.message);
    if (request.message.body.empty()) {
        act(Respond{request.txn, leg(side).dialog->response(request.message, 200)});
        return;
    }
    if (const int status = early_refusal(side); status != 0)
        return refuse_request(request, side, status);
    on_early_offer(side, request);
}

// The status of RFC 3311 5.2 with which an offer is turned away now, or 0.
int Call::early_refusal(Side side) {
    if (early_.exchange) return early_.exchange->offer.offerer == side ? 500 : 491;
    if (side == Side::a) {
        if (early_.sender.holds_answer()) return 491;
        return early_.sender.is_described() ? 0 : 500;
    }
    const EarlyDialog* fork = early_.forks.find(leg(Side::b).dialog->remote_tag());
    if (fork != nullptr && fork->settled) return 0;
    return early_offer_ ? 491 : 500;
}

// The m-lines that a party has described; an offer has no fewer (RFC 3264 8).
std::size_t Call::early_lines(Side side) {
    if (side == Side::b) {
        const EarlyDialog* fork = early_.forks.find(leg(side).dialog->remote_tag());
        return fork != nullptr && fork->described ? fork->described->media.size() : 0;
    }
    if (early_.agreed) return early_.agreed->media.size();
    return early_offer_ && offer_ ? offer_->received.media.size() : 0;
}

// An offer that may be made: the first offer/answer of its leg is complete.
void Call::on_early_offer(Side side, const IncomingRequest& request) {
    auto offer = sdp::Description::parse(request.message.body);
    const bool may_offer = side == Side::b || early_.sender.is_described();
    if (!offer || !may_offer || offer->media.size() < early_lines(side))
        return refuse_request(request, side, 488);
    const bool consumed =
        !media_.elsewhere &&
        option(side, &config::SipOptions::early_media_update) != config::EarlyMediaUpdate::pass;
    const auto projected = project(*offer, dataplane::other(side), nullptr);
    // Here is nothing to answer with: the addresses are those of the other pass.
    if (media_.elsewhere && (!projected || !can_renew(dataplane::other(side))))
        return refuse_request(request, side, 500);
    if (consumed || !projected || early_.exchange || !can_renew(dataplane::other(side)))
        return answer_early_here(side, request, *offer);
    early_.exchange = EarlyExchange{request.txn, request.message, 0,
                                    OfferState{side, std::move(*offer), *projected}};
    send_early_update(request.message);
}

// An UPDATE with an offer may go to that party now (spec N6).
bool Call::can_renew(Side to) {
    const Leg& party = leg(to);
    if (!party.allows_update || !party.dialog) return false;
    if (to == Side::a) return party.state == Leg::State::inviting && early_.sender.is_described();
    const EarlyDialog* fork = early_.forks.find(party.dialog->remote_tag());
    return fork != nullptr && fork->settled &&
           (party.state == Leg::State::inviting || party.state == Leg::State::up);
}

void Call::send_early_update(const SipMessage& cause) {
    const Side to = dataplane::other(early_.exchange->offer.offerer);
    SipMessage update =
        leg(to).dialog->request_with_sdp("UPDATE", stamp(early_.exchange->offer.sent, to));
    carry_headers(cause, update, to);
    early_.exchange->token =
        send(to, std::move(update), timer(to, "update"), retries(to, "update"));
}

// Spec E.6: another fork's description goes to the caller in an UPDATE; where it cannot, the caller
// keeps the first one, and only the media follow.
void Call::renew_caller(const EarlyDialog& fork) {
    const bool consumed =
        option(Side::b, &config::SipOptions::early_media_update) != config::EarlyMediaUpdate::pass;
    auto projected = project(*fork.described, Side::a, nullptr);
    if (!projected || consumed || early_.exchange || !can_renew(Side::a)) return;
    early_.exchange =
        EarlyExchange{{}, {}, 0, OfferState{Side::b, *fork.described, std::move(*projected)}};
    send_early_update({});
}

// The answer in place of the other party: what it has agreed to, as far as the new offer has it.
Result<std::string> Call::local_answer(Side to, const sdp::Description& offer,
                                       const sdp::Description* agreed) {
    const auto answer = project(accept_offer(offer, agreed), to, &offer);
    if (!answer) return fail(answer.error());
    return stamp(*answer, to);
}

void Call::answer_early_here(Side side, const IncomingRequest& request,
                             const sdp::Description& offer) {
    const sdp::Description* agreed = nullptr;
    if (side == Side::a) {
        const EarlyDialog* fork = early_.forks.find(leg(Side::b).dialog->remote_tag());
        if (fork != nullptr && fork->described) agreed = &*fork->described;
    } else if (early_.agreed) {
        agreed = &*early_.agreed;
    } else if (early_offer_ && offer_) {
        agreed = &offer_->received;
    }
    auto answer = local_answer(side, offer, agreed);
    if (!answer) return refuse_request(request, side, 488);
    if (side == Side::b)
        if (const auto told = project(offer, Side::a, nullptr)) compare_with_shown(*told);
    point(side, offer);
    note_early_description(side, offer);
    act(Respond{request.txn, leg(side).dialog->response(request.message, 200, std::move(*answer))});
}

// What a party has last said in its early dialog: the 2xx does not fall back behind it.
void Call::note_early_description(Side side, const sdp::Description& description) {
    if (side == Side::a) {
        early_.agreed = description;
        if (early_offer_ && offer_) offer_->received = description;
        return;
    }
    if (EarlyDialog* fork = early_.forks.find(leg(Side::b).dialog->remote_tag()))
        fork->described = description;
}

void Call::on_early_answer(const IncomingResponse& response) {
    const int status = response.message.status;
    if (status < 200) return;
    EarlyExchange exchange = std::move(*early_.exchange);
    early_.exchange.reset();
    const Side from = exchange.offer.offerer;
    const Side to = dataplane::other(from);
    const auto answer = status < 300 ? sdp::Description::parse(response.message.body)
                                     : Result<sdp::Description>(fail(ErrorCode::denied, "refused"));
    const auto projected =
        answer ? project(*answer, from, &exchange.offer.sent) : Result<sdp::Description>(answer);
    if (projected) {
        leg(to).dialog->on_response(response.message);
        set_streams(exchange.offer, *answer, *projected);
        early_.streams_stand = true;
        note_early_description(from, exchange.offer.received);
        note_early_description(to, *answer);
        early_.shown = to == Side::a ? exchange.offer.sent : *projected;
        early_.out_of_step = false;
    }
    finish_early_exchange(exchange, status, projected ? stamp(*projected, from) : std::string());
    release_answer();
}

// RFC 3311 5.3: a refused UPDATE leaves all as it was.
void Call::finish_early_exchange(const EarlyExchange& exchange, int status, std::string sdp) {
    if (exchange.txn == ServerTxn{}) return;  // it was ours: a fork's description
    const Side from = exchange.offer.offerer;
    const bool passes = status >= 400 && status != 401 && status != 407 && status != 408;
    if (sdp.empty())
        return refuse_request({exchange.txn, exchange.request, {}, {}}, from,
                              passes ? status : 488);
    act(Respond{exchange.txn, leg(from).dialog->response(exchange.request, 200, std::move(sdp))});
}

// The candidate has failed: what its early dialogs have begun goes no further.
void Call::forget_early_dialogs() {
    drop_early_exchange(500);
    early_.forks.clear();
    early_.media_of.clear();
    early_.streams_stand = false;
    open_early_media();
    if (early_.offered && !early_.offered->is_sent) early_.offered.reset();
    if (!early_offer_) offer_.reset();
    early_.out_of_step = false;
}

// The other side is gone, or the call is.
void Call::drop_early_exchange(int status) {
    if (!early_.exchange) return;
    const EarlyExchange exchange = std::move(*early_.exchange);
    early_.exchange.reset();
    finish_early_exchange(exchange, status, {});
}

}  // namespace weir::signaling
