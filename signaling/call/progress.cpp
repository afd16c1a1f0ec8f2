// SPDX-License-Identifier: Apache-2.0
// Call: provisional responses of the callee (spec E.4, E.5): acknowledged on its leg, decided upon,
// sent on reliably or not on the caller's, and early media (N5).
#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/early_media.hpp"
#include "signaling/sdp/local_answer.hpp"
#include "signaling/sdp/offer.hpp"

namespace weir::signaling {

void Call::on_progress(const IncomingResponse& response) {
    const SipMessage& message = response.message;
    if (message.status == 100 || state_ != CallState::inviting) return;
    EarlyDialog* fork = early_.forks.select(message, *leg(Side::b).dialog);
    if (fork == nullptr) return;
    const config::Rel1xx rel1xx = callee_rel1xx();
    // Spec E.1: with rel1xx disable a Require: 100rel was not asked for, and counts for nothing.
    const bool reliable =
        rel1xx.mode != config::Rel1xx::Mode::disable && is_reliable(message, rel1xx.option_tag);
    if (reliable && !is_next_reliable(*fork, message)) return;
    if (++progress_count_ > kMaxProvisionals) return;
    learn_party(Side::b, message);
    ringing_ = true;
    const bool described = describe(*fork, message, reliable);
    ProgressDecision decision = decide_on(message, described);
    if (message.status == 199) {
        fork->ended = true;
        // Our caller has one early dialog for all forks: it ends with the last of them.
        if (early_.forks.has_others(leg(Side::b).dialog->remote_tag())) decision.forward = false;
    }
    if (message.status == 183 && option(Side::b, &config::SipOptions::reset_timer_183))
        act(StartTimer{CallTimer::expires, timer(Side::b, "expires")});
    gate_early_media(message);
    if (mid_.own_offer) return pass_forced_progress(*fork, message, reliable);
    if (!early_offer_) return pass_offerless_progress(*fork, message, decision, reliable);
    if (reliable) {
        fork->settled = fork->settled || fork->described.has_value();
        send_prack(message, {});
    }
    if (!decision.forward) {
        fork->withheld = fork->withheld || described;
        return;
    }
    std::string body;
    if (decision.use_sdp || fork->withheld) body = cut_through(*fork, message);
    pass_progress(message, decision.status, std::move(body));
}

// Keeps what the early dialog says about its media. True: the response has a usable description.
bool Call::describe(EarlyDialog& fork, const SipMessage& message, bool reliable) {
    if (message.body.empty()) return false;
    // An unreliable response to an INVITE without offer cannot make one (RFC 3261 13.2.1).
    if (!early_offer_ && !reliable) return false;
    const auto description = sdp::Description::parse(message.body);
    if (!description) return false;
    if (early_offer_ && !project(*description, Side::a, &offer_->sent)) return false;
    // What has been agreed reliably stays; a later text in the same dialog is a repetition.
    if (!fork.settled) fork.described = *description;
    return true;
}

ProgressDecision Call::decide_on(const SipMessage& message, bool described) const {
    ProgressSettings settings;
    const auto code = static_cast<std::uint16_t>(message.status);
    settings.block = config::resolve_block(*setup_.config, peer(Side::b), code).value;
    settings.map_181_to_183 = option(Side::b, &config::SipOptions::map_181_to_183);
    settings.send_180_sdp = option(Side::a, &config::SipOptions::send_180_sdp);
    settings.disable_early_media_180 =
        option(Side::b, &config::SipOptions::disable_early_media_180);
    settings.caller_supports_199 = setup_.invite.message.lists("Supported", "199");
    const ProgressDecision decision =
        decide_progress(message.status, !message.body.empty(), settings);
    if (!decision.forward || !decision.use_sdp || described) return decision;
    // A body that cannot be used leaves the bare response: it says that the phone rings.
    settings.block = config::BlockWhen::never;
    return decide_progress(message.status, false, settings);
}

// Media of this dialog go to the caller from now on (N5); gives the body for the caller.
std::string Call::cut_through(EarlyDialog& fork, const SipMessage& message) {
    if (!fork.described) return {};
    const bool again = early_.media_of == leg(Side::b).dialog->remote_tag();
    fork.withheld = false;
    early_.media_of = leg(Side::b).dialog->remote_tag();
    point(Side::b, *fork.described);
    if (!early_answer_) early_answer_ = *fork.described;
    if (early_.reliable && early_.sender.will_describe()) {
        // The answer of a reliable response stands; another fork's is a new offer (spec E.6).
        if (!again) renew_caller(fork);
        return {};
    }
    if (message.body.empty()) return {};
    // Without PRACK the caller keeps the first answer of the forks (E.6), so that it is that of
    // the 2xx.
    auto first = project(*early_answer_, Side::a, &offer_->sent);
    if (!first) return {};
    early_.shown = std::move(*first);
    number_both(*offer_, *fork.described, *early_.shown);
    return stamp(*early_.shown, Side::a);
}

// An INVITE without offer: a reliable response of the callee makes it, and its PRACK owes the
// answer (RFC 3262 5).
void Call::pass_offerless_progress(EarlyDialog& fork, const SipMessage& message,
                                   const ProgressDecision& decision, bool reliable) {
    const bool offers = reliable && fork.described && !fork.settled;
    const bool asks_caller = offers && decision.forward && decision.use_sdp && early_.reliable &&
                             !early_.sender.will_describe() && !early_.offered;
    if (asks_caller) {
        early_.offered = Early::Offered{message, decision.status, invite_token_};
        media_.add_refused = false;
        offer_ = OfferState{Side::b, *fork.described, {}};
        return pass_early_offer();
    }
    if (offers) {
        if (!answer_for_caller(fork, message)) return;
    } else if (reliable) {
        send_prack(message, {});
    }
    if (decision.forward) pass_progress(message, decision.status, {});
}

// The callee's offer goes to the caller in a reliable response; the answer comes in its PRACK.
void Call::pass_early_offer() {
    if (add_missing_stream(offer_->received)) return;
    auto projected = project(offer_->received, Side::a, nullptr);
    if (!projected) {
        cancel_callee(dialplan::kCauseBearerNotImplemented);
        return attempt_failed(488, dialplan::kCauseBearerNotImplemented);
    }
    std::string body = stamp(*projected, Side::a);
    early_.shown = *projected;
    offer_->sent = std::move(*projected);
    point(Side::b, offer_->received);
    early_.offered->is_sent = true;
    pass_progress(early_.offered->response, early_.offered->status, std::move(body));
}

// The callee's offer is answered here: the caller cannot be asked before the 2xx (spec E.4, 6), or
// has agreed already. The caller's later offer holds what was accepted, so that it must fit.
bool Call::answer_for_caller(EarlyDialog& fork, const SipMessage& message) {
    const sdp::Description* agreed = early_.agreed ? &*early_.agreed : nullptr;
    const auto answer = local_answer(Side::b, *fork.described, agreed);
    if (!answer) {
        cancel_callee(dialplan::kCauseBearerNotImplemented);
        attempt_failed(488, dialplan::kCauseBearerNotImplemented);
        return false;
    }
    fork.settled = true;
    point(Side::b, *fork.described);
    // What was accepted is what the caller will be offered.
    fork.described = limit_offer(*fork.described, agreed);
    send_prack(message, *answer);
    return true;
}

// Sends the response on to the caller: reliably if its leg asks for it (spec E.1).
void Call::pass_progress(const SipMessage& from, int status, std::string body) {
    // RFC 6228 4: a 199 is not sent reliably unless the caller requires it.
    const bool is_hint = status == 199 && !requires_reliable(setup_.invite.message, kReliableTag);
    bool reliable = early_.reliable && !is_hint;
    // RFC 3261 13.2.1: the first reliable response to an INVITE without offer has the offer: ours,
    // where the callee has made none (spec E.3). One that cannot have it goes unreliably.
    if (reliable && !early_offer_ && body.empty() && !early_.sender.will_describe()) {
        body = own_offer(from, status);
        reliable = !body.empty();
    }
    SipMessage response =
        leg(Side::a).dialog->response(setup_.invite.message, status, std::move(body));
    carry_headers(from, response, Side::a);
    if (!reliable) return respond_invite(response);
    send_reliably(std::move(response));
}

// Our codec list as the offer of a reliable response: the caller's PRACK says which of them the
// callee's own offer will be answered with.
std::string Call::own_offer(const SipMessage& from, int status) {
    // With early-offer forced the callee's answer is a better one: only a caller that insists on
    // 100rel gets ours before.
    const bool insists = requires_reliable(setup_.invite.message, kReliableTag);
    if ((mid_.own_offer && !insists) || media_.state != Media::State::open) return {};
    sdp::OfferedStream audio;
    audio.port = media_.local[0].local_rtp[static_cast<std::size_t>(Side::a)].port;
    audio.formats = sdp::apply(leg(Side::b).codecs, sdp::own_formats(leg(Side::a).codecs));
    audio.direction = sdp::Direction::sendrecv;
    if (audio.formats.empty()) return {};
    sdp::Offer offer;
    offer.address = media_address(Side::a);
    offer.streams = {audio};
    auto described = sdp::Description::parse(sdp::to_text(offer));
    if (!described) return {};
    early_.shown = std::move(*described);
    early_.offered = Early::Offered{from, status, 0, true};
    return stamp(*early_.shown, Side::a);
}

// P-Early-Media (RFC 5009 8), where the callee's peer is told to heed it: while the callee's
// network does not allow early media, the caller hears none. A response without the header changes
// nothing.
void Call::gate_early_media(const SipMessage& message) {
    const std::string* value = message.find("P-Early-Media");
    if (value == nullptr || !option(Side::b, &config::SipOptions::early_media_gate)) return;
    const bool open = early_media_is_open(*value, !early_.gate_is_shut);
    if (open) return open_early_media();
    early_.gate_is_shut = true;
    point(Side::a, {});
}

void Call::open_early_media() {
    if (!std::exchange(early_.gate_is_shut, false)) return;
    if (early_.agreed) return point(Side::a, *early_.agreed);
    if (early_offer_ && offer_) point(Side::a, offer_->received);
}

}  // namespace weir::signaling
