// SPDX-License-Identifier: Apache-2.0
// The driver of recording sessions. SIP and media events are in recording_events.cpp.
#include "forking/session/recording_manager.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "config/model/resolve.hpp"
#include "signaling/call/call_edge_limits.hpp"
#include "signaling/call/destination.hpp"
#include "signaling/header/sip_profile.hpp"

namespace weir::forking {

using signaling::CallId;
using signaling::CallView;
using signaling::SipTransport;

namespace {

constexpr auto kPollInterval = seconds(1);
// Numbers of further parts: no call has this bit.
constexpr std::uint64_t kFurtherPart = std::uint64_t{1} << 63U;
constexpr std::uint16_t kSipPort = 5060;
constexpr std::uint16_t kSipsPort = 5061;

SipTransport transport_of(const RecorderTarget& target) {
    if (target.transport != config::Transport::tcp) return SipTransport::udp;
    return target.tls ? SipTransport::tls : SipTransport::tcp;
}

}  // namespace

RecordingManager::RecordingManager(RecordingParts parts, signaling::NetworkKnowledge network,
                                   RecordHooks record)
    : parts_(parts), network_(std::move(network)), record_(std::move(record)) {
    poll_timer_ = parts_.loop.after(kPollInterval, [this] { poll(); });
}

RecordingManager::~RecordingManager() {
    parts_.loop.cancel(poll_timer_);
    for (auto& [call, entry] : entries_)
        for (const auto timer : entry.timers)
            parts_.loop.cancel(timer);
}

RecordingManager::Entry* RecordingManager::find(CallId call) {
    const auto found = entries_.find(call);
    return found == entries_.end() ? nullptr : &found->second;
}

bool RecordingManager::wants_media(const config::Config& config, config::DialPeerTag inbound,
                                   config::DialPeerTag outbound) const {
    const auto plan = plan_recording(config, inbound, outbound);
    return plan && !plan->recorders.empty();
}

// The first audio line, and the first video line unless the profile says audio (spec F.1); near end
// before far end.
std::vector<SessionTrack> RecordingManager::tracks_of(const CallView& call,
                                                      const RecordingPlan& plan) const {
    std::vector<SessionTrack> tracks;
    for (const char* media : {"audio", "video"}) {
        if (plan.audio_only && std::string_view(media) == "video") continue;
        const auto stream =
            std::find_if(call.streams.begin(), call.streams.end(), [&](const auto& candidate) {
                return candidate.media == media && candidate.active && !candidate.formats.empty();
            });
        if (stream == call.streams.end()) continue;
        for (const auto side : {plan.anchor, dataplane::other(plan.anchor)}) {
            tracks.push_back(
                SessionTrack{.stream = stream->stream,
                             .source = side,
                             .media = media,
                             .formats = stream->formats_of(side),
                             .ptime_ms = stream->ptime_ms,
                             .sends = stream->sends.at(static_cast<std::size_t>(side))});
        }
    }
    return tracks;
}

void RecordingManager::on_call_connected(const CallView& call) {
    auto plan = plan_recording(*call.config, call.parties[0].dial_peer, call.parties[1].dial_peer);
    if (!plan) return;
    const auto unknown = unknown_of(*plan);
    if (unknown.empty() || waiting_.size() >= signaling::kMaxNameWaits)
        return begin(call, *std::move(plan), call.id, 1);
    waiting_.emplace(call.id, Waiting{call, *std::move(plan), parts_.loop.clock().now()});
    network_.when_known(unknown, network_.name_patience,
                        [this, id = call.id] { begin_waiting(id); });
}

std::vector<signaling::HopQuery> RecordingManager::unknown_of(const RecordingPlan& plan) const {
    std::vector<signaling::HopQuery> unknown;
    if (!network_.is_known || !network_.when_known ||
        network_.name_patience <= std::chrono::nanoseconds(0))
        return unknown;
    for (const RecorderTarget& target : plan.recorders) {
        // As address_of() asks: the addresses alone.
        const signaling::HopQuery query{target.host, kSipPort, SipTransport::udp};
        if (!target.address.is_set() && !target.host.empty() && !network_.is_known(query))
            unknown.push_back(query);
        else if (unknown.empty())
            return unknown;  // the first can be called
    }
    return unknown;
}

void RecordingManager::begin_waiting(CallId call) {
    auto node = waiting_.extract(call);
    if (node.empty()) return;
    Waiting& waiting = node.mapped();
    const auto waited = parts_.loop.clock().now() - waiting.since;
    parts_.log.info(
        "recording.waited_for_names",
        {{"call", call.value()},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(waited).count()}});
    begin(waiting.call, std::move(waiting.plan), call, 1);
}

