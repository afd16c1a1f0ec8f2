// SPDX-License-Identifier: Apache-2.0
// CallTable: carries out what the machines ask for.
#include "signaling/call/call_table.hpp"

#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/shrink.hpp"

namespace weir::signaling {

CallTable::CallTable(CallTableParts parts, NetworkKnowledge network, ShardId shard)
    : parts_(parts),
      network_(std::move(network)),
      shard_(shard),
      box_(parts.random.hex(16)),
      digest_(parts.random.hex(32)) {
    network_.is_down = [this](const Hop& hop) {
        if (edge_.left_registrars && edge_.left_registrars(hop.endpoint.address)) return true;
        return names_.health.is_down({hop.transport, hop.endpoint}, parts_.loop.clock().now());
    };
}

CallTable::~CallTable() {
    parts_.loop.cancel(list_timer_);
    parts_.loop.cancel(pass_.sweep);
    for (auto& [id, entry] : calls_)
        for (const TimerId timer : entry->timers)
            if (timer != TimerId{}) parts_.loop.cancel(timer);
}

void CallTable::set_config(std::shared_ptr<const dialplan::DialPlan> plan, std::uint64_t commit) {
    plan_ = std::move(plan);
    commit_ = commit;
    configure_edge();
    std::vector<std::string> complaints;
    profiles_ = std::make_shared<const ProfileSet>(*plan_->config(), complaints);
    for (const auto& complaint : complaints)
        parts_.log.warning("call.profile_wrong", {{"reason", complaint}});
    usage_.prune(*plan_->config());
    peer_stats_.prune(*plan_->config());
    if (!parts_.media.is_up()) return;
    const auto& ports = plan_->config()->voice.rtp_ports;
    if (!parts_.media.submit(dataplane::SetPortRange{ports.min, ports.max}))
        parts_.log.warning("call.port_range_not_sent", {});
}

void CallTable::release_all(std::uint8_t q850_cause) {
    refuse_waiting();
    std::vector<CallId> ids;
    for (const auto& [id, entry] : calls_)
        ids.push_back(id);
    for (const CallId id : ids)
        feed(id, ReleaseOrdered{q850_cause});
}

void CallTable::give_up_byes() {
    std::vector<CallId> ids;
    for (const auto& [id, entry] : calls_)
        if (entry->call->state() == CallState::releasing ||
            entry->call->state() == CallState::ended)
            ids.push_back(id);
    for (const CallId id : ids)
        feed(id, TimerFired{CallTimer::release});
}

CallTable::Entry* CallTable::find(CallId call) {
    const auto found = calls_.find(call);
    return found == calls_.end() ? nullptr : found->second.get();
}

// Carries out one action of one call.
struct CallTable::Executor {
    CallTable& table;
    CallId id;
    Entry& entry;

