// SPDX-License-Identifier: Apache-2.0
// Dial-peer commands by which a call finds its peer (spec A.2, A.3, A.4, A.5, A.8).
#include <array>
#include <utility>

#include "config/language/fields.hpp"
#include "config/language/tables/dial_peer_rows.hpp"

namespace weir::config::language {
namespace {

constexpr std::array<std::pair<const char*, UriHeader>, 4> kUriHeaders{{
    {"via", UriHeader::via},
    {"request", UriHeader::request},
    {"to", UriHeader::to},
    {"from", UriHeader::from},
}};

constexpr std::array<std::pair<const char*, PolicyAttribute>, 5> kPolicyUris{{
    {"uri-from", PolicyAttribute::from},
    {"uri-to", PolicyAttribute::to},
    {"uri-via", PolicyAttribute::via},
    {"uri-diversion", PolicyAttribute::diversion},
    {"uri-referred-by", PolicyAttribute::referred_by},
}};

constexpr std::array<std::pair<const char*, Permission>, 4> kPermissions{{
    {"both", Permission::both},
    {"none", Permission::none},
    {"orig", Permission::orig},
    {"term", Permission::term},
}};

Command<DialPeer> permission() {
    return {"permission {both | none | orig | term}", "Which calls may use this peer",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                for (const auto& [keyword, permission] : kPermissions)
                    if (words.has(keyword)) peer.permission = permission;
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.permission = DialPeer{}.permission; },
            [](const DialPeer& peer, Printer& out) {
                for (const auto& [keyword, permission] : kPermissions)
                    if (peer.permission == permission && permission != DialPeer{}.permission)
                        out.line(std::string("permission ") + keyword);
            }};
}

Command<DialPeer> max_bandwidth() {
    return {"max-bandwidth <8-2000000> [midcall-exceed]", "Media bandwidth of this peer, kbit/s",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                peer.max_bandwidth = static_cast<std::uint32_t>(words.number());
                peer.max_bandwidth_midcall_exceed = words.has("midcall-exceed");
                return {};
            },
            [](const Words&, DialPeer& peer) {
                peer.max_bandwidth.reset();
                peer.max_bandwidth_midcall_exceed = false;
            },
            [](const DialPeer& peer, Printer& out) {
                if (peer.max_bandwidth)
                    out.line("max-bandwidth " + std::to_string(*peer.max_bandwidth) +
                             (peer.max_bandwidth_midcall_exceed ? " midcall-exceed" : ""));
            }};
}

Command<DialPeer> trunkgroup() {
    return {"trunkgroup <group=name> [<order=1-64>]", "Trunk group, and its order among several",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                peer.trunkgroup = words.text("group");
                peer.trunkgroup_order = static_cast<std::uint8_t>(words.number("order"));
                return {};
            },
            [](const Words&, DialPeer& peer) {
                peer.trunkgroup.clear();
                peer.trunkgroup_order = 0;
            },
            [](const DialPeer& peer, Printer& out) {
                if (peer.trunkgroup.empty()) return;
                const auto order = peer.trunkgroup_order;
                out.line("trunkgroup " + peer.trunkgroup +
                         (order == 0 ? "" : " " + std::to_string(order)));
            }};
}

Command<DialPeer> incoming_uri() {
    Command<DialPeer> row{
        "incoming uri {via | request | to | from} <class=name>",
        "Match inbound calls by a URI of the request",
        [](const Words& words, DialPeer& peer) -> Result<void> {
            for (const auto& [keyword, header] : kUriHeaders)
                if (words.has(keyword)) peer.incoming_uri[header] = words.text("class");
            return {};
        },
        [](const Words& words, DialPeer& peer) {
            for (const auto& [keyword, header] : kUriHeaders)
                if (words.has(keyword)) peer.incoming_uri.erase(header);
        },
        [](const DialPeer& peer, Printer& out) {
            for (const auto& [keyword, header] : kUriHeaders)
                if (const auto found = peer.incoming_uri.find(header);
                    found != peer.incoming_uri.end())
                    out.line("incoming uri " + std::string(keyword) + " " + found->second);
        }};
    row.key_words = 3;
    return row;
}

