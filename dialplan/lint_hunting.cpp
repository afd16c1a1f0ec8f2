// SPDX-License-Identifier: Apache-2.0
// Dial-peers that stand for the same numbers: who is tried, who never is, and who twice.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "config/model/resolve.hpp"
#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;

// Where the peer sends to, written so that equal texts are equal places; "" = nowhere certain.
std::string place_of(const config::Config& config, const DialPeer& peer) {
    if (peer.server_group) return fmt::format("server-group {}", *peer.server_group);
    const auto transport = config::resolve_transport(config, peer).value;
    const std::string way =
        fmt::format("{}{}", static_cast<int>(transport.transport), transport.tls ? " tls" : "");
    const unsigned usual = transport.tls ? 5061 : 5060;
    const unsigned port = peer.target.port == 0 ? usual : peer.target.port;
    switch (peer.target.kind) {
        case config::SessionTarget::Kind::address:
            return fmt::format("{}:{} {}", uri_host(peer.target.address), port, way);
        case config::SessionTarget::Kind::dns:
            return fmt::format("{}:{} {}", peer.target.host, peer.target.port, way);
        default:
            return "";
    }
}

// A pattern that only groups are meant to find: letters are no keys of a telephone.
bool is_dummy(const std::string& pattern) {
    return pattern.find_first_not_of("ABCDEF") == std::string::npos;
}

// The order in which hunting tries peers of one pattern (spec A.8): their match length is the same.
bool prefers(const DialPeer& a, const DialPeer& b) {
    return a.preference < b.preference;
}

void check_huntstop(LintContext& context, const std::vector<const DialPeer*>& peers) {
    // The first that ends hunting hides all behind it.
    const DialPeer* stopping = nullptr;
    for (const DialPeer* peer : peers) {
        // A full peer hands on to the next one.
        if (!peer->huntstop || peer->max_conn) continue;
        if (stopping == nullptr || prefers(*peer, *stopping)) stopping = peer;
    }
    if (stopping == nullptr) return;
    for (const DialPeer* other : peers)
        if (prefers(*stopping, *other))
            context.add("WL103", block_of(other->tag), "destination-pattern",
                        fmt::format("dial-peer {} is never tried: dial-peer {} has the same "
                                    "pattern, is preferred and ends hunting by huntstop",
                                    other->tag.value(), stopping->tag.value()),
                        fmt::format("take huntstop out of dial-peer {}, or give dial-peer {} "
                                    "the better preference",
                                    stopping->tag.value(), other->tag.value()));
}

void check_chance(LintContext& context, const std::vector<const DialPeer*>& peers) {
    // Spec A.8: hunt 0 and 2 end with chance; the others remember who was used.
    const auto hunt = context.config.dial_peer_hunt;
    if (hunt != 0 && hunt != 2) return;
    std::map<unsigned, std::vector<DialPeerTag>> by_preference;
    for (const DialPeer* peer : peers)
        by_preference[peer->preference].push_back(peer->tag);
    for (const auto& [preference, tags] : by_preference) {
        if (tags.size() < 2) continue;
        context.add("WL104", block_of(tags.back()), "destination-pattern",
                    fmt::format("chance decides which of dial-peers {} is tried first: same "
                                "pattern, same preference {}",
                                list_of(tags), preference),
                    "give each a preference of its own, unless the load is to be shared");
    }
}

void check_patterns(LintContext& context) {
    using Key = std::tuple<std::string, std::string, std::string>;
    std::map<Key, std::vector<const DialPeer*>> by_pattern;
    for (const auto& [tag, peer] : context.config.dial_peers)
        if (peer.usable_outbound() && !peer.destination_pattern.empty() &&
            !is_dummy(peer.destination_pattern) && peer.permission != config::Permission::none &&
            peer.permission != config::Permission::term)
            by_pattern[{peer.destination_pattern, peer.carrier_target, peer.corlist_outgoing}]
                .push_back(&peer);
    for (const auto& [key, peers] : by_pattern) {
        if (peers.size() < 2) continue;
        check_huntstop(context, peers);
        check_chance(context, peers);
    }
}

// Two candidates of one call at the same place, unless a longer pattern put the first there.
void check_same_place(LintContext& context) {
    std::set<std::pair<DialPeerTag, DialPeerTag>> reported;
    for (const SampledCall& call : context.calls) {
        std::map<std::string, const DialPeer*> places;
        for (const DialPeerTag tag : call.candidates) {
            const DialPeer* peer = context.config.find_peer(tag);
            if (peer == nullptr) continue;
            const std::string place = place_of(context.config, *peer);
            if (place.empty()) continue;
            const auto [first, is_new] = places.emplace(place, peer);
            const DialPeer& earlier = *first->second;
            if (is_new || earlier.destination_pattern != peer->destination_pattern ||
                !reported.emplace(std::min(earlier.tag, tag), std::max(earlier.tag, tag)).second)
                continue;
            const DialPeerTag later = std::max(earlier.tag, tag);
            context.add(
                "WL110", block_of(later), "session",
                fmt::format("dial-peers {} and {} send to the same place: when one fails, "
                            "the other fails too ({})",
                            std::min(earlier.tag, tag).value(), later.value(), example_of(call)),
                "give one of them another session target");
        }
    }
}

void check_servers(LintContext& context) {
    for (const auto& [tag, group] : context.config.server_groups) {
        std::set<std::pair<IpAddress, unsigned>> seen;
        for (const auto& server : group.servers)
            if (!seen.emplace(server.address, server.port == 0 ? 5060U : server.port).second)
                context.add(
                    "WL110", fmt::format("voice class server-group {}", tag),
                    fmt::format("{} {}", server.address.family == Family::v4 ? "ipv4" : "ipv6",
                                server.address.to_string()),
                    fmt::format("server-group {} has the server {} twice", tag,
                                server.address.to_string()),
                    "take one of them out");
    }
}

}  // namespace

void lint_hunting(LintContext& context) {
    check_patterns(context);
    check_same_place(context);
    check_servers(context);
}

}  // namespace weir::dialplan
