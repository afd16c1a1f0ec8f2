// SPDX-License-Identifier: Apache-2.0
// The whole decision about one call: inbound peer, translations, candidates (spec A.7, A.8, C.3).
//
// `route` is what routes calls and what `explain`, `show dialplan`, `lint` and the impact of a
// commit ask; there is no second way.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/random.hpp"
#include "config/model/config.hpp"
#include "dialplan/arrivals.hpp"
#include "dialplan/dial_plan.hpp"
#include "dialplan/enum_number.hpp"
#include "dialplan/translation.hpp"
#include "dialplan/usage_map.hpp"

namespace weir::dialplan {

// What a call says about itself; absent headers are empty.
struct RouteQuery {
    TypedNumber calling;      // number_in_uri() of From
    TypedNumber called;       // of the Request-URI
    TypedNumber redirecting;  // of the first Diversion
    std::string via_host;     // sent-by of the topmost Via; a port may follow
    std::string request_uri;
    std::string to_uri;
    std::string from_uri;
    std::string diversion_uri;
    std::string referred_by_uri;
    std::string carrier;       // source carrier, trunk group: of gateways
    std::string route_string;  // x-cisco-dest-route-string
    std::string voice_port;    // a call from a pots port; "" = SIP
    // Set: the inbound peer, without a look at the rest (a transfer has that of its transferor).
    std::optional<config::DialPeerTag> inbound{};
    Arrival arrival;
};

// What is out of service now by its keepalive (spec A.12); empty = all are in service.
struct Busyout {
    std::set<config::DialPeerTag> peers;
    // Group and place of the server in the order of writing, from 0. A peer whose servers are all
    // here counts as busy.
    std::set<std::pair<std::uint32_t, std::uint8_t>> servers;
};

// One number that one profile changed, or a rule that refused it.
struct TranslationStep {
    // The name; "num-exp", "digit-strip" (of a pots peer) and ".T" (A.3.4) for those; "" for
    // translate-outgoing.
    std::string profile;
    config::TranslatedNumber number = config::TranslatedNumber::called;
    std::uint32_t rule_set = 0;
    std::uint32_t rule = 0;  // precedence; the line for a number file; 0 = none
    TypedNumber before;
    TypedNumber after;
    bool rejected = false;
    std::optional<config::DialPeerTag> outbound;  // of the outgoing profile of this candidate
};

// A server of a server group, in the order of trying.
struct ServerChoice {
    std::uint8_t index = 0;  // place in the order of writing, from 0
    config::ServerGroup::Server server;
    bool operator==(const ServerChoice&) const = default;
};

// One candidate in hunting order, with what would be sent to it.
struct RouteCandidate {
    OutboundCandidate match;
    std::string called;   // after the outgoing profile and the digits of a pots peer
    std::string calling;  // after the outgoing profile
    std::string redirecting;
    std::string target;                 // "ipv4:192.0.2.1:5060", "server-group 91", "port 0/1/0:15"
    std::vector<ServerChoice> servers;  // of a server group; empty for other targets
    // Of `session target dns:`: the name to ask, with the number in the place of $d$ and its like.
    std::string host{};
    // Of `session target enum:`: what to ask for, in this order; enum_uris() makes URIs of the
    // records. Empty: no rule of the table matches, and the target leads nowhere.
    std::vector<EnumQuestion> enum_questions{};
};

struct RouteRefusal {
    std::uint8_t cause = 1;   // Q.850
    std::uint16_t sip = 404;  // by spec E.8, C.4
    std::string why;          // one sentence for the operator
};

struct RouteDecision {
    InboundMatch inbound;
    std::vector<TranslationStep> translations;                      // in the order of application
    std::string calling;                                            // after the inbound translation
    std::string called;                                             // the same, and num-exp
    config::NumberType calling_type = config::NumberType::unknown;  // after the inbound translation
    config::NumberType called_type = config::NumberType::unknown;
    std::string redirecting;  // after the inbound translation
    // The criterion of A.8 that decided: "destination dpg 100", "destination-pattern", ...; "" =
    // none did.
    std::string outbound_by;
    std::vector<RouteCandidate> candidates;  // in hunting order; empty exactly when refused
    std::optional<RouteRefusal> refused;
};

// Why a peer was not taken; for explain.
struct Loser {
    enum class Role : std::uint8_t { inbound, outbound };
    config::DialPeerTag peer;
    Role role = Role::inbound;
    std::string reason;  // "shut down", "destination-pattern 2... does not match 4085550148", ...
};

// Thread: any; pure. `random` and `usage` are what the hunt schemes ask.
[[nodiscard]] RouteDecision route(const DialPlan& plan, const RouteQuery& query, Random& random,
                                  const UsageMap& usage, const Busyout& busyout = {});

// Every other voip or pots peer, with the reason; for people, not for the path of a call.
[[nodiscard]] std::vector<Loser> losers(const DialPlan& plan, const RouteQuery& query,
                                        const RouteDecision& decision, const Busyout& busyout = {});

// "ipv4:192.0.2.1:5060", "dns:proxy.example", "server-group 91", "port 0/1/0:15"; "" = none.
[[nodiscard]] std::string target_text(const config::DialPeer& peer);

}  // namespace weir::dialplan