Command<DialPeer> destination_uri_of() {
    Command<DialPeer> row{
        "destination {uri-from | uri-to | uri-via | uri-diversion | uri-referred-by} <class=name>",
        "Match by another header, for a provision policy",
        [](const Words& words, DialPeer& peer) -> Result<void> {
            for (const auto& [keyword, attribute] : kPolicyUris)
                if (words.has(keyword)) peer.destination_uri_of[attribute] = words.text("class");
            return {};
        },
        [](const Words& words, DialPeer& peer) {
            for (const auto& [keyword, attribute] : kPolicyUris)
                if (words.has(keyword)) peer.destination_uri_of.erase(attribute);
        },
        [](const DialPeer& peer, Printer& out) {
            for (const auto& [keyword, attribute] : kPolicyUris)
                if (const auto found = peer.destination_uri_of.find(attribute);
                    found != peer.destination_uri_of.end())
                    out.line("destination " + std::string(keyword) + " " + found->second);
        }};
    row.key_words = 2;
    return row;
}

}  // namespace

PeerRows peer_head_rows() {
    return {
        number("preference <0-10>", "Order among peers that match equally well, 0 first",
               &DialPeer::preference),
        optional_number("max-conn <1-2147483647>", "Calls at once by this peer",
                        &DialPeer::max_conn),
        max_bandwidth(),
        flag("huntstop", "End the hunt when a call by this peer fails", &DialPeer::huntstop),
        permission(),
        text_field("corlist incoming <name>", "Class of restriction of calls that come in",
                   &DialPeer::corlist_incoming),
        text_field("corlist outgoing <name>", "Class of restriction of calls that go out",
                   &DialPeer::corlist_outgoing),
        text_field("carrier-id source <name>", "Carrier that calls come from",
                   &DialPeer::carrier_source),
        text_field("carrier-id target <name>", "Carrier that calls go to",
                   &DialPeer::carrier_target),
        trunkgroup(),
        text_field("destination-pattern <pattern>", "Called numbers that go out by this peer",
                   &DialPeer::destination_pattern),
    };
}

PeerRows peer_inbound_rows() {
    return {
        text_field("incoming called-number <pattern>", "Match inbound calls by the called number",
                   &DialPeer::incoming_called_number),
        optional_number("incoming called e164-pattern-map <1-10000>",
                        "Match inbound calls by the called number, with a list",
                        &DialPeer::incoming_called_map),
        optional_number("incoming calling e164-pattern-map <1-10000>",
                        "Match inbound calls by the calling number, with a list",
                        &DialPeer::incoming_calling_map),
        text_field("answer-address <pattern>", "Match inbound calls by the calling number",
                   &DialPeer::answer_address),
        incoming_uri(),
        text_field("dnis-map <name>", "List of called numbers", &DialPeer::dnis_map),
    };
}

PeerRows peer_destination_rows() {
    return {
        optional_number("destination dpg <1-10000>",
                        "Group of peers by one of which an inbound call of this peer goes on",
                        &DialPeer::dpg),
        optional_number("destination provision-policy <1-10000>",
                        "How the outbound peer of an inbound call of this peer is chosen",
                        &DialPeer::provision_policy),
        optional_number("destination route-string <1-10000>", "Route string of calls out",
                        &DialPeer::route_string),
        optional_number("destination e164-pattern-map <1-10000>",
                        "Called numbers that go out by this peer, with a list",
                        &DialPeer::destination_map),
        optional_number("destination calling e164-pattern-map <1-10000>",
                        "Calling numbers that go out by this peer, with a list",
                        &DialPeer::destination_calling_map),
        text_field("destination uri <name>", "Request-URIs that go out by this peer",
                   &DialPeer::destination_uri),
        destination_uri_of(),
    };
}

}  // namespace weir::config::language