// The entry `key` of a call: its own number, or that of a further part.
void RecordingManager::begin(const CallView& call, RecordingPlan plan, CallId key,
                             std::uint32_t part) {
    if (entries_.size() >= kMaxRecordings && !lingering_.empty()) {
        const CallId oldest = *lingering_.begin();
        forget(oldest, *find(oldest));
    }
    if (entries_.size() >= kMaxRecordings || entries_.contains(key)) {
        ++refused_;
        parts_.log.error("recording.refused",
                         {{"call", call.id.value()}, {"reason", "too many recordings"}});
        return;
    }
    SessionSetup setup{
        .call = call, .plan = std::move(plan), .tracks = {}, .realm = 0, .advertised = {}};
    setup.tracks = tracks_of(call, setup.plan);
    setup.realm = call.realms.at(static_cast<std::size_t>(setup.plan.anchor));
    if (!setup.plan.recorders.empty() && network_.realm_of) {
        if (const auto address = address_of(setup.plan.recorders.front()))
            setup.realm = network_.realm_of(*call.config, *address);
    }
    if (network_.advertised) setup.advertised = network_.advertised(setup.realm);
    ++begun_;
    if (record_.hold && !record_.hold(call.id))
        parts_.log.warning("recording.cdr_not_held", {{"call", call.id.value()}});
    setup.part = part;
    Entry& entry = entries_[key];
    entry.session =
        std::make_unique<RecordingSession>(std::move(setup), parts_.loop.clock().wall());
    carry_out(key, entry.session->start());
}

// The entry that hears of the call now.
CallId RecordingManager::key_of(CallId call) const {
    const auto further = further_.find(call);
    return further == further_.end() ? call : further->second;
}

RecordingManager::Entry* RecordingManager::current(CallId call) {
    return find(key_of(call));
}

// A transfer into another realm has given the call another media session: the recording in the old
// one ends with what it has, and the next one begins with the new one, at the same recorders. What
// was said since the transfer began is in the pre-roll.
void RecordingManager::go_on(const CallView& call, MonoTime since) {
    const RecordingSession& before = *current(call.id)->session;
    CallView next = before.setup().call;
    next.media = call.media;
    next.realms = call.realms;
    next.parties = call.parties;
    next.streams = call.streams;
    next.connected_at = since;
    const std::uint32_t part = before.summary().part + 1;
    RecordingPlan plan = before.setup().plan;  // that of the call, whoever takes part in it now
    signaling::CallEnd end;
    end.at = since;
    end.wall = parts_.loop.clock().wall();
    carry_out(key_of(call.id), current(call.id)->session->on_call_ended(end, {}));
    const CallId key{kFurtherPart | ++last_part_};
    further_[call.id] = key;
    begin(next, std::move(plan), key, part);
}

void RecordingManager::on_call_media_changed(const CallView& call, MonoTime since) {
    begin_waiting(call.id);
    Entry* entry = current(call.id);
    if (entry == nullptr) return;
    const bool moved =
        call.media != entry->session->setup().call.media && call.media != dataplane::SessionId{};
    if (moved) return go_on(call, since);
    carry_out(key_of(call.id), entry->session->on_media_changed(call.streams, since));
}