    void operator()(Respond action) const {
        if (action.response.status >= 300 && entry.invites.erase(action.txn) != 0)
            table.invites_.erase(action.txn);
        SipMessage& response = action.response;
        const Side side = entry.call->side_of_message(response);
        const bool later = action.txn != entry.call->setup().invite.txn;
        entry.headers.leaving(action.txn, response, entry.call->peer(side), side, later);
        table.parts_.stack.respond(action.txn, response);
    }
    void operator()(SendRequest action) const {
        OutgoingRequest& request = action.request;
        const bool later = leave(request.message);
        const std::string method = request.message.method;
        const SipPath path = request.path;
        const auto txn = table.parts_.stack.send(std::move(request));
        if (!txn) {
            ++table.counters_.send_errors;
            table.parts_.log.warning(
                "call.send_failed",
                {{"call_id", id.value()}, {"method", method}, {"error", txn.error().context}});
            entry.inputs.emplace_back(RequestFailed{action.token, TxnFailure::transport});
            return;
        }
        entry.clients[action.token] = *txn;
        const bool is_invite = method == "INVITE";
        table.clients_[*txn] = {id, action.token, is_invite, is_invite && later};
        if (is_invite && !later) table.watch_address(*txn, entry.call->setup(), path);
    }
    void operator()(SendAck action) const {
        OutgoingRequest& ack = action.ack;
        leave(ack.message);
        if (const auto sent = table.parts_.stack.send_ack(std::move(ack)); !sent)
            ++table.counters_.send_errors;
    }
    void operator()(const CancelInvite& action) const {
        const auto found = entry.clients.find(action.token);
        if (found != entry.clients.end()) table.parts_.stack.cancel(found->second, action.reason);
    }
    void operator()(const TakePeer& action) const {
        const config::DialPeer* peer = entry.call->setup().config->find_peer(action.peer);
        auto full = peer == nullptr ? std::nullopt : table.take_outbound(entry, *peer);
        if (!full) {
            table.usage_.mark_used(action.peer);
            if (action.server) table.usage_.mark_server(action.server->group, action.server->index);
            entry.inputs.emplace_back(PeerTaken{});
            return;
        }
        const char* event = full->q850_cause == kCauseNoCircuit             ? "call.max_connections"
                            : full->q850_cause == kCauseResourceUnavailable ? "call.spike"
                                                                            : "call.max_bandwidth";
        table.parts_.log.warning(event, {{"call_id", id.value()},
                                         {"dial_peer", action.peer.value()},
                                         {"cause", full->q850_cause}});
        entry.inputs.emplace_back(*std::move(full));
    }
    void operator()(const FindRoutes& action) const { table.look_for_routes(id, entry, action); }
    void operator()(const ReleasePeer& action) const {
        if (entry.call->setup().config->find_peer(action.peer) != nullptr)
            table.release_outbound(entry, action.peer);
    }
    void operator()(OpenMedia action) const {
        action.session.tag = table.parts_.media.next_tag();
        submit_tagged(action.session.tag, action.session);
    }
    void operator()(AddMedia action) const {
        action.stream.tag = table.parts_.media.next_tag();
        submit_tagged(action.stream.tag, action.stream);
    }
    void operator()(const PointMedia& action) const { submit(action.remote); }
    void operator()(const NumberPayloads& action) const { submit(action.numbers); }
    void operator()(TellLoop action) const { table.tell_loop(std::move(action)); }
    void operator()(const CloseMedia& action) const {
        // One that the call has left already: nobody waits for its end, which may be lost with the
        // link. Listed later, it is nobody's, and weir-media ends it.
        if (action.session != entry.call->session()) table.sessions_.erase(action.session);
        submit(dataplane::CloseSession{action.session});
    }
    void operator()(const StartTimer& action) const {
        TimerId& timer = entry.timers[static_cast<std::size_t>(action.timer)];
        if (timer != TimerId{}) table.parts_.loop.cancel(timer);
        timer = table.parts_.loop.after(
            action.delay, [&calls = table, call = id, which = action.timer] {
                if (Entry* owner = calls.find(call); owner != nullptr)
                    owner->timers[static_cast<std::size_t>(which)] = TimerId{};
                calls.feed(call, TimerFired{which});
            });
    }
    void operator()(const StopTimer& action) const {
        TimerId& timer = entry.timers[static_cast<std::size_t>(action.timer)];
        if (timer != TimerId{}) table.parts_.loop.cancel(std::exchange(timer, TimerId{}));
    }
    void operator()(const CountReliable& action) const {
        table.count_reliable(action.event, action.peer);
    }
    void operator()(const TellConnected&) const {
        table.measure(entry);
        table.tell_connected(*entry.call);
    }
    void operator()(const TellMediaChanged& action) const {
        table.measure(entry);
        const CallView view = entry.call->view();
        for (CallListener* listener : table.listeners_)
            listener->on_call_media_changed(view, action.since);
    }
    void operator()(const TellReleasing& action) const {
        const CallView view = entry.call->view();
        for (CallListener* listener : table.listeners_)
            listener->on_call_releasing(view, action.end);
    }
    void operator()(const TellEnded& action) const { table.tell_ended(entry, action); }
    void operator()(const Finish&) const {}

private:
    // Spec D.3: profiles are the very last step. Gives whether it is a request inside a dialog.
    bool leave(SipMessage& request) const {
        const Side side = entry.call->side_of_message(request);
        const std::string* to = request.find("To");
        const bool later = to != nullptr && to->find(";tag=") != std::string::npos;
        entry.headers.leaving(request, entry.call->peer(side), side, later);
        return later;
    }
    template <typename Command>
    void submit_tagged(dataplane::RequestTag tag, const Command& command) const {
        if (table.parts_.media.submit(command)) {
            table.media_tags_[tag] = id;
            return;
        }
        entry.inputs.emplace_back(MediaRefused{});
    }
    template <typename Command>
    void submit(const Command& command) const {
        if (const auto sent = table.parts_.media.submit(command); !sent)
            table.parts_.log.warning("call.media_command_lost",
                                     {{"call_id", id.value()}, {"error", sent.error().context}});
    }
};

void CallTable::begin(CallId id, Entry& entry) {
    entry.stepping = true;
    const Moment now{parts_.loop.clock().now(), parts_.loop.clock().wall()};
    if (tape_ != nullptr) tape_->on_begin(entry.call->setup(), now);
    step_done(id, entry, now, entry.call->begin(now));
    drain(id, entry);
}

void CallTable::step_done(CallId id, Entry& entry, Moment now, std::vector<CallAction> actions) {
    if (tape_ != nullptr) tape_->on_actions(id, entry.call->state(), actions, now);
    carry_out(id, entry, std::move(actions));
}

void CallTable::carry_out(CallId id, Entry& entry, std::vector<CallAction> actions) {
    const Executor execute{*this, id, entry};
    for (auto& action : actions)
        if (!wait_for_stats(id, entry, action)) std::visit(execute, std::move(action));
}

void CallTable::feed(CallId call, CallInput input) {
    Entry* entry = find(call);
    if (entry == nullptr) return;
    entry->inputs.push_back(std::move(input));
    if (!entry->stepping) drain(call, *entry);
}

// One input after the other: what an action brings about at once waits for its turn.
void CallTable::drain(CallId id, Entry& entry) {
    entry.stepping = true;
    while (!entry.inputs.empty()) {
        const CallInput input = std::move(entry.inputs.front());
        entry.inputs.pop_front();
        const Moment now{parts_.loop.clock().now(), parts_.loop.clock().wall()};
        if (tape_ != nullptr) tape_->on_input(id, input, now);
        step_done(id, entry, now, entry.call->step(input, now));
    }
    entry.stepping = false;
    if (entry.call->state() == CallState::finished) forget(id);
}

void CallTable::tell_connected(const Call& call) {
    ++counters_.connected;
    CallView view = call.view();
    const CallSetup& setup = call.setup();
    if (auto kept = peer_message(setup.invite.message, *setup.config, call.peer(Side::a)))
        view.copied = std::move(kept->headers);
    parts_.log.info("call.connected", {{"call_id", view.id.value()},
                                       {"guid", view.guid.to_string()},
                                       {"caller", view.parties[0].number},
                                       {"callee", view.parties[1].number},
                                       {"inbound", view.parties[0].dial_peer.value()},
                                       {"outbound", view.parties[1].dial_peer.value()}});
    for (CallListener* listener : listeners_)
        listener->on_call_connected(view);
}

void CallTable::tell_ended(Entry& entry, const TellEnded& ended) {
    const Call& call = *entry.call;
    if (!ended.was_connected) ++counters_.failed;
    release_inbound(entry);
    CdrRecord record;
    record.call = call.view();
    record.has_callee = call.outbound_peer().has_value();
    record.emergency =
        is_exempt(call.setup(), call.outbound_peer().value_or(config::DialPeerTag{}));
    record.rtp = {call.remote_rtp(0, Side::a), call.remote_rtp(0, Side::b)};
    for (const auto& attempt : call.attempts())
        record.attempts.push_back({attempt.peer, attempt.sip_status, attempt.q850_cause});
    record.end = ended.end;
    record.accounts = ended.accounts;
    parts_.log.info("call.ended", {{"call_id", record.call.id.value()},
                                   {"guid", record.call.guid.to_string()},
                                   {"cause", ended.end.q850_cause},
                                   {"sip_status", ended.end.sip_status}});
    for (CallListener* listener : listeners_)
        listener->on_call_ended(record.call, ended.end, ended.accounts);
    sessions_.erase(call.session());
    peer_stats_.note(record, call.setup().refusal.has_value());
    parts_.cdr.call_ended(std::move(record));
}

void CallTable::forget(CallId id) {
    Entry* entry = find(id);
    if (entry == nullptr) return;
    counters_.profiles_refused += entry->headers.refused();
    names_.searches.erase(id);
    drop_stats(*entry);
    if (tape_ != nullptr)
        tape_->on_finish(id, {parts_.loop.clock().now(), parts_.loop.clock().wall()});
    for (const TimerId timer : entry->timers)
        if (timer != TimerId{}) parts_.loop.cancel(timer);
    for (const auto& [token, txn] : entry->clients) {
        const auto owner = clients_.find(txn);
        names_.asked.erase(txn);
        if (owner == clients_.end()) continue;
        // An INVITE that has ended would only bring retransmissions; a BYE may still be on its way.
        if (owner->second.is_invite) parts_.stack.abandon(txn);
        clients_.erase(owner);
    }
    for (const ServerTxn txn : entry->invites)
        invites_.erase(txn);
    if (!entry->merge_key.empty()) merge_keys_.erase(entry->merge_key);
    sessions_.erase(entry->call->session());
    calls_.erase(id);
    shrink_buckets(calls_);
    shrink_buckets(clients_);
    shrink_buckets(invites_);
    shrink_buckets(merge_keys_);
    shrink_buckets(media_tags_);
    shrink_buckets(stats_tags_);
    shrink_buckets(names_.asked);
}

std::vector<Metric> CallTable::metrics() const {
    const auto counter = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value)};
    };
    std::uint64_t active = 0;
    for (const auto& [id, entry] : calls_)
        if (entry->call->state() < CallState::ended) ++active;
    std::vector<Metric> metrics{
        Metric{"weir_signaling_calls_active", "Calls between INVITE and the end of their media",
               MetricKind::gauge, static_cast<double>(active)},
        Metric{"weir_signaling_media_orphans", "Media sessions held for nobody here",
               MetricKind::gauge, static_cast<double>(orphans_.size())},
        counter("weir_signaling_invites_total", "Initial INVITEs admitted", counters_.invites),
        counter("weir_signaling_calls_connected_total", "Calls answered", counters_.connected),
        counter("weir_signaling_calls_failed_total", "Calls that ended unanswered",
                counters_.failed),
        counter("weir_signaling_requests_refused_total", "Requests refused before there was a call",
                counters_.refused),
        counter("weir_signaling_calls_overload_total",
                "INVITEs refused with 503: too many calls, or no weir-media", counters_.overload),
        counter("weir_signaling_requests_discarded_total",
                "Requests of untrusted sources that got no answer", discards_.total()),
        counter("weir_signaling_requests_unmatched_total", "Requests for dialogs that do not exist",
                counters_.unmatched),
        counter("weir_signaling_max_conn_refused_total", "Attempts refused by max-conn",
                connections_.refused_total()),
        counter("weir_signaling_media_lost_total", "Calls whose media session was lost",
                counters_.media_lost),
        counter("weir_signaling_laws_broken_total", "Conservation laws that did not hold",
                counters_.laws_broken),
        counter("weir_signaling_profiles_refused_total",
                "Messages of ended calls that a SIP profile would have made too long or unreadable",
                counters_.profiles_refused),
        counter("weir_signaling_max_bandwidth_refused_total", "Attempts refused by max-bandwidth",
                edge_.bandwidth.refused_total()),
        counter("weir_signaling_emergency_calls_total",
                "Emergency calls let in past a limit on calls", edge_.emergencies),
        counter("weir_signaling_send_errors_total", "Requests that the stack did not take",
                counters_.send_errors),
    };
    add_reliable_metrics(metrics);
    add_name_metrics(metrics);
    return metrics;
}

}  // namespace weir::signaling
