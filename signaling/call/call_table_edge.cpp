// SPDX-License-Identifier: Apache-2.0
// CallTable: the limits on calls (spec J.2), and who is exempt from them.
#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call_bandwidth.hpp"
#include "signaling/call/call_edge_limits.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/request_keys.hpp"

namespace weir::signaling {
namespace {

bool is_v6(const IpAddress& address) {
    return address.family == Family::v6;
}

// Whether somebody limits or shows what the leg's media take. To read an offer for nobody costs
// more than to route its call; what is agreed in the end is counted of every call (measure()).
bool counts_bandwidth(const SharedLimits& shared, const config::DialPeer& peer,
                      const IpAddress& local) {
    if (peer.max_bandwidth) return true;
    const SharedLimits::Place place = shared.place_of(local, peer.tenant, 0, nullptr);
    return !place.interface.empty() || place.tenant != 0;
}

}  // namespace

void CallTable::configure_edge() {
    const config::Config& config = *plan_->config();
    const bool was_forced = edge_.gate.limits().service_forced;
    edge_.gate.configure(config);
    edge_.shared.configure(config);
    edge_.emergency.clear();
    for (const auto& [tag, peer] : config.dial_peers)
        if (config::is_emergency(config, peer)) edge_.emergency.insert(tag);
    trusted_.emplace(config, edge_.busyout.peers);
    if (edge_.gate.limits().service_forced && !was_forced) release_all(kCauseTemporaryFailure);
}

void CallTable::set_busyout(const dialplan::Busyout& busyout) {
    edge_.busyout = busyout;
    if (plan_) trusted_.emplace(*plan_->config(), edge_.busyout.peers);
}

// Before a transaction is made: at ten times the limit the refused calls must not cost those that
// are taken (a 503 without a transaction is a tenth of a call).
std::optional<SipMessage> CallTable::refuses(const SipMessage& request, const SipPath& path) {
    if (!plan_ || request.method != "INVITE" || !tag_in(request, "To").empty()) return std::nullopt;
    const config::Config& config = *plan_->config();
    const Admission admission =
        admit(config.voice, *trusted_, {path.remote.address, "INVITE", false, is_bound(path)});
    if (admission.verdict != Admission::Verdict::admit) return std::nullopt;
    std::string key = merge_key(request);
    if (merge_keys_.contains(key) || edge_.admitted.contains(key)) return std::nullopt;
    const MonoTime now = parts_.loop.clock().now();
    auto refusal = edge_.gate.refuses(now, calls_.size(), true);
    if (!refusal && edge_.gate.watches_interfaces()) {
        const std::string interface = edge_.shared.interface_at(path.local.address);
        refusal = edge_.gate.interface_refuses(interface, edge_.shared.use_of(interface));
    }
    if (refusal && is_emergency(request)) {
        ++edge_.emergencies;
        parts_.log.warning(
            "call.emergency_past_limit",
            {{"reason", to_text(refusal->reason)}, {"source", path.remote.address.to_string()}});
        refusal.reset();
    }
    if (!refusal) {
        if (edge_.admitted.size() >= kMaxAdmitted) edge_.admitted.clear();
        edge_.admitted.insert(std::move(key));
        return std::nullopt;
    }
    return refusal_of(request, *refusal);
}

SipMessage CallTable::refusal_of(const SipMessage& request, const GateRefusal& refusal) {
    ++counters_.overload;
    edge_.gate.note(refusal.reason);
    const MonoTime now = parts_.loop.clock().now();
    if (!edge_.last_line || now - *edge_.last_line >= kRefusedLine) {
        edge_.last_line = now;
        parts_.log.warning("call.refused_by_limit", {{"reason", to_text(refusal.reason)},
                                                     {"status", refusal.status},
                                                     {"calls", calls_.size()},
                                                     {"refused", counters_.overload}});
    }
    SipMessage response = make_response(request, refusal.status, default_phrase(refusal.status),
                                        parts_.random.hex(16));
    response.add("Server", product_token());
    response.add("Reason", reason_value(refusal.q850_cause));
    if (refusal.status == 503) {
        Header header = retry_after();
        response.add(header.name, std::move(header.value));
    }
    return response;
}

// max-conn, max-bandwidth and call spike of the inbound dial-peer.
std::optional<Refusal> CallTable::take_inbound(Entry& entry, const CallSetup& setup,
                                               const config::DialPeer& peer) {
    const auto first =
        setup.routes.empty() ? config::DialPeerTag{} : setup.routes.front().party.dial_peer;
    const bool exempt = is_exempt(setup, first);
    if (!exempt && edge_.gate.peer_refuses(peer.tag, parts_.loop.clock().now()))
        return Refusal{config::resolve_error_code(*setup.config, peer, "call spike failure").value,
                       kCauseResourceUnavailable,
                       {retry_after()}};
    if (!exempt && !connections_.try_take(peer))
        return Refusal{
            503,
            kCauseNoCircuit,
            {{"Warning", max_conn_warning(uri_host(setup.invite.path.local.address), peer.tag)}}};
    if (exempt) connections_.take(peer.tag);
    const IpAddress& local = setup.invite.path.local.address;
    const std::uint32_t kbps = counts_bandwidth(edge_.shared, peer, local)
                                   ? offered_kbps(setup.invite.message.body, setup.codecs,
                                                  is_v6(setup.invite.path.remote.address))
                                   : 0;
    if (exempt) {
        edge_.bandwidth.take(peer.tag, kbps);
    } else if (!edge_.bandwidth.try_take(peer, kbps)) {
        connections_.release(peer.tag);
        return Refusal{
            config::resolve_error_code(*setup.config, peer, "cac-bandwidth failure").value,
            kCauseQosUnavailable,
            {}};
    }
    entry.counts_inbound = true;
    entry.kbps[0] = kbps;
    const SharedLeg leg{Side::a, peer, local, kbps, exempt};
    if (const auto full = take_shared(entry, leg)) {
        give_back_inbound(entry, peer.tag);
        Refusal refusal{full->status, full->q850_cause, {}};
        if (full->status == 503) refusal.headers.push_back(retry_after());
        return refusal;
    }
    return std::nullopt;
}

// The same of a candidate; null peer: one that the configuration of the call does not have.
std::optional<PeerFull> CallTable::take_outbound(Entry& entry, const config::DialPeer& peer) {
    const CallSetup& setup = entry.call->setup();
    const bool exempt = is_exempt(setup, peer.tag);
    if (!exempt && edge_.gate.peer_refuses(peer.tag, parts_.loop.clock().now()))
        return PeerFull{{},
                        config::resolve_error_code(*setup.config, peer, "call spike failure").value,
                        kCauseResourceUnavailable};
    if (exempt)
        connections_.take(peer.tag);
    else if (!connections_.try_take(peer))
        return PeerFull{max_conn_warning(uri_host(setup.invite.path.local.address), peer.tag)};
    const auto route =
        std::find_if(setup.routes.begin(), setup.routes.end(),
                     [&](const OutboundRoute& each) { return each.party.dial_peer == peer.tag; });
    const IpAddress local =
        route == setup.routes.end() ? IpAddress{} : route->dialog.path.local.address;
    const bool is_counted =
        route != setup.routes.end() && counts_bandwidth(edge_.shared, peer, local);
    const std::uint32_t kbps = is_counted ? offered_kbps(setup.invite.message.body, route->codecs,
                                                         is_v6(route->party.peer))
                                          : 0;
    if (exempt) {
        edge_.bandwidth.take(peer.tag, kbps);
    } else if (!edge_.bandwidth.try_take(peer, kbps)) {
        connections_.release(peer.tag);
        return PeerFull{
            {},
            config::resolve_error_code(*setup.config, peer, "cac-bandwidth failure").value,
            kCauseQosUnavailable};
    }
    if (const auto full = take_shared(entry, {Side::b, peer, local, kbps, exempt})) {
        connections_.release(peer.tag);
        edge_.bandwidth.release(peer.tag, kbps);
        return PeerFull{{}, full->status, full->q850_cause};
    }
    // A transfer takes a second peer while the first is still held: that one's bandwidth is given
    // back now, its place in max-conn when it has left.
    if (entry.kbps[1] != 0) edge_.bandwidth.release(entry.outbound, entry.kbps[1]);
    entry.kbps[1] = kbps;
    entry.outbound = peer.tag;
    return std::nullopt;
}

void CallTable::release_outbound(Entry& entry, config::DialPeerTag peer) {
    connections_.release(peer);
    if (entry.outbound != peer) return;
    edge_.bandwidth.release(peer, std::exchange(entry.kbps[1], 0));
    release_shared(entry, Side::b);
}

void CallTable::release_inbound(Entry& entry) {
    if (entry.counts_inbound) give_back_inbound(entry, entry.call->setup().caller.dial_peer);
}

void CallTable::give_back_inbound(Entry& entry, config::DialPeerTag peer) {
    entry.counts_inbound = false;
    release_shared(entry, Side::a);
    connections_.release(peer);
    edge_.bandwidth.release(peer, std::exchange(entry.kbps[0], 0));
}

// What was agreed takes the place of what was offered.
void CallTable::measure(Entry& entry) {
    const CallView view = entry.call->view();
    if (entry.counts_inbound) {
        const std::uint32_t now = agreed_kbps(view.streams, is_v6(view.parties[0].peer));
        edge_.bandwidth.release(entry.call->setup().caller.dial_peer, entry.kbps[0]);
        edge_.bandwidth.take(entry.call->setup().caller.dial_peer, now);
        entry.kbps[0] = now;
        measure_shared(entry, Side::a, now);
    }
    if (entry.outbound == config::DialPeerTag{}) return;
    const std::uint32_t now = agreed_kbps(view.streams, is_v6(view.parties[1].peer));
    edge_.bandwidth.release(entry.outbound, entry.kbps[1]);
    edge_.bandwidth.take(entry.outbound, now);
    entry.kbps[1] = now;
    measure_shared(entry, Side::b, now);
}

// Spec J.2: an offer in mid-call that needs more than is left is refused; the media stay as they
// were.
const config::DialPeer* CallTable::lacks_bandwidth(const Entry& entry,
                                                   const SipMessage& request) const {
    if (request.body.empty() || (request.method != "INVITE" && request.method != "UPDATE"))
        return nullptr;
    const CallSetup& setup = entry.call->setup();
    const std::array<config::DialPeerTag, 2> tags{setup.caller.dial_peer, entry.outbound};
    if (is_exempt(setup, entry.outbound)) return nullptr;
    for (std::size_t side = 0; side < tags.size(); ++side) {
        const config::DialPeer* peer = setup.config->find_peer(tags[side]);
        const SharedLimits::Place& place = entry.places[side];
        const bool shares = !place.interface.empty() || place.tenant != 0;
        if (peer == nullptr || (!peer->max_bandwidth && !shares)) continue;
        const std::uint32_t wanted = offered_kbps(request.body, codec_policy(*setup.config, *peer),
                                                  is_v6(entry.call->view().parties[side].peer));
        if (!shared_fits(entry, static_cast<Side>(side), wanted)) return peer;
        if (!peer->max_bandwidth || peer->max_bandwidth_midcall_exceed) continue;
        const std::uint32_t held = entry.kbps[side];
        if (wanted > held && edge_.bandwidth.used(peer->tag) - held + wanted > *peer->max_bandwidth)
            return peer;
    }
    return nullptr;
}

void CallTable::refuse_bandwidth(const IncomingRequest& request, const config::DialPeer& peer) {
    refuse(request,
           config::resolve_error_code(*plan_->config(), peer, "cac-bandwidth failure").value,
           kCauseQosUnavailable);
}

}  // namespace weir::signaling