void RecordingManager::on_call_ended(const CallView& call, const signaling::CallEnd& end,
                                     const dataplane::SessionState& accounts) {
    begin_waiting(call.id);
    if (Entry* entry = current(call.id); entry != nullptr)
        carry_out(key_of(call.id), entry->session->on_call_ended(end, accounts));
    further_.erase(call.id);
}

struct RecordingManager::Executor {
    RecordingManager& manager;
    CallId call;
    Entry& entry;

    void operator()(const PrepareAttempt& action) { manager.prepare(call, entry, action.target); }
    void operator()(const SubmitMedia& action) { manager.submit(call, action); }
    void operator()(SendRequest action) {
        manager.apply_profile(entry, action.request.message);
        const bool is_invite = action.request.message.method == "INVITE";
        const auto sent = manager.parts_.stack.send(std::move(action.request));
        if (!sent) {
            manager.parts_.log.warning("recording.send_failed", {{"error", sent.error().context}});
            manager.carry_out(
                call, entry.session->on_failure(action.token, signaling::TxnFailure::transport));
            return;
        }
        entry.clients[action.token] = *sent;
        manager.clients_[*sent] = Client{call, action.token, is_invite};
    }
    void operator()(const SendAck& action) {
        if (auto sent = manager.parts_.stack.send_ack(action.ack); !sent)
            manager.parts_.log.warning("recording.send_failed", {{"error", sent.error().context}});
    }
    void operator()(const CancelInvite& action) {
        if (const auto client = entry.clients.find(action.token); client != entry.clients.end())
            manager.parts_.stack.cancel(client->second, "");
    }
    void operator()(const Respond& action) {
        manager.parts_.stack.respond(action.txn, action.response);
    }
    void operator()(const StartTimer& action) {
        auto& timer = entry.timers.at(static_cast<std::size_t>(action.timer));
        manager.parts_.loop.cancel(timer);
        timer = manager.parts_.loop.after(
            action.delay, [this_manager = &manager, id = call, which = action.timer] {
                Entry* found = this_manager->find(id);
                if (found == nullptr) return;
                found->timers.at(static_cast<std::size_t>(which)) = {};
                this_manager->carry_out(id, found->session->on_timer(which));
            });
    }
    void operator()(const StopTimer& action) {
        auto& timer = entry.timers.at(static_cast<std::size_t>(action.timer));
        manager.parts_.loop.cancel(timer);
        timer = {};
    }
    void operator()(const Note& action) {
        if (std::string_view(action.event) == "recording.recorder_failed")
            ++manager.recorder_failures_;
        manager.parts_.log.write(action.level, action.event,
                                 {{"call", entry.session->setup().call.id.value()},
                                  {"guid", entry.session->summary().guid.to_string()},
                                  {"text", action.text}});
    }
    void operator()(const LawBroken& action) {
        manager.parts_.ledger.count_broken_law();
        manager.parts_.log.error("recording.law_broken",
                                 {{"call", entry.session->setup().call.id.value()},
                                  {"guid", entry.session->summary().guid.to_string()},
                                  {"track", action.track},
                                  {"law", dataplane::to_string(action.law)}});
    }
    void operator()(const Publish&) {
        if (!entry.session->is_finished()) manager.parts_.ledger.update(entry.session->summary());
    }
    void operator()(const Finish&) { manager.finish(entry); }
};

// Carrying out an action may cause the next input at once (a fork that is refused, a path that
// cannot be had): its actions come behind those that are waiting, in the order in which the session
// meant them.
void RecordingManager::carry_out(CallId call, SessionActions actions) {
    Entry* entry = find(call);
    if (entry == nullptr) return;
    for (SessionAction& action : actions)
        entry->actions.push_back(std::move(action));
    if (entry->carrying) return;
    entry->carrying = true;
    while (!entry->actions.empty()) {
        const SessionAction action = std::move(entry->actions.front());
        entry->actions.pop_front();
        std::visit(Executor{*this, call, *entry}, action);
    }
    entry->carrying = false;
    forget_if_over(call);
}

