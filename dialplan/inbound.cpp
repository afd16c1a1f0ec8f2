// SPDX-License-Identifier: Apache-2.0
// The inbound search (spec A.7).
#include <algorithm>
#include <array>

#include "dialplan/matching.hpp"

namespace weir::dialplan {
namespace {

using config::UriHeader;

InboundFound found_peer(const Compiled& plan, PeerIndex index, std::string criterion,
                        std::string matched) {
    const CompiledPeer& peer = plan.peers[index];
    return {{peer.source->tag, std::move(criterion), std::move(matched)}, &peer};
}

// The most specific class, then the lowest tag.
std::optional<InboundFound> by_uri(const Compiled& plan, const Compiled::InboundScope& scope,
                                   const RouteQuery& query) {
    const struct {
        UriHeader header;
        const char* name;
        const std::string& text;
    } criteria[] = {
        {UriHeader::via, "incoming uri via", query.via_host},
        {UriHeader::request, "incoming uri request", query.request_uri},
        {UriHeader::to, "incoming uri to", query.to_uri},
        {UriHeader::from, "incoming uri from", query.from_uri},
    };
    const bool prefer_user = plan.config->uri_prefer_user_id;
    std::vector<UriIndex::Hit> hits;
    for (const auto& criterion : criteria) {
        const UriIndex& index = scope.uri[static_cast<std::size_t>(criterion.header)];
        if (criterion.header == UriHeader::via)
            index.find_via(criterion.text, hits);
        else
            index.find(criterion.text, hits);
        if (hits.empty()) continue;
        const auto best =
            std::min_element(hits.begin(), hits.end(), [&](const auto& a, const auto& b) {
                const UriScore left = ranked(a.score, prefer_user);
                const UriScore right = ranked(b.score, prefer_user);
                return left != right ? left > right : a.value < b.value;
            });
        return found_peer(plan, best->value, criterion.name, *best->tag);
    }
    return std::nullopt;
}

struct NumberCriterion {
    const NumberIndex& index;
    const char* name;
};

// The longest match among the peers that take numbers of this type, then the lowest tag.
bool find_best(const Compiled& plan, const NumberIndex& index, const TypedNumber& number,
               NumberIndex::Hit& best) {
    if (!plan.has_numbering_types) return index.find_best(number.digits, best);
    std::vector<NumberIndex::Hit> hits;
    index.find(number.digits, hits);
    std::erase_if(hits, [&](const auto& hit) {
        return !takes_type(*plan.peers[hit.value].source, number.type);
    });
    const auto found = std::min_element(hits.begin(), hits.end(), [](const auto& a, const auto& b) {
        return a.match.length != b.match.length ? a.match.length > b.match.length
                                                : a.value < b.value;
    });
    if (found == hits.end()) return false;
    best = *found;
    return true;
}

// The longest explicit match of all indexes of one criterion, then the lowest tag.
std::optional<InboundFound> by_number(const Compiled& plan, const TypedNumber& number,
                                      std::initializer_list<NumberCriterion> indexes) {
    NumberIndex::Hit best;
    const char* name = nullptr;
    for (const auto& criterion : indexes) {
        NumberIndex::Hit hit;
        if (!find_best(plan, criterion.index, number, hit)) continue;
        const bool better = name == nullptr || hit.match.length > best.match.length ||
                            (hit.match.length == best.match.length && hit.value < best.value);
        if (!better) continue;
        best = hit;
        name = criterion.name;
    }
    if (name == nullptr) return std::nullopt;
    return found_peer(plan, best.value, name, number.digits.substr(0, best.match.consumed));
}

std::optional<InboundFound> by_name(const Compiled& plan,
                                    const std::map<std::string, PeerIndex, std::less<>>& names,
                                    const std::string& wanted, const char* criterion) {
    const auto found = wanted.empty() ? names.end() : names.find(wanted);
    if (found == names.end()) return std::nullopt;
    return found_peer(plan, found->second, criterion, wanted);
}

// Spec A.3: answer-address is not used for calls from pots ports; the port is their last criterion.
InboundFound find_pots(const Compiled& plan, const RouteQuery& query) {
    const auto& numbers = plan.inbound_pots;
    const TypedNumber& called = query.called;
    const TypedNumber& calling = query.calling;
    if (auto found = by_number(plan, called,
                               {{numbers.called, "incoming called-number"},
                                {numbers.called_map, "incoming called e164-pattern-map"},
                                {numbers.dnis, "dnis-map"}}))
        return *std::move(found);
    if (auto found =
            by_number(plan, calling, {{numbers.calling_map, "incoming calling e164-pattern-map"}}))
        return *std::move(found);
    if (auto found = by_number(plan, calling, {{numbers.destination, "destination-pattern"}}))
        return *std::move(found);
    if (auto found = by_name(plan, plan.pots_ports, query.voice_port, "port"))
        return *std::move(found);
    return {{config::DialPeerTag{0}, "none", ""}, nullptr};
}

// Spec A.7, the filter: a tenant's listen-port takes that tenant's peers only; else the VRF of the
// interface on which the request came.
const Compiled::InboundScope& scope_of(const Compiled& plan, const Arrival& arrival) {
    if (const auto tenant = plan.arrivals.tenant_of(arrival))
        return plan.inbound_of_tenant.at(*tenant);
    if (const auto vrf = plan.arrivals.vrf_of(arrival)) return plan.inbound_of_vrf.at(*vrf);
    return plan.inbound_all;
}

}  // namespace

bool takes_type(const config::DialPeer& peer, config::NumberType type) {
    return !peer.numbering_type || *peer.numbering_type == type;
}

UriScore ranked(UriScore score, bool prefer_user_id) {
    if (!prefer_user_id) return score;
    if (score.kind == UriScore::Kind::host)
        score.kind = UriScore::Kind::user;
    else if (score.kind == UriScore::Kind::user)
        score.kind = UriScore::Kind::host;
    return score;
}

InboundFound find_inbound(const Compiled& plan, const RouteQuery& query) {
    if (query.inbound) {
        const auto at = std::lower_bound(plan.peers.begin(), plan.peers.end(), *query.inbound,
                                         [](const CompiledPeer& peer, config::DialPeerTag tag) {
                                             return peer.source->tag < tag;
                                         });
        if (at != plan.peers.end() && at->source->tag == *query.inbound)
            return found_peer(plan, static_cast<PeerIndex>(at - plan.peers.begin()), "transfer",
                              "");
        return {{config::DialPeerTag{0}, "none", ""}, nullptr};
    }
    if (!query.voice_port.empty()) return find_pots(plan, query);
    const Compiled::InboundScope& scope = scope_of(plan, query.arrival);
    if (auto found = by_uri(plan, scope, query)) return *std::move(found);
    const auto& numbers = scope.numbers;
    const TypedNumber& called = query.called;
    const TypedNumber& calling = query.calling;
    if (auto found = by_number(plan, called,
                               {{numbers.called, "incoming called-number"},
                                {numbers.called_map, "incoming called e164-pattern-map"},
                                {numbers.dnis, "dnis-map"}}))
        return *std::move(found);
    if (auto found = by_number(plan, calling,
                               {{numbers.calling_map, "incoming calling e164-pattern-map"},
                                {numbers.answer, "answer-address"}}))
        return *std::move(found);
    if (auto found = by_number(plan, calling, {{numbers.destination, "destination-pattern"}}))
        return *std::move(found);
    if (auto found = by_name(plan, scope.carrier_source, query.carrier, "carrier-id source"))
        return *std::move(found);
    return {{config::DialPeerTag{0}, "none", ""}, nullptr};
}

}  // namespace weir::dialplan
