// SPDX-License-Identifier: Apache-2.0
// Where a leg goes and from where: session target, outbound proxy, names, binds (spec A.6, A.13).
//
// Thread: sip. Nothing here blocks: names come from a cache.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/model/config.hpp"
#include "dialplan/route.hpp"
#include "signaling/call/routing.hpp"

namespace weir::signaling {

// What a destination is derived from. `candidate` and `server` may be null: a request outside a
// call has none.
struct Target {
    const config::Config& config;
    const config::DialPeer& peer;
    const dialplan::RouteCandidate* candidate = nullptr;
    const dialplan::ServerChoice* server = nullptr;  // of a server group; null = the session target
    const SipMessage* invite = nullptr;              // the caller's, for `session target sip-uri`
};

struct Destination {
    // Where to send, the best first (RFC 3263 4): one for an address, several for a name; none when
    // the name is not known (now) or the target has no address.
    std::vector<Hop> hops;
    std::string host;   // of Request-URI and To: the session target, whatever proxy is in front
    std::string uri{};  // of ENUM: the whole Request-URI, as the records of the number make it
};
[[nodiscard]] Destination destination_of(const Target& target, const NetworkKnowledge& network);

// Of `session target enum:N` one for each SIP URI of the number, best first, at most kEnumUrisMax;
// of `session target registrar` the primary one and the secondary ones, those that are down last;
// of other targets that of destination_of. Never empty: without an address it has no hops.
[[nodiscard]] std::vector<Destination> destinations_of(const Target& target,
                                                       const NetworkKnowledge& network);

// The names that these destinations lack an answer for: empty where waiting gains nothing.
[[nodiscard]] std::vector<HopQuery> unknown_names(const Target& target,
                                                  const NetworkKnowledge& network);

// The names that destination_of asks for; empty when it needs none.
[[nodiscard]] std::optional<HopQuery> name_of(const Target& target);

// The transport of a peer: `session transport` of its levels, `url sips` as TLS.
struct LegTransport {
    SipTransport transport = SipTransport::udp;
    bool is_chosen = false;  // some level says so; else NAPTR may choose
};
[[nodiscard]] LegTransport leg_transport(const config::Config& config,
                                         const config::DialPeer& peer);

// The listener that a leg of this peer leaves from: the address of `bind control` of the peer, its
// tenant or the node, else that of the routing table; the port of its tenant if it has one.
[[nodiscard]] std::optional<Endpoint> leg_endpoint(
    const config::Config& config, const config::DialPeer& peer, const Hop& hop,
    const NetworkKnowledge& network,
    const std::vector<std::pair<SipTransport, Endpoint>>& listeners);

// The media realm of a leg: the address of `bind media` of the peer or its tenant, else as the
// node.
[[nodiscard]] dataplane::RealmIndex leg_realm(const config::Config& config,
                                              const config::DialPeer& peer, const IpAddress& party,
                                              const NetworkKnowledge& network);

// voice class tls-profile of the peer's tenant; 0 = none.
[[nodiscard]] std::uint32_t leg_tls_profile(const config::Config& config,
                                            const config::DialPeer& peer);

}  // namespace weir::signaling
