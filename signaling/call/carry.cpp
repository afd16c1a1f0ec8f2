// SPDX-License-Identifier: Apache-2.0
// Call: what of a message of one leg goes into the message that it brings about on the other.
#include <algorithm>

#include "dialplan/uri_text.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/leg_headers.hpp"
#include "signaling/header/identity.hpp"
#include "signaling/header/pass_headers.hpp"

namespace weir::signaling {

// `to` goes to the party of `side` because `from` came from the other one. Called wherever a
// message has a counterpart: INVITE, its responses, re-INVITE, UPDATE, INFO, REFER, BYE.
void Call::carry_headers(const SipMessage& from, SipMessage& to, Side side) const {
    const Side source = dataplane::other(side);
    pass_headers(from, to, pass_rule(*setup_.config, peer(source)));
    carry_identity(from, to, side);
    offer_digits(to, side);
}

// Spec A.11: where the peer's digits go by NOTIFY, INVITE and its responses say so.
void Call::offer_digits(SipMessage& to, Side side) const {
    const auto& relay = peer(side).dtmf_relay;
    if (std::find(relay.begin(), relay.end(), config::DtmfRelay::sip_notify) == relay.end()) return;
    const auto cseq = to.cseq();
    const bool answers = to.status >= 180 && to.status < 300;
    if (!cseq || cseq->method != "INVITE" || (!to.is_request && !answers)) return;
    to.add("Call-Info", digit_offer(uri_host_port(leg(side).dialog->path().local),
                                    longest_event(setup_.config->sip_ua.kept)));
}

// Spec B.10: the identity that came in one header goes on in the one of the other leg: of the
// connected party in answers, of either in re-INVITE and UPDATE. The initial INVITE has its own.
void Call::carry_identity(const SipMessage& from, SipMessage& to, Side side) const {
    const auto cseq = to.cseq();
    const std::string_view method = cseq ? std::string_view(cseq->method) : std::string_view();
    if (method != "INVITE" && method != "UPDATE") return;
    const std::string* address = to.find("To");
    const bool initial =
        to.is_request && (address == nullptr || address->find(";tag=") == std::string::npos);
    if (initial || (!to.is_request && (to.status <= 100 || to.status >= 300))) return;
    const std::string_view role = side == Side::a ? "called" : "calling";
    const Side source = dataplane::other(side);
    const auto parties =
        asserted_parties(from, option(source, &config::SipOptions::asserted_id), role);
    const IdentityStyle style = identity_style(*setup_.config, peer(side));
    if (parties.empty() && !style.passthru) return;
    Identity who;
    who.received_privacy = privacy_values(from);
    who.is_private = asks_privacy(from);
    who.party = role;
    const std::string number =
        parties.empty() ? std::string() : dialplan::number_in_uri(parties.front().uri);
    if (!number.empty() && leg(side).dialog) {
        const std::string host =
            local_host(*setup_.config, peer(side), leg(side).dialog->path().local.address);
        who.display = parties.front().display;
        who.uri = sip_uri(number, host);
        who.is_private = who.is_private || parties.front().is_private;
    }
    for (auto& header : identity_headers(who, style))
        if (to.find(header.name) == nullptr) to.headers.push_back(std::move(header));
}

// What is not the caller's leg is the callee's: also an attempt that was given up.
Side Call::side_of_message(const SipMessage& message) const {
    const std::string* call_id = message.find("Call-ID");
    const Leg& caller = leg(Side::a);
    const bool is_callers =
        call_id != nullptr && caller.dialog && caller.dialog->call_id() == *call_id;
    if (is_callers || call_id == nullptr) return is_callers ? Side::a : Side::b;
    const auto& takeover = services_.takeover;
    if (takeover && takeover->fresh.dialog && takeover->fresh.dialog->call_id() == *call_id)
        return takeover->side;
    for (const auto& departed : services_.departed)
        if (departed.dialog.call_id() == *call_id) return departed.side;
    return Side::b;
}

}  // namespace weir::signaling
