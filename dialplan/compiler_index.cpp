// SPDX-License-Identifier: Apache-2.0
// Compiles the indexes: what each criterion of A.7 and A.8 looks into.
#include <set>

#include "dialplan/compiler.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::UriHeader;

constexpr std::array<UriHeader, 4> kHeaders{UriHeader::via, UriHeader::request, UriHeader::to,
                                            UriHeader::from};

std::string place_of(const DialPeer& peer, const char* command) {
    return peer.place.file + ":" + std::to_string(peer.place.line) + ": dial-peer voice " +
           std::to_string(peer.tag.value()) + ": " + command;
}

}  // namespace

void Compiler::inbound() {
    const auto sip = [](const CompiledPeer& peer) {
        return peer.source->type == DialPeer::Type::voip;
    };
    inbound_scope(sip, made_->inbound_all);
    inbound_numbers(
        [](const CompiledPeer& peer) { return peer.source->type == DialPeer::Type::pots; },
        made_->inbound_pots);
    if (error_count_ == 0) {  // each is named once
        for (const std::string& vrf : made_->arrivals.vrfs())
            inbound_scope([&](const CompiledPeer& peer) { return sip(peer) && peer.vrf == vrf; },
                          made_->inbound_of_vrf[vrf]);
        for (const std::uint32_t tenant : made_->arrivals.tenants())
            inbound_scope(
                [&](const CompiledPeer& peer) {
                    return sip(peer) && peer.source->tenant == tenant;
                },
                made_->inbound_of_tenant[tenant]);
    }
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        if (peer.inbound && peer.source->type == DialPeer::Type::pots && !peer.source->port.empty())
            made_->pots_ports.emplace(peer.source->port, i);
    }
}

void Compiler::inbound_scope(const Wanted& wanted, Compiled::InboundScope& scope) {
    for (const UriHeader header : kHeaders) {
        UriIndex& index = scope.uri[static_cast<std::size_t>(header)];
        std::set<std::string_view> known;  // the lowest peer of a class is enough
        for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
            const CompiledPeer& peer = made_->peers[i];
            if (!peer.inbound || !wanted(peer)) continue;
            const auto tag = peer.source->incoming_uri.find(header);
            if (tag == peer.source->incoming_uri.end() || !known.insert(tag->second).second)
                continue;
            // A class that does not exist matches nothing; the linter says so.
            const auto found = made_->classes.find(tag->second);
            if (found != made_->classes.end())
                index.add(config_->uri_classes.at(tag->second), found->second, i);
        }
        index.build();
    }
    inbound_numbers(wanted, scope.numbers);
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        if (peer.inbound && wanted(peer) && !peer.source->carrier_source.empty())
            scope.carrier_source.emplace(peer.source->carrier_source, i);
    }
}

void Compiler::inbound_numbers(const Wanted& wanted, Compiled::InboundNumbers& numbers) {
    numbers.called = lowest(wanted, "incoming called-number", &DialPeer::incoming_called_number);
    numbers.called_map = lowest_maps(wanted, &DialPeer::incoming_called_map);
    numbers.dnis = lowest_dnis(wanted);
    numbers.calling_map = lowest_maps(wanted, &DialPeer::incoming_calling_map);
    numbers.answer = lowest(wanted, "answer-address", &DialPeer::answer_address);
    numbers.destination = lowest(wanted, "destination-pattern", &DialPeer::destination_pattern);
}

// Patterns are checked on every peer, in service or not: an error must not wait for `no shutdown`.
// Of peers with the same text the lowest is enough, but for those that want a type of number.
NumberIndex Compiler::lowest(const Wanted& wanted, const char* command,
                             const std::string DialPeer::*text) {
    NumberIndex::Builder builder;
    std::set<std::pair<std::string_view, std::optional<config::NumberType>>> known;
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        const std::string& own = peer.source->*text;
        if (own.empty() || !wanted(peer)) continue;
        const std::pair key{std::string_view(own), peer.source->numbering_type};
        if (known.contains(key)) continue;
        const NumberPattern* compiled = pattern(place_of(*peer.source, command), own);
        if (compiled == nullptr || !peer.inbound) continue;
        known.insert(key);
        builder.add(*compiled, i);
    }
    return builder.build();
}

