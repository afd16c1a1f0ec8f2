// SPDX-License-Identifier: Apache-2.0
// The outbound search (spec A.8).
#include <algorithm>

#include <fmt/format.h>

#include "dialplan/cause.hpp"
#include "dialplan/matching.hpp"

namespace weir::dialplan {
namespace {

using config::PolicyAttribute;
using Matches = std::vector<PeerMatch>;

// Each peer once, with the longest of its matches, ascending.
Matches merged(Matches matches) {
    std::sort(matches.begin(), matches.end(), [](const PeerMatch& a, const PeerMatch& b) {
        if (a.peer != b.peer) return a.peer < b.peer;
        return a.length != b.length ? a.length > b.length : a.consumed > b.consumed;
    });
    const auto same = [](const PeerMatch& a, const PeerMatch& b) { return a.peer == b.peer; };
    matches.erase(std::unique(matches.begin(), matches.end(), same), matches.end());
    return matches;
}

Matches by_number(const Compiled& plan, const PeerNumbers& numbers, const TypedNumber& number) {
    std::vector<NumberIndex::Hit> hits;
    numbers.index.find(number.digits, hits);
    Matches matches;
    for (const auto& hit : hits) {
        const PeerMatch match{hit.value, hit.match.length, hit.match.consumed, 0};
        if (hit.value < plan.peers.size()) {
            matches.push_back(match);
            continue;
        }
        for (const PeerIndex peer : numbers.maps[hit.value - plan.peers.size()]) {
            matches.push_back(match);
            matches.back().peer = peer;
        }
    }
    if (plan.has_numbering_types)
        std::erase_if(matches, [&](const PeerMatch& match) {
            return !takes_type(*plan.peers[match.peer].source, number.type);
        });
    return merged(std::move(matches));
}

Matches by_uri(const UriIndex& index, const std::string& text, bool via) {
    std::vector<UriIndex::Hit> hits;
    if (via)
        index.find_via(text, hits);
    else
        index.find(text, hits);
    Matches matches;
    for (const auto& hit : hits)
        matches.push_back({hit.value, static_cast<unsigned>(hit.score.literal), 0, 0});
    return merged(std::move(matches));
}

Matches by_carrier(const Compiled& plan, const std::string& carrier) {
    Matches matches;
    const auto found =
        carrier.empty() ? plan.carrier_target.end() : plan.carrier_target.find(carrier);
    if (found == plan.carrier_target.end()) return matches;
    for (const PeerIndex peer : found->second)
        matches.push_back({peer, 0, 0, 0});
    return matches;
}

// The peers in both; `left` keeps its lengths, to which those of `right` are added.
Matches both(const Matches& left, const Matches& right) {
    Matches common;
    auto other = right.begin();
    for (const PeerMatch& match : left) {
        while (other != right.end() && other->peer < match.peer)
            ++other;
        if (other == right.end()) break;
        if (other->peer != match.peer) continue;
        common.push_back(match);
        common.back().length += other->length;
        common.back().consumed = std::max(match.consumed, other->consumed);
    }
    return common;
}

const config::SipOptions& options_of(const OutboundQuery& query) {
    static const config::SipOptions kNone;
    return query.inbound == nullptr ? kNone : query.inbound->source->sip;
}

// The value of the inbound peer, else of its tenant, else the global one (spec A.13).
bool is_on(const Compiled& plan, const OutboundQuery& query,
           const std::optional<bool> config::SipOptions::*option) {
    if (const auto& own = options_of(query).*option) return *own;
    if (query.inbound != nullptr && query.inbound->source->tenant) {
        const auto tenant = plan.config->tenants.find(*query.inbound->source->tenant);
        if (tenant != plan.config->tenants.end() && tenant->second.sip.*option)
            return *(tenant->second.sip.*option);
    }
    return (plan.config->voice.sip.*option).value_or(false);
}

Matches by_attribute(const Compiled& plan, const OutboundQuery& query, PolicyAttribute attribute) {
    const auto of = [&](const std::string& text) {
        const auto index = plan.outbound_uri_of.find(attribute);
        return index == plan.outbound_uri_of.end()
                   ? Matches{}
                   : by_uri(index->second, text, attribute == PolicyAttribute::via);
    };
    switch (attribute) {
        case PolicyAttribute::called:
            return by_called(plan, query.called);
        case PolicyAttribute::calling:
            return by_number(plan, plan.outbound_calling, query.calling);
        case PolicyAttribute::uri:
            return by_uri(plan.outbound_uri, query.call.request_uri, false);
        case PolicyAttribute::from:
            return of(query.call.from_uri);
        case PolicyAttribute::to:
            return of(query.call.to_uri);
        case PolicyAttribute::via:
            return of(query.call.via_host);
        case PolicyAttribute::diversion:
            return of(query.call.diversion_uri);
        case PolicyAttribute::referred_by:
            return of(query.call.referred_by_uri);
        case PolicyAttribute::carrier_id:
            return by_carrier(plan, query.call.carrier);
    }
    return {};
}

// Criterion 1. None: no group, or one that is shut down; then the lookup goes on as usual.
std::optional<OutboundFound> by_group(const Compiled& plan, const config::DialPeer& inbound) {
    if (!inbound.dpg) return std::nullopt;
    const auto group = plan.config->dial_peer_groups.find(*inbound.dpg);
    if (group == plan.config->dial_peer_groups.end() || group->second.shutdown) return std::nullopt;
    OutboundFound found;
    found.by = fmt::format("destination dpg {}", *inbound.dpg);
    found.group = true;
    for (const auto& member : group->second.members) {
        const auto index = plan.index_of(member.peer);
        if (index && plan.peers[*index].outbound)
            found.peers.push_back({*index, 0, 0, member.preference});
    }
    // Spec A.8: no fall-back to the ordinary lookup.
    if (found.peers.empty())
        found.refused = refusal(kCauseBusyout, fmt::format("no member of voice class dpg {} is in "
                                                           "service",
                                                           *inbound.dpg));
    return found;
}

// Criterion 2.
std::optional<OutboundFound> by_policy(const Compiled& plan, const OutboundQuery& query) {
    const auto& tag = query.inbound->source->provision_policy;
    if (!tag) return std::nullopt;
    const auto policy = plan.config->provision_policies.find(*tag);
    if (policy == plan.config->provision_policies.end() || policy->second.shutdown)
        return std::nullopt;
    OutboundFound found;
    found.by = fmt::format("destination provision-policy {}", *tag);
    for (const auto& line : policy->second.lines) {
        found.peers = by_attribute(plan, query, line.first);
        if (line.second) found.peers = both(found.peers, by_attribute(plan, query, *line.second));
        if (!found.peers.empty()) return found;
    }
    found.refused =
        refusal(kCauseUnassignedNumber,
                policy->second.lines.empty()
                    ? fmt::format("provision policy {} has no preference line", *tag)
                    : fmt::format("no dial-peer matches any line of provision policy {}", *tag));
    return found;
}

Matches by_route_string(const Compiled& plan, const std::string& text) {
    Matches matches;
    if (text.empty()) return matches;
    for (const PeerIndex index : plan.route_strings) {
        const auto route = plan.config->route_strings.find(*plan.peers[index].source->route_string);
        if (route != plan.config->route_strings.end() &&
            matches_wildcard(route->second.pattern, text))
            matches.push_back({index, 0, 0, 0});
    }
    return matches;
}

}  // namespace

RouteRefusal refusal(int cause, std::string why) {
    return {static_cast<std::uint8_t>(cause), static_cast<std::uint16_t>(sip_from_q850(cause)),
            std::move(why)};
}

Matches by_called(const Compiled& plan, const TypedNumber& called) {
    return by_number(plan, plan.outbound_called, called);
}

OutboundFound find_outbound(const Compiled& plan, const OutboundQuery& query) {
    if (query.inbound != nullptr) {
        if (auto found = by_group(plan, *query.inbound->source)) return *std::move(found);
        if (auto found = by_policy(plan, query)) return *std::move(found);
    }
    OutboundFound found;
    const auto takes = [&](Matches matches, const char* criterion) {
        if (matches.empty()) return false;
        found.peers = std::move(matches);
        found.by = criterion;
        return true;
    };
    if (is_on(plan, query, &config::SipOptions::call_route_dest_route_string) &&
        takes(by_route_string(plan, query.call.route_string), "destination route-string"))
        return found;
    const bool url = is_on(plan, query, &config::SipOptions::call_route_url);
    Matches uris;
    if (url) uris = by_uri(plan.outbound_uri, query.call.request_uri, false);
    const Matches called = by_called(plan, query.called);
    if (!query.call.carrier.empty()) {
        const Matches carrier = by_carrier(plan, query.call.carrier);
        if (takes(both(uris, carrier), "destination uri and carrier-id target") ||
            takes(both(called, carrier), "destination-pattern and carrier-id target"))
            return found;
    }
    if (takes(std::move(uris), "destination uri") || takes(called, "destination-pattern"))
        return found;
    takes(by_number(plan, plan.outbound_calling, query.calling),
          "destination calling e164-pattern-map");
    return found;
}

bool cor_allows(const config::Config& config, const config::DialPeer& inbound,
                const config::DialPeer& outbound) {
    const auto list = [&](const std::string& name) -> const std::vector<std::string>* {
        const auto found = config.cor.lists.find(name);
        return name.empty() || found == config.cor.lists.end() ? nullptr : &found->second;
    };
    const auto* held = list(inbound.corlist_incoming);
    const auto* needed = list(outbound.corlist_outgoing);
    // Without a list on either side nothing is restricted.
    if (held == nullptr || needed == nullptr) return true;
    return std::all_of(needed->begin(), needed->end(), [&](const std::string& name) {
        return std::find(held->begin(), held->end(), name) != held->end();
    });
}

bool connection_allowed(const config::Config& config, const RouteQuery& call,
                        const config::DialPeer& outbound) {
    return config.voice.allow_sip_to_sip || !call.voice_port.empty() ||
           outbound.type == config::DialPeer::Type::pots;
}

bool matches_wildcard(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

}  // namespace weir::dialplan