void RecordingManager::forget_if_over(CallId call) {
    Entry* entry = find(call);
    if (entry == nullptr || !entry->session->is_over()) return;
    if (!entry->session->may_fork()) return forget(call, *entry);
    if (!std::exchange(entry->lingering, true)) lingering_.insert(call);
}

void RecordingManager::forget(CallId call, Entry& entry) {
    for (const auto timer : entry.timers)
        parts_.loop.cancel(timer);
    for (const std::string& tag : entry.tags)
        tags_.erase(tag);
    std::erase_if(forks_, [&](const auto& item) { return item.second == call; });
    std::erase_if(leases_, [&](const auto& item) { return item.second.call == call; });
    std::erase_if(server_invites_, [&](const auto& item) { return item.second == call; });
    // Transactions that are still out keep their place: what comes of them is ours to swallow.
    for (const auto& [token, txn] : entry.clients) {
        const auto client = clients_.find(txn);
        if (client != clients_.end() && client->second.answered) clients_.erase(client);
    }
    lingering_.erase(call);
    entries_.erase(call);
}

std::optional<IpAddress> RecordingManager::address_of(const RecorderTarget& target) const {
    if (target.address.is_set()) return target.address;
    return network_.resolve ? network_.resolve(target.host) : std::nullopt;
}

void RecordingManager::apply_profile(const Entry& entry, signaling::SipMessage& request) {
    const std::string* to = request.find("To");
    const bool begins =
        request.method == "INVITE" && to != nullptr && to->find(";tag=") == std::string::npos;
    const CallView& call = entry.session->setup().call;
    const config::DialPeer* peer = begins ? call.config->find_peer(entry.recorder) : nullptr;
    if (peer != nullptr)
        signaling::apply_recorder_profile(request, *call.config, *peer, call.copied);
}

void RecordingManager::prepare(CallId call, Entry& entry, const RecorderTarget& target) {
    ++attempts_;
    entry.recorder = target.peer;
    const auto address = address_of(target);
    if (!address) {
        carry_out(call,
                  entry.session->on_unreachable("the address of " + target.host + " is not known"));
        return;
    }
    const SipTransport transport = transport_of(target);
    const config::Config& config = *entry.session->setup().call.config;
    const config::DialPeer* found = config.find_peer(target.peer);
    const config::DialPeer& peer = found == nullptr ? config::default_dial_peer() : *found;
    const std::uint16_t usual = transport == SipTransport::tls ? kSipsPort : kSipPort;
    const Endpoint remote{.address = *address, .port = target.port == 0 ? usual : target.port};
    const auto local = signaling::leg_endpoint(config, peer, {transport, remote, target.host},
                                               network_, parts_.stack.listeners());
    if (!local) {
        carry_out(call, entry.session->on_unreachable(
                            fmt::format("we have no {} listener in its address family",
                                        signaling::to_string(transport))));
        return;
    }
    // Spec F.3: pattern@session target, as it stands in the configuration.
    const std::string name = target.host.empty() ? uri_host(*address) : target.host;
    const std::string port = remote.port == kSipPort ? "" : fmt::format(":{}", remote.port);
    signaling::DialogStart start;
    // Over TLS its certificate is compared with the name that the configuration has.
    start.path = {.transport = transport,
                  .local = *local,
                  .remote = remote,
                  .host = target.host,
                  .tls_profile = signaling::leg_tls_profile(config, peer),
                  .tcp_if_large = config::switches_large_requests(config, peer)};
    start.call_id = fmt::format("{}@{}", parts_.random.hex(32), uri_host(local->address));
    start.local_tag = parts_.random.hex(16);
    start.local = fmt::format("<sip:{}>", uri_host(local->address));  // spec F.3: no user part
    start.remote = fmt::format("<sip:{}@{}>", target.number, name);
    // Spec F.3 prints the port in the Request-URI; N15: only if it is not the default one.
    const char* over = transport == SipTransport::tls ? ";transport=tls" : "";
    start.remote_target = fmt::format("sip:{}@{}{}{}", target.number, name, port, over);
    start.contact = signaling::contact_header("", start.path);
    entry.tags.push_back(start.local_tag);
    tags_[start.local_tag] = call;
    carry_out(call, entry.session->on_prepared(std::move(start), parts_.loop.clock().wall()));
}