NumberIndex Compiler::lowest_maps(const Wanted& wanted,
                                  const std::optional<std::uint32_t> DialPeer::*map) {
    NumberIndex::Builder builder;
    std::set<std::pair<std::uint32_t, std::optional<config::NumberType>>> known;
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        const auto& tag = peer.source->*map;
        if (!peer.inbound || !tag || !wanted(peer) || !made_->map_is_valid(*tag) ||
            !known.insert({*tag, peer.source->numbering_type}).second)
            continue;
        for (const auto entry : made_->entries_of(*tag))
            // What is wrong with an entry was said when the map was looked at.
            if (const auto compiled = NumberPattern::compile(entry)) builder.add(*compiled, i);
    }
    return builder.build();
}

NumberIndex Compiler::lowest_dnis(const Wanted& wanted) {
    NumberIndex::Builder builder;
    std::set<std::pair<std::string_view, std::optional<config::NumberType>>> known;
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        const std::string& map = peer.source->dnis_map;
        if (!peer.inbound || map.empty() || !wanted(peer) ||
            !known.insert({map, peer.source->numbering_type}).second)
            continue;
        for (const NumberPattern& number : made_->dnis_numbers(map))
            builder.add(number, i);
    }
    return builder.build();
}

void Compiler::outbound() {
    made_->outbound_called =
        outbound_numbers(&DialPeer::destination_pattern, &DialPeer::destination_map);
    made_->outbound_calling = outbound_numbers(nullptr, &DialPeer::destination_calling_map);
    const auto add = [&](UriIndex& index, const std::string& tag, PeerIndex peer) {
        const auto found = made_->classes.find(tag);
        if (found != made_->classes.end())
            index.add(config_->uri_classes.at(tag), found->second, peer);
    };
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        if (!made_->peers[i].outbound) continue;
        const DialPeer& source = *made_->peers[i].source;
        if (!source.destination_uri.empty()) add(made_->outbound_uri, source.destination_uri, i);
        for (const auto& [attribute, tag] : source.destination_uri_of)
            add(made_->outbound_uri_of[attribute], tag, i);
        if (!source.carrier_target.empty())
            made_->carrier_target[source.carrier_target].push_back(i);
        if (source.route_string) made_->route_strings.push_back(i);
    }
    made_->outbound_uri.build();
    for (auto& [attribute, index] : made_->outbound_uri_of)
        index.build();
}

PeerNumbers Compiler::outbound_numbers(const std::string DialPeer::*text,
                                       const std::optional<std::uint32_t> DialPeer::*map) {
    PeerNumbers made;
    NumberIndex::Builder builder;
    std::map<std::uint32_t, std::uint32_t> known_maps;  // -> value
    std::map<std::string_view, std::uint32_t> known_dnis;
    // One value for all peers that use the same list.
    const auto share = [&](auto& known, const auto& list, PeerIndex peer, const auto& add_all) {
        const auto value = static_cast<std::uint32_t>(made_->peers.size() + made.maps.size());
        const auto [at, fresh] = known.emplace(list, value);
        if (fresh) {
            made.maps.emplace_back();
            add_all(value);
        }
        made.maps[at->second - made_->peers.size()].push_back(peer);
    };
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        if (!peer.outbound) continue;
        if (text != nullptr && !(peer.source->*text).empty()) {
            // Errors were said for the inbound side, which looks at every pattern.
            if (const auto compiled = NumberPattern::compile(peer.source->*text))
                builder.add(*compiled, i);
        }
        if (const std::string_view dnis = peer.source->dnis_map; text != nullptr && !dnis.empty())
            share(known_dnis, dnis, i, [&](std::uint32_t value) {
                for (const NumberPattern& number : made_->dnis_numbers(peer.source->dnis_map))
                    builder.add(number, value);
            });
        const auto& tag = peer.source->*map;
        if (!tag || !made_->map_is_valid(*tag)) continue;
        share(known_maps, *tag, i, [&](std::uint32_t value) {
            for (const auto entry : made_->entries_of(*tag))
                if (const auto compiled = NumberPattern::compile(entry))
                    builder.add(*compiled, value);
        });
    }
    made.index = builder.build();
    return made;
}

}  // namespace weir::dialplan
