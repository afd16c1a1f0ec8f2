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
    for (const UriHeader header : kHeaders) {
        UriIndex& index = made_->inbound_uri[static_cast<std::size_t>(header)];
        std::set<std::string_view> known;  // the lowest peer of a class is enough
        for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
            const CompiledPeer& peer = made_->peers[i];
            if (!peer.inbound || peer.source->type != DialPeer::Type::voip) continue;
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
    inbound_numbers(DialPeer::Type::voip, made_->inbound_sip);
    inbound_numbers(DialPeer::Type::pots, made_->inbound_pots);
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        if (!peer.inbound) continue;
        if (!peer.source->carrier_source.empty())
            made_->carrier_source.emplace(peer.source->carrier_source, i);
        if (peer.source->type == DialPeer::Type::pots && !peer.source->port.empty())
            made_->pots_ports.emplace(peer.source->port, i);
    }
}

void Compiler::inbound_numbers(DialPeer::Type type, Compiled::InboundNumbers& numbers) {
    numbers.called = lowest(type, "incoming called-number", &DialPeer::incoming_called_number);
    numbers.called_map = lowest_maps(type, &DialPeer::incoming_called_map);
    numbers.calling_map = lowest_maps(type, &DialPeer::incoming_calling_map);
    numbers.answer = lowest(type, "answer-address", &DialPeer::answer_address);
    numbers.destination = lowest(type, "destination-pattern", &DialPeer::destination_pattern);
}

// Patterns are checked on every peer, in service or not: an error must not wait for `no shutdown`.
NumberIndex Compiler::lowest(DialPeer::Type type, const char* command,
                             const std::string DialPeer::*text) {
    NumberIndex::Builder builder;
    std::set<std::string_view> known;
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        const std::string& wanted = peer.source->*text;
        if (peer.source->type != type || wanted.empty()) continue;
        if (known.contains(wanted)) continue;
        const NumberPattern* compiled = pattern(place_of(*peer.source, command), wanted);
        if (compiled == nullptr || !peer.inbound) continue;
        known.insert(wanted);
        builder.add(*compiled, i);
    }
    return builder.build();
}

NumberIndex Compiler::lowest_maps(DialPeer::Type type,
                                  const std::optional<std::uint32_t> DialPeer::*map) {
    NumberIndex::Builder builder;
    std::set<std::uint32_t> known;
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        const auto& tag = peer.source->*map;
        if (!peer.inbound || peer.source->type != type || !tag || !made_->map_is_valid(*tag) ||
            !known.insert(*tag).second)
            continue;
        for (const auto entry : made_->entries_of(*tag))
            // What is wrong with an entry was said when the map was looked at.
            if (const auto compiled = NumberPattern::compile(entry)) builder.add(*compiled, i);
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
    std::map<std::uint32_t, std::uint32_t> known;  // map -> value
    for (PeerIndex i = 0; i < made_->peers.size(); ++i) {
        const CompiledPeer& peer = made_->peers[i];
        if (!peer.outbound) continue;
        if (text != nullptr && !(peer.source->*text).empty()) {
            // Errors were said for the inbound side, which looks at every pattern.
            if (const auto compiled = NumberPattern::compile(peer.source->*text))
                builder.add(*compiled, i);
        }
        const auto& tag = peer.source->*map;
        if (!tag || !made_->map_is_valid(*tag)) continue;
        const auto value = static_cast<std::uint32_t>(made_->peers.size() + made.maps.size());
        const auto [at, fresh] = known.emplace(*tag, value);
        if (fresh) {
            made.maps.emplace_back();
            for (const auto entry : made_->entries_of(*tag))
                if (const auto compiled = NumberPattern::compile(entry))
                    builder.add(*compiled, value);
        }
        made.maps[at->second - made_->peers.size()].push_back(i);
    }
    made.index = builder.build();
    return made;
}

}  // namespace weir::dialplan