void RecordingManager::submit(CallId call, const SubmitMedia& action) {
    dataplane::Command command = action.command;
    if (auto* lease = std::get_if<dataplane::LeaseFork>(&command)) {
        lease->tag = parts_.media.next_tag();
        leases_[lease->tag] = Lease{call, action.track};
    }
    const auto done = parts_.media.submit(command);
    if (done) return;
    const bool is_away = !parts_.media.is_up();
    if (const auto* lease = std::get_if<dataplane::LeaseFork>(&command)) {
        leases_.erase(lease->tag);
        Entry* entry = find(call);
        if (entry == nullptr) return;
        // A call that is answered while weir-media is being replaced: its successor is asked.
        if (is_away)
            entry->session->on_lease_unsent(action.track);
        else
            carry_out(call, entry->session->on_fork_refused(action.track, done.error().context));
        return;
    }
    // It is said again when weir-media is back; the guard timer of the session bounds the wait.
    parts_.log.warning(
        "recording.media_link",
        {{"call", find(call)->session->setup().call.id.value()}, {"error", done.error().context}});
}

void RecordingManager::finish(Entry& entry) {
    entry.session->mark_ended(parts_.loop.clock().wall());
    const signaling::RecordingSummary& summary = entry.session->summary();
    parts_.ledger.finish(summary);
    const LogLevel level = summary.verdict >= signaling::RecordingVerdict::incomplete
                               ? LogLevel::warning
                               : LogLevel::info;
    parts_.log.write(level, "recording.ended",
                     {{"call", summary.call.value()},
                      {"guid", summary.guid.to_string()},
                      {"verdict", signaling::to_string(summary.verdict)}});
    if (record_.release) record_.release(summary.call, {summary});
}

// Brings the accounts of recordings in progress up to date, some per second: `show` reads the
// ledger.
void RecordingManager::poll() {
    poll_timer_ = parts_.loop.after(kPollInterval, [this] { poll(); });
    if (!parts_.media.is_up()) return;
    std::erase_if(reads_, [this](const auto& item) { return !entries_.contains(item.second); });
    auto next = entries_.upper_bound(poll_after_);
    std::size_t asked = 0;
    for (std::size_t i = 0; i < entries_.size() && asked < kRecordingPoll; ++i) {
        if (next == entries_.end()) next = entries_.begin();
        poll_after_ = next->first;
        if (!next->second.session->is_finished() && reads_.size() < kMaxRecordings) {
            dataplane::ReadSession read{.tag = parts_.media.next_tag(),
                                        .session = next->second.session->setup().call.media};
            if (parts_.media.submit(read)) reads_[read.tag] = next->first;
            ++asked;
        }
        ++next;
    }
}

std::vector<Metric> RecordingManager::metrics() const {
    const auto counter = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value), {}};
    };
    return {
        counter("weir_forking_recordings_begun_total", "calls whose policy asks for a recording",
                begun_),
        counter("weir_forking_recorder_attempts_total", "INVITEs sent to recorders", attempts_),
        counter("weir_forking_recorder_failures_total", "recorders that did not take a call",
                recorder_failures_),
        counter("weir_forking_recordings_refused_total",
                "calls not recorded: kMaxRecordings reached", refused_),
        {"weir_forking_sessions",
         "recording sessions, settled ones that await a late answer included",
         MetricKind::gauge,
         static_cast<double>(entries_.size()),
         {}},
    };
}

}  // namespace weir::forking
