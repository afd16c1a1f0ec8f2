// SPDX-License-Identifier: Apache-2.0
// Timers, transactions and addresses of the pinged targets.
#include "signaling/client/keepalive_client.hpp"

#include <algorithm>
#include <utility>

#include "signaling/call/destination.hpp"
#include "signaling/call/dialog.hpp"
#include "signaling/client/client_limits.hpp"

namespace weir::signaling {
namespace {

SipTransport transport_of(const PingTarget& target) {
    if (target.tls) return SipTransport::tls;
    return target.transport == config::Transport::tcp ? SipTransport::tcp : SipTransport::udp;
}

Endpoint with_port(const PingTarget& target, const IpAddress& address, std::uint16_t port) {
    const std::uint16_t usual = target.tls ? 5061 : 5060;
    return {address, 0, port == 0 ? usual : port};
}

// Where the OPTIONS goes: the outbound proxy if there is one (spec A.6), else the target.
struct PingPlace {
    const IpAddress& address;
    const std::string& host;
    std::uint16_t port;
};
PingPlace place_of(const PingTarget& target) {
    if (target.has_proxy()) return {target.proxy_address, target.proxy_host, target.proxy_port};
    return {target.address, target.host, target.port};
}

}  // namespace

std::string_view to_text(PingHealth health) {
    switch (health) {
        case PingHealth::active:
            return "active";
        case PingHealth::busy:
            return "busy";
        case PingHealth::partial:
            return "partial";
        case PingHealth::unresolved:
            return "unresolved";
    }
    return "";
}

KeepaliveClient::KeepaliveClient(ClientParts parts, NetworkKnowledge network, OnBusyout on_busyout)
    : parts_(parts), network_(std::move(network)), on_busyout_(std::move(on_busyout)) {}

KeepaliveClient::~KeepaliveClient() {
    for (auto& [target, entry] : entries_) {
        parts_.loop.cancel(entry.resolve_timer);
        for (auto& [endpoint, session] : entry.sessions)
            end(session);
    }
}

void KeepaliveClient::set_config(config::ConfigPtr config) {
    config_ = std::move(config);
    PingPlan plan = ping_plan(*config_);
    for (auto it = entries_.begin(); it != entries_.end();) {
        if (plan.contains(it->first)) {
            ++it;
            continue;
        }
        parts_.loop.cancel(it->second.resolve_timer);
        for (auto& [endpoint, session] : it->second.sessions)
            end(session);
        it = entries_.erase(it);
    }
    for (auto& [target, use] : plan) {
        Entry& entry = entries_[target];
        entry.use = std::move(use);
        for (auto& [endpoint, session] : entry.sessions)
            session.state.set(entry.use.settings);
        if (entry.sessions.empty()) (void)resolve(target, entry);  // told below
    }
    publish();
}

// The addresses of a target. A name is asked for again and again: its records change, and while it
// has none there is nothing to ping.
bool KeepaliveClient::resolve(const PingTarget& target, Entry& entry) {
    const std::vector<Endpoint> endpoints = addresses_of(target);
    if (!place_of(target).address.is_set()) {
        parts_.loop.cancel(entry.resolve_timer);
        entry.resolve_timer = parts_.loop.after(kPingResolve, [this, target] {
            const auto found = entries_.find(target);
            if (found != entries_.end() && resolve(target, found->second)) publish();
        });
    }
    // A resolver that has no answer now must not make a live target unknown.
    if (endpoints.empty()) return false;
    std::map<Endpoint, Session> before = std::exchange(entry.sessions, {});
    bool changed = false;
    for (const Endpoint& endpoint : endpoints) {
        if (entry.sessions.size() == kMaxPingAddresses) break;
        if (entry.sessions.contains(endpoint)) continue;
        if (auto known = before.extract(endpoint)) {
            entry.sessions.insert(std::move(known));
            continue;
        }
        changed = true;
        Session& session = entry.sessions[endpoint];
        session.id = ++last_id_;
        session.state.set(entry.use.settings);
        plan_ping(target, endpoint, session,
                  std::chrono::milliseconds(parts_.random.below(kFirstPingSpread.count())));
    }
    for (auto& [endpoint, session] : before)
        end(session);
    return changed || !before.empty();
}

// Every host that a call would try (spec A.12: each is pinged).
std::vector<Endpoint> KeepaliveClient::addresses_of(const PingTarget& target) const {
    const PingPlace place = place_of(target);
    if (place.address.is_set()) return {with_port(target, place.address, place.port)};
    std::vector<Endpoint> found;
    if (network_.locate) {
        for (const Hop& hop : network_.locate({place.host, place.port, transport_of(target)}))
            found.push_back(hop.endpoint);
    } else if (network_.resolve) {
        if (const auto address = network_.resolve(place.host))
            found.push_back(with_port(target, *address, place.port));
    }
    return found;
}

void KeepaliveClient::plan_ping(const PingTarget& target, const Endpoint& endpoint,
                                Session& session, std::chrono::nanoseconds delay) {
    session.timer = parts_.loop.after(delay, [this, target, endpoint] { ping(target, endpoint); });
}

void KeepaliveClient::ping(const PingTarget& target, const Endpoint& endpoint) {
    const auto entry = entries_.find(target);
    if (entry == entries_.end()) return;
    const auto session = entry->second.sessions.find(endpoint);
    if (session == entry->second.sessions.end()) return;
    session->second.timer = TimerId{};
    session->second.sent_at = parts_.loop.clock().now();
    const auto request = make_ping(target, entry->second, endpoint);
    const auto txn = request ? parts_.stack.send(*request)
                             : Result<ClientTxn>(fail(ErrorCode::unavailable, "no listener fits"));
    if (!txn) return decided(target, endpoint, std::nullopt);
    ++sent_;
    session->second.txn = *txn;
    clients_[*txn] = {target, endpoint};
}

std::optional<OutgoingRequest> KeepaliveClient::make_ping(const PingTarget& target,
                                                          const Entry& entry,
                                                          const Endpoint& endpoint) {
    const SipTransport transport = transport_of(target);
    const config::DialPeer* peer =
        entry.use.peers.empty() ? nullptr : config_->find_peer(entry.use.peers.front());
    const config::DialPeer& of = peer == nullptr ? config::default_dial_peer() : *peer;
    const Hop hop{transport, endpoint, place_of(target).host};
    const auto local = leg_endpoint(*config_, of, hop, network_, parts_.stack.listeners());
    if (!local) return std::nullopt;
    OutOfDialog request;
    request.method = "OPTIONS";
    // What it names is the target, behind whatever proxy.
    const Endpoint named = target.address.is_set() ? with_port(target, target.address, target.port)
                                                   : Endpoint{endpoint.address, 0, target.port};
    request.request_uri = target_uri(target.host, named, target.port != 0, transport);
    request.from = "<sip:" + uri_host(local->address) + ">";
    request.to = "<" + target_uri(target.host, named, target.port != 0, SipTransport::udp) + ">";
    request.call_id = parts_.random.hex(16) + "@" + uri_host(local->address);
    request.from_tag = parts_.random.hex(8);
    OutgoingRequest out;
    out.path = {transport, *local, endpoint, hop.host, leg_tls_profile(*config_, of)};
    request.contact = contact_header("", out.path);
    out.message = make_request(request);
    out.message.add("Accept", "application/sdp");
    if (entry.use.sip_profiles && apply_profile_)
        apply_profile_(*entry.use.sip_profiles, out.message);
    if (const auto t1 = config::resolve_timer(*config_, of, "options"))
        out.t1 = std::chrono::milliseconds(t1->value);
    if (const auto retries = config::resolve_retry(*config_, of, "options"))
        out.retries = static_cast<std::uint8_t>(retries->value);
    return out;
}

// `status` none: no answer came, or nothing could be sent.
void KeepaliveClient::decided(const PingTarget& target, const Endpoint& endpoint,
                              std::optional<int> status) {
    const auto entry = entries_.find(target);
    if (entry == entries_.end()) return;
    const auto found = entry->second.sessions.find(endpoint);
    if (found == entry->second.sessions.end()) return;
    Session& session = found->second;
    session.txn = ClientTxn{};
    const std::uint8_t failures = session.state.failures();
    const bool changed = status ? session.state.answered(*status) : session.state.failed();
    const bool busy = session.state.status() == PingState::Status::busy;
    if (busy || session.state.failures() > failures) ++failed_;
    const auto next = session.sent_at + session.state.interval() - parts_.loop.clock().now();
    plan_ping(target, endpoint, session, std::max(next, std::chrono::nanoseconds(0)));
    if (!changed) return;
    const auto level = busy ? LogLevel::warning : LogLevel::info;
    parts_.log.write(level, busy ? "keepalive.busy" : "keepalive.active",
                     {{"target", to_words(target)},
                      {"address", endpoint.to_string()},
                      {"last_status", status.value_or(0)},
                      {"dial_peers", entry->second.use.peers.size()}});
    publish();
}

void KeepaliveClient::end(Session& session) {
    if (session.timer != TimerId{}) parts_.loop.cancel(session.timer);
    if (session.txn == ClientTxn{}) return;
    clients_.erase(session.txn);
    parts_.stack.abandon(session.txn);
}

PingHealth KeepaliveClient::health_of(const PingTarget&, const Entry& entry) {
    if (entry.sessions.empty()) return PingHealth::unresolved;
    std::size_t busy = 0;
    for (const auto& [endpoint, session] : entry.sessions)
        if (session.state.status() == PingState::Status::busy) ++busy;
    if (busy == 0) return PingHealth::active;
    return busy == entry.sessions.size() ? PingHealth::busy : PingHealth::partial;
}

// Tells routing, and writes one line for each dial-peer whose service has changed.
void KeepaliveClient::publish() {
    dialplan::Busyout now;
    for (const auto& [target, entry] : entries_) {
        if (health_of(target, entry) != PingHealth::busy) continue;
        now.peers.insert(entry.use.direct.begin(), entry.use.direct.end());
        now.servers.insert(entry.use.servers.begin(), entry.use.servers.end());
    }
    std::map<config::DialPeerTag, bool> shared;  // whether all are busy so far
    for (const auto& [target, entry] : entries_)
        for (const auto tag : entry.use.shared)
            if (health_of(target, entry) != PingHealth::busy)
                shared[tag] = false;
            else
                shared.try_emplace(tag, true);
    for (const auto& [tag, all] : shared)
        if (all) now.peers.insert(tag);
    // A peer is busy when all servers of its group are (spec A.12).
    for (const auto& [tag, peer] : config_->dial_peers) {
        if (!peer.server_group || !peer.keepalive.enabled) continue;
        const auto group = config_->server_groups.find(*peer.server_group);
        if (group == config_->server_groups.end() || group->second.servers.empty()) continue;
        bool all = true;
        for (std::size_t i = 0; all && i < group->second.servers.size(); ++i)
            all = now.servers.contains({group->first, static_cast<std::uint8_t>(i)});
        if (all) now.peers.insert(tag);
    }
    for (const auto tag : now.peers)
        if (!busyout_.peers.contains(tag))
            parts_.log.warning("dial_peer.busyout", {{"dial_peer", tag.value()}});
    for (const auto tag : busyout_.peers)
        if (!now.peers.contains(tag))
            parts_.log.info("dial_peer.active", {{"dial_peer", tag.value()}});
    busyout_ = std::move(now);
    if (on_busyout_) on_busyout_(busyout_);
}

bool KeepaliveClient::claim_response(const IncomingResponse& response) {
    const auto found = clients_.find(response.txn);
    if (found == clients_.end()) return false;
    if (response.message.status < 200) return true;
    const Owner owner = std::move(found->second);
    clients_.erase(found);
    decided(owner.target, owner.endpoint, response.message.status);
    return true;
}

bool KeepaliveClient::claim_failure(ClientTxn txn, TxnFailure) {
    const auto found = clients_.find(txn);
    if (found == clients_.end()) return false;
    const Owner owner = std::move(found->second);
    clients_.erase(found);
    decided(owner.target, owner.endpoint, std::nullopt);
    return true;
}

std::set<AddressHealth::Address> KeepaliveClient::busy_addresses() const {
    std::set<AddressHealth::Address> busy;
    for (const auto& [target, entry] : entries_)
        for (const auto& [endpoint, session] : entry.sessions)
            if (session.state.status() == PingState::Status::busy)
                busy.emplace(transport_of(target), endpoint);
    return busy;
}

std::vector<PingRow> KeepaliveClient::rows() const {
    std::vector<PingRow> rows;
    for (const auto& [target, entry] : entries_) {
        PingRow row{target, entry.use, health_of(target, entry), {}};
        for (const auto& [endpoint, session] : entry.sessions)
            row.sessions.push_back({session.id, endpoint,
                                    session.state.status() == PingState::Status::busy
                                        ? PingHealth::busy
                                        : PingHealth::active});
        rows.push_back(std::move(row));
    }
    return rows;
}

std::map<config::DialPeerTag, PingHealth> KeepaliveClient::peers() const {
    std::map<config::DialPeerTag, PingHealth> found;
    for (const auto& [target, entry] : entries_) {
        const PingHealth health = health_of(target, entry);
        for (const auto tag : entry.use.peers) {
            const auto [it, fresh] = found.try_emplace(tag, health);
            if (!fresh && it->second != health) it->second = PingHealth::partial;
        }
    }
    return found;
}

std::vector<Metric> KeepaliveClient::metrics() const {
    std::size_t sessions = 0;
    std::size_t busy = 0;
    for (const auto& [target, entry] : entries_)
        for (const auto& [endpoint, session] : entry.sessions) {
            ++sessions;
            if (session.state.status() == PingState::Status::busy) ++busy;
        }
    const auto gauge = [](const char* name, const char* help, double value) {
        return Metric{name, help, MetricKind::gauge, value};
    };
    return {
        gauge("weir_signaling_keepalive_targets", "Addresses pinged by OPTIONS",
              static_cast<double>(sessions)),
        gauge("weir_signaling_keepalive_busy", "Of them, those that do not answer",
              static_cast<double>(busy)),
        gauge("weir_signaling_dial_peers_busyout", "Dial-peers out of service by keepalive",
              static_cast<double>(busyout_.peers.size())),
        Metric{"weir_signaling_keepalive_sent_total", "OPTIONS sent by keepalive",
               MetricKind::counter, static_cast<double>(sent_)},
        Metric{"weir_signaling_keepalive_failed_total", "OPTIONS answered 503 or 505 or not at all",
               MetricKind::counter, static_cast<double>(failed_)}};
}

}  // namespace weir::signaling
