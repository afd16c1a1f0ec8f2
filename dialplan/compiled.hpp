// SPDX-License-Identifier: Apache-2.0
// What a configuration is compiled to; seen by the files of this folder only.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/model/config.hpp"
#include "dialplan/arrivals.hpp"
#include "dialplan/enum_number.hpp"
#include "dialplan/map_files.hpp"
#include "dialplan/number_index.hpp"
#include "dialplan/number_pattern.hpp"
#include "dialplan/translation.hpp"
#include "dialplan/uri_class.hpp"
#include "dialplan/uri_index.hpp"

namespace weir::dialplan {

// Position of a peer in Compiled::peers; these ascend with the tags.
using PeerIndex = std::uint32_t;

// One step of a translation profile: a rule set, or a number file, or nothing.
struct CompiledStep {
    const CompiledRuleSet* rules = nullptr;
    struct FileLine {
        NumberPattern pattern;
        std::string replacement;
        std::uint32_t line = 0;
    };
    const std::vector<FileLine>* lines = nullptr;
    std::uint32_t tag = 0;  // of the rule set or the file

    [[nodiscard]] bool is_set() const { return rules != nullptr || lines != nullptr; }
};

struct CompiledProfile {
    std::string name;  // "" for translate-outgoing
    std::array<CompiledStep, config::kTranslatedNumbers> steps;
};

// One dial-peer: what the filters of A.7 and A.8 say about it, and what it refers to.
struct CompiledPeer {
    const config::DialPeer* source = nullptr;
    bool inbound = false;   // up, and calls in may match it
    bool outbound = false;  // up, has a target, and calls out may match it
    const CompiledProfile* incoming = nullptr;
    const CompiledProfile* outgoing = nullptr;
    const CompiledProfile* call_block = nullptr;
    const config::ServerGroup* servers = nullptr;
    std::string vrf;  // of the interface of its bind control; "" = none
};

// A number index over peers; what a map matches counts for all peers that use the map.
struct PeerNumbers {
    NumberIndex index;
    std::vector<std::vector<PeerIndex>> maps;  // values from peers.size() on
};

struct CompiledExpansion {
    NumberPattern pattern;  // anchored at both ends
    const config::NumberExpansion* source = nullptr;
};

struct Compiled {
    config::ConfigPtr config;
    MapFiles files;
    std::vector<CompiledPeer> peers;  // ascending tag
    bool has_numbering_types = false;
    std::map<std::string, CompiledUriClass> classes;
    std::map<std::uint32_t, CompiledRuleSet> rule_sets;
    std::map<std::uint32_t, std::vector<CompiledStep::FileLine>> number_files;
    std::map<std::string, CompiledProfile> profiles;
    std::map<config::DialPeerTag, CompiledProfile> translate_outgoing;  // the old form
    const CompiledProfile* voip_incoming = nullptr;
    std::vector<CompiledExpansion> expansions;
    std::map<std::uint32_t, CompiledEnumTable> enum_tables;

    // Inbound: each value is the lowest peer that has the class, the pattern or the map.
    struct InboundNumbers {
        NumberIndex called;       // incoming called-number
        NumberIndex called_map;   // incoming called e164-pattern-map
        NumberIndex dnis;         // dnis-map
        NumberIndex calling_map;  // incoming calling e164-pattern-map
        NumberIndex answer;       // answer-address
        NumberIndex destination;  // destination-pattern, against the calling number
    };
    // What a SIP call is held against: of all peers, or of those that the filters of A.7 let.
    struct InboundScope {
        std::array<UriIndex, 4> uri;  // by config::UriHeader
        InboundNumbers numbers;
        std::map<std::string, PeerIndex, std::less<>> carrier_source;
    };
    InboundScope inbound_all;
    std::map<std::string, InboundScope> inbound_of_vrf;       // only if an interface has a VRF
    std::map<std::uint32_t, InboundScope> inbound_of_tenant;  // with a listen-port of its own
    InboundNumbers inbound_pots;
    Arrivals arrivals;
    std::map<std::string, PeerIndex, std::less<>> pots_ports;

    // Outbound
    PeerNumbers outbound_called;
    PeerNumbers outbound_calling;
    UriIndex outbound_uri;                                        // destination uri
    std::map<config::PolicyAttribute, UriIndex> outbound_uri_of;  // destination uri-from, ...
    std::map<std::string, std::vector<PeerIndex>, std::less<>> carrier_target;
    std::vector<PeerIndex> route_strings;  // peers with destination route-string

    std::vector<std::string> notices;

    [[nodiscard]] const CompiledPeer* find(config::DialPeerTag tag) const;
    [[nodiscard]] std::optional<PeerIndex> index_of(config::DialPeerTag tag) const;
    [[nodiscard]] const CompiledProfile* profile(const std::string& name) const;
    // Whether the map exists and could be read.
    [[nodiscard]] bool map_is_valid(std::uint32_t tag) const;
    // Inline entries, then those of the file.
    [[nodiscard]] std::vector<std::string_view> entries_of(std::uint32_t map) const;
    // The numbers of a dnis-map, each for the whole called number; none without such a map.
    [[nodiscard]] std::vector<NumberPattern> dnis_numbers(const std::string& map) const;
};

}  // namespace weir::dialplan
