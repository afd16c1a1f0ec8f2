// SPDX-License-Identifier: Apache-2.0
// CallTable: SIP events to calls, and the requests that belong to none.
#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call_edge_limits.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/request_keys.hpp"
#include "signaling/call/screening.hpp"

namespace weir::signaling {
// Spec B.3, N19: what an untrusted source sends outside our dialogs gets no answer at all.
bool CallTable::admits(const SipMessage* request, const SipPath& path) {
    if (!plan_) return true;
    if (request != nullptr &&
        (request->method == "ACK" || owner_of(*request) || passed_by(*request)))
        return true;
    const Admission admission =
        admit(plan_->config()->voice, *trusted_,
              {path.remote.address, request == nullptr ? "INVITE" : request->method, false,
               is_bound(path)});
    if (admission.verdict != Admission::Verdict::discard) return true;
    if (request != nullptr && first_pass_of(*request)) return true;
    if (discards_.note(parts_.loop.clock().now()))
        parts_.log.warning("call.untrusted_discarded",
                           {{"requests", discards_.since_last_line()},
                            {"last_source", path.remote.address.to_string()}});
    return false;
}

// The call and leg of a request inside a dialog.
std::optional<CallTable::DialogOwner> CallTable::owner_of(const SipMessage& in_dialog) {
    const auto tag = owner_of_tag(tag_in(in_dialog, "To"));
    Entry* entry = tag && tag->shard == shard_ ? find(tag->call) : nullptr;
    const auto side = entry == nullptr ? std::nullopt : entry->call->side_of(in_dialog);
    if (!side) return std::nullopt;
    return DialogOwner{tag->call, *side};
}

void CallTable::on_request(IncomingRequest request) {
    const SipMessage& message = request.message;
    if (message.method == "ACK") return;  // of nothing that we know
    if (!tag_in(message, "To").empty()) return on_in_dialog(std::move(request));
    if (!admit_request(request)) return;
    if (message.method == "INVITE") return start_call(std::move(request));
    if (message.method == "OPTIONS") return answer_options(request);
    if (PassTable::takes(message.method)) return pass_on(request);
    // refer-ood is off: nobody sets up calls by a REFER of its own.
    if (message.method == "REFER") return refuse(request, 403, 0);
    ++counters_.unmatched;
    refuse(request, 481, 0);  // a BYE or UPDATE outside any dialog
}

// Spec B.3: what is not trusted is refused; N19: 405 for what is not offered.
bool CallTable::admit_request(const IncomingRequest& request) {
    if (!plan_) {
        refuse(request, 503, kCauseTemporaryFailure, {retry_after()});
        return false;
    }
    const Admission admission =
        admit(plan_->config()->voice, *trusted_,
              {request.path.remote.address, request.message.method, false, is_bound(request.path)});
    if (admission.verdict != Admission::Verdict::admit && first_pass_of(request.message))
        return true;
    switch (admission.verdict) {
        case Admission::Verdict::admit:
            return true;
        case Admission::Verdict::discard:
            // admits() lets nothing of the kind through, but the configuration may have changed in
            // between.
            refuse(request, 403, admission.q850_cause);
            return false;
        case Admission::Verdict::refuse: {
            std::vector<Header> headers;
            if (admission.send_allow) headers.push_back({"Allow", std::string(kAllow)});
            refuse(request, admission.status, admission.q850_cause, headers);
            return false;
        }
    }
    return false;
}

void CallTable::refuse(const IncomingRequest& request, int status, int cause,
                       const std::vector<Header>& headers) {
    ++counters_.refused;
    SipMessage response =
        make_response(request.message, status, default_phrase(status), parts_.random.hex(16));
    response.add("Server", product_token());
    if (cause > 0 && cause <= 127) response.add("Reason", reason_value(cause));
    for (const auto& header : headers)
        response.add(header.name, header.value);
    if (plan_) apply_global_profile(response, profiles_.get(), *plan_->config());
    parts_.stack.respond(request.txn, response);
}

// Spec A.12: received OPTIONS are answered here, not routed.
void CallTable::answer_options(const IncomingRequest& request) {
    const ScreenVerdict verdict = screen(request.message);
    if (verdict.status != 0 && verdict.status != 415)  // a body does not matter here
        return refuse(request, verdict.status, 0, verdict.headers);
    // Spec A.12: whoever pings us learns that no call would be taken now.
    if (edge_.gate.refuses(parts_.loop.clock().now(), calls_.size(), false))
        return refuse(request, 503, kCauseResourceUnavailable, {retry_after()});
    SipMessage response =
        make_response(request.message, 200, default_phrase(200), parts_.random.hex(16));
    response.add("Contact", contact_header("", request.path));
    response.add("Server", product_token());
    response.add("Allow", std::string(kAllow));
    response.add("Accept", "application/sdp");
    response.add("Supported", "timer, replaces, norefersub");
    apply_global_profile(response, profiles_.get(), *plan_->config());
    parts_.stack.respond(request.txn, response);
}

bool CallTable::is_overloaded(const IncomingRequest& request) {
    const bool ready = plan_->config()->voice.border_element && parts_.media.is_up();
    if (ready && calls_.size() < kMaxCalls) return false;
    if (ready && calls_.size() < kMaxCalls + kEmergencyReserve && is_emergency(request.message)) {
        ++edge_.emergencies;
        return false;
    }
    ++counters_.overload;
    refuse(request, 503, kCauseTemporaryFailure, {retry_after()});
    return true;
}

void CallTable::start_call(IncomingRequest request, const NameWaiter* waited) {
    if (waited == nullptr) ++counters_.invites;
    edge_.admitted.erase(merge_key(request.message));
    // Spec D.3: inbound profiles come first; the real lookup is that of the modified message.
    HeaderEdge headers(profiles_, plan_->config());
    std::optional<IncomingRequest> original;
    if (!profiles_->empty()) {
        original = request;
        headers.arriving(request, preliminary_peer(request, *plan_), Side::a, false);
    }
    const IncomingRequest& received = original ? *original : request;
    const ScreenVerdict verdict = screen(request.message);
    if (verdict.status != 0) return refuse(received, verdict.status, 0, verdict.headers);
    drop_optional_body(request.message);
    if (is_overloaded(received)) return;
    std::string key = merge_key(request.message);
    // RFC 3261 8.2.2.2: the same request by another way.
    if (merge_keys_.contains(key)) return refuse(request, 482, 0);
    const config::ConfigPtr config = plan_->config();
    const auto listeners = parts_.stack.listeners();
    std::vector<HopQuery> unknown;
    const RoutingInput input{
        *plan_,
        usage_,
        parts_.random,
        network_,
        listeners,
        [&](config::DialPeerTag inbound, config::DialPeerTag outbound) {
            return std::any_of(listeners_.begin(), listeners_.end(), [&](CallListener* listener) {
                return listener->wants_media(*config, inbound, outbound);
            });
        },
        route_observer_,
        &edge_.busyout,
        box_,
        std::nullopt,
        trusted_->is_listed(request.path.remote.address),
        &unknown,
        bound_target(request)};
    const TagOwner owner{shard_, CallId{++last_call_}};
    CallSetup setup = route_call(request, owner, input);
    if (wait_for_names(received, unknown, waited)) return;
    if (waited != nullptr) setup.name_wait = waited->ended(unknown.empty());
    setup.config_commit = commit_;
    const CallerIdentity identity = identity_of(request.message);
    setup.calling = identity.calling;
    setup.called = identity.called;
    const auto first_pass = first_pass_of(request.message);
    join_first_pass(first_pass, setup);
    auto dialog = Dialog::from_invite(setup.invite, setup.local_tag, setup.contact);
    if (!dialog) return refuse(request, 400, 0);
    // Nobody else sends what we have sent to ourselves.
    if ((!first_pass && challenge_caller(request, setup)) || take_replacement(request, setup))
        return;
    auto entry = std::make_unique<Entry>();
    entry->plan = plan_;
    const config::DialPeer* inbound = config->find_peer(setup.caller.dial_peer);
    if (inbound != nullptr)
        if (auto refusal = take_inbound(*entry, setup, *inbound))
            setup.refusal = *std::move(refusal);
    entry->merge_key = key;
    entry->headers = std::move(headers);
    entry->invites.insert(request.txn);
    invites_[request.txn] = owner.call;
    merge_keys_[std::move(key)] = owner.call;
    entry->call = std::make_unique<Call>(std::move(setup), std::move(*dialog));
    Entry& started = *entry;
    calls_[owner.call] = std::move(entry);
    begin(owner.call, started);
}

void CallTable::on_in_dialog(IncomingRequest request) {
    if (const auto owner = owner_of(request.message)) {
        if (request.message.method == "INVITE") {
            if (Entry* entry = find(owner->call)) entry->invites.insert(request.txn);
            invites_[request.txn] = owner->call;
        }
        if (const Entry* entry = find(owner->call))
            if (const auto* peer = lacks_bandwidth(*entry, request.message))
                return refuse_bandwidth(request, *peer);
        if (Entry* entry = find(owner->call))
            entry->headers.arriving(request, entry->call->peer(owner->side), owner->side, true);
        RequestReceived received{owner->side, std::move(request), {}};
        received.replaces = replaced_by_refer(received.request.message);
        return feed(owner->call, std::move(received));
    }
    if (pass_in_dialog(request)) return;
    // Nobody's dialog: a trusted source learns so, others nothing.
    if (!admit_request(request)) return;
    ++counters_.unmatched;
    refuse(request, 481, 0);
}

void CallTable::on_cancel(ServerTxn invite, IncomingRequest cancel) {
    if (cancel_waiting(invite)) return;
    const auto found = invites_.find(invite);
    if (found == invites_.end()) return;
    CancelReceived received{invite, {}};
    for (const auto value : cancel.message.all("Reason"))
        received.reasons.push_back({"Reason", std::string(value)});
    feed(found->second, std::move(received));
}

void CallTable::on_ack(ServerTxn invite, IncomingRequest ack) {
    const auto found = invites_.find(invite);
    if (found == invites_.end()) return;
    const CallId call = found->second;
    invites_.erase(found);
    if (Entry* entry = find(call); entry != nullptr) {
        entry->invites.erase(invite);
        const Side side = entry->call->side_of_message(ack.message);
        entry->headers.arriving(ack, entry->call->peer(side), side, true);
    }
    feed(call, AckReceived{invite, std::move(ack)});
}

void CallTable::on_ack_timeout(ServerTxn invite) {
    const auto found = invites_.find(invite);
    if (found == invites_.end()) return;
    const CallId call = found->second;
    invites_.erase(found);
    if (Entry* entry = find(call); entry != nullptr) entry->invites.erase(invite);
    feed(call, AckMissing{invite});
}

void CallTable::on_response(IncomingResponse response) {
    if (pass_back(response)) return;
    address_answered(response.txn, response.message);
    const auto found = clients_.find(response.txn);
    if (found == clients_.end()) return;
    const ClientOwner owner = found->second;
    // After a final response nothing more comes, but for an INVITE's retransmitted or forked 2xx.
    if (response.message.status >= 200 && (!owner.is_invite || response.message.status >= 300)) {
        clients_.erase(found);
        if (Entry* entry = find(owner.call); entry != nullptr) entry->clients.erase(owner.token);
    }
    if (Entry* entry = find(owner.call); entry != nullptr) {
        const Side side = entry->call->side_of_message(response.message);
        entry->headers.arriving(response.message, entry->call->peer(side), side,
                                owner.is_later_invite);
    }
    feed(owner.call, ResponseReceived{owner.token, std::move(response)});
}

void CallTable::on_failure(ClientTxn txn, TxnFailure failure) {
    if (pass_failed(txn)) return;
    address_silent(txn);
    const auto found = clients_.find(txn);
    if (found == clients_.end()) return;
    const ClientOwner owner = found->second;
    clients_.erase(found);
    if (Entry* entry = find(owner.call); entry != nullptr) entry->clients.erase(owner.token);
    feed(owner.call, RequestFailed{owner.token, failure});
}

// Spec D.3 of the CANCEL and of the ACK of a failure, which the stack makes by itself.
void CallTable::leaving(ClientTxn invite, SipMessage& request) {
    const auto found = clients_.find(invite);
    Entry* entry = found == clients_.end() ? nullptr : find(found->second.call);
    if (entry == nullptr) return;
    const Side side = entry->call->side_of_message(request);
    entry->headers.leaving_hop(request, entry->call->peer(side), side);
}

}  // namespace weir::signaling
