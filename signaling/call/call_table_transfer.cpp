// SPDX-License-Identifier: Apache-2.0
// CallTable: what transfers need from outside of their call: routes by ordinary lookup, and the
// dialogs that a Replaces names.
#include <algorithm>

#include "config/model/supplementary.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/refer.hpp"

namespace weir::signaling {

// Spec B.6: ordinary outbound lookup, as for an INVITE that came from the peer of `query.from`.
RoutesFound CallTable::find_routes(CallId id, Entry& entry, const FindRoutes& query,
                                   std::vector<HopQuery>& unknown) {
    const Call& call = *entry.call;
    const CallView view = call.view();
    const CallParty& asking = view.parties[static_cast<std::size_t>(query.from)];
    IncomingRequest invite;
    invite.path = call.setup().invite.path;
    invite.path.remote.address = asking.peer;
    SipMessage& message = invite.message;
    message.method = "INVITE";
    message.request_uri = query.uri;
    message.add("Via", "SIP/2.0/UDP " + uri_host(asking.peer));
    message.add("From", query.identity);
    message.add("To", "<" + query.uri + ">");
    message.add("Cisco-Guid", call.setup().guid.to_string());
    for (const Header& header : query.headers)
        message.add(header.name, header.value);
    const auto listeners = parts_.stack.listeners();
    RoutingInput input{*entry.plan, usage_, parts_.random, network_, listeners, nullptr};
    input.inbound = asking.dial_peer;
    input.busyout = &edge_.busyout;
    input.box = box_;
    input.unknown = &unknown;
    CallSetup found = route_call(invite, {shard_, id}, input);
    RoutesFound routes{std::move(found.routes), std::move(found.refusal), {}};
    for (const auto& [transport, local] : listeners)
        if (transport != SipTransport::tls && !routes.to_ourselves)
            routes.to_ourselves = SipPath{transport, local, local};
    return routes;
}

// The call and leg of the dialog that a Replaces names: its tags as the sender sees them.
std::optional<CallTable::DialogOwner> CallTable::owner_of(const Replaces& replaces) {
    // The sender's own tag is from-tag of a dialog that it began and to-tag of one that it was
    // called in; ours is the other one (RFC 3891 3: to-tag is compared with the local tag).
    for (const bool swapped : {false, true}) {
        SipMessage probe;
        probe.method = "BYE";
        const std::string& ours = swapped ? replaces.from_tag : replaces.to_tag;
        const std::string& theirs = swapped ? replaces.to_tag : replaces.from_tag;
        probe.add("Call-ID", replaces.call_id);
        probe.add("To", "<sip:us>;tag=" + ours);
        probe.add("From", "<sip:them>;tag=" + theirs);
        if (auto owner = owner_of(probe)) return owner;
    }
    return std::nullopt;
}

// The same dialog's other leg, as the party of that one knows it: what it can replace.
std::string CallTable::replaces_toward_far_party(const Replaces& replaces) {
    const auto owner = owner_of(replaces);
    const Entry* entry = owner ? find(owner->call) : nullptr;
    if (entry == nullptr) return {};
    const auto far = entry->call->replaces_of(dataplane::other(owner->side));
    if (!far) return {};
    Replaces named = *far;
    named.early_only = replaces.early_only;
    return named.to_string();
}

// Attended transfer: what the far party of the consultation is asked to replace; "" = nothing, or a
// dialog that is not ours.
std::string CallTable::replaced_by_refer(const SipMessage& request) {
    if (request.method != "REFER") return {};
    const auto target = refer_target(request);
    if (!target || !target->replaces) return {};
    return replaces_toward_far_party(*target->replaces);
}

// `authentication ... realm R challenge` of the inbound peer (spec B.11). True: it has been
// answered.
bool CallTable::challenge_caller(const IncomingRequest& request, const CallSetup& setup) {
    const config::DialPeer* found = setup.config->find_peer(setup.caller.dial_peer);
    const config::DialPeer& peer = found == nullptr ? config::default_dial_peer() : *found;
    const config::Authentication* entry = challenging_entry(*setup.config, peer);
    if (entry == nullptr) return false;
    const auto password = config::clear_text(entry->password);
    if (!password) {
        // Nobody could ever give the right answer (type 6): closed, not open.
        refuse(request, 403, 0);
        return true;
    }
    const MonoTime now = parts_.loop.clock().now();
    const auto verdict =
        digest_.check(request.message, entry->realm, {entry->user, *password}, now);
    if (verdict == DigestServer::Verdict::right) return false;
    const bool stale = verdict == DigestServer::Verdict::stale;
    const auto asked = digest_.challenge(request.message, entry->realm, now, stale);
    if (verdict == DigestServer::Verdict::wrong || !asked)
        refuse(request, 403, 0);
    else
        refuse(request, 401, 0, *asked);
    return true;
}

// True: the INVITE replaces a dialog and is not the beginning of a call of its own; it has been
// answered or given to the call. Else `setup` says what the other leg is told.
bool CallTable::take_replacement(const IncomingRequest& request, CallSetup& setup) {
    const std::string* value = request.message.find("Replaces");
    if (value == nullptr) return false;
    const auto replaces =
        request.message.all("Replaces").size() == 1 ? Replaces::parse(*value) : std::nullopt;
    if (!replaces) {
        refuse(request, 400, 0);
        return true;
    }
    const config::Config& config = *setup.config;
    const config::DialPeer* found = config.find_peer(setup.caller.dial_peer);
    const config::DialPeer& peer = found == nullptr ? config::default_dial_peer() : *found;
    const auto first_pass = first_pass_of(request.message);
    const bool consumed =
        (first_pass && first_pass->takes_place) ||  // ours: an INVITE that joins two calls
        config::resolve(config, peer, &config::SipOptions::handle_replaces).value ||
        !config::passes(config, peer, config::SupplementaryService::handle_replaces);
    const auto owner = owner_of(*replaces);
    Entry* entry = owner ? find(owner->call) : nullptr;
    if (consumed && entry != nullptr) {
        // In-dialog requests are found by our tag: it names the call that takes the leg.
        setup.local_tag = make_tag({shard_, owner->call}, 0, parts_.random);
        entry->invites.insert(request.txn);
        invites_[request.txn] = owner->call;
        feed(owner->call, ReplacementReceived{owner->side, replaces->early_only, std::move(setup)});
        return true;
    }
    // RFC 3891 3: a dialog of ours that has gone, or none that we could know.
    const auto tag = owner_of_tag(replaces->to_tag);
    if (consumed || (entry == nullptr && tag && tag->shard == shard_)) {
        refuse(request, 481, 0);
        return true;
    }
    setup.replaces =
        entry == nullptr ? replaces->to_string() : replaces_toward_far_party(*replaces);
    return false;
}

}  // namespace weir::signaling
