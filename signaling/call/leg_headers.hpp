// SPDX-License-Identifier: Apache-2.0
// The headers of a new leg and the checks on a received INVITE, as the settings of its peer say
// (spec B.2, B.3, B.10, G.3): pure, for routing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialplan/route.hpp"
#include "signaling/call/call_types.hpp"
#include "signaling/call/routing.hpp"

namespace weir::signaling {

// RFC 3261 25.1: a user part with what may not stand in it escaped.
[[nodiscard]] std::string escape_user(std::string_view user);
// "sip:100@192.0.2.1"; without a user the host alone.
[[nodiscard]] std::string sip_uri(std::string_view user, std::string_view host);
// "Display" <uri>
[[nodiscard]] std::string name_addr(const std::string& display, const std::string& uri);

// Why an INVITE is not routed at all: 482 for a call that has been here too often, 400 for a
// Request-URI whose host is neither ours nor one of `permit hostname` (spec B.3, G.3).
[[nodiscard]] std::optional<Refusal> refusal_by_headers(const IncomingRequest& invite,
                                                        const config::DialPeer& inbound,
                                                        const RoutingInput& input);

// `call-route {history-info | p-called-party-id}` of the inbound peer: the number that is looked up
// in the place of the Request-URI's; nothing when the setting is off or the header lacks. Of
// History-Info it is the first entry: the number that was dialled before the call was redirected.
[[nodiscard]] std::optional<std::string> called_by_header(const SipMessage& invite,
                                                          const config::Config& config,
                                                          const config::DialPeer& inbound);

// Request-URI and To of the new leg (spec B.2 url, A.4 requri-passing). `target_host`: host and
// port of the session target.
struct LegAddresses {
    std::string request_uri;
    std::string to;  // with angle brackets
};
[[nodiscard]] LegAddresses leg_addresses(const config::Config& config, const config::DialPeer& peer,
                                         const SipMessage& invite, const std::string& called,
                                         const std::string& target_host);

// Our host in From, Call-ID and identities of that peer's leg: `localhost dns:`, else the address.
[[nodiscard]] std::string local_host(const config::Config& config, const config::DialPeer& peer,
                                     const IpAddress& address);

// Everything of OutboundRoute::identity.
struct LegCaller {
    const CallerIdentity& caller;
    const std::string& redirecting;  // after translation
    const std::string& target_uri;
};
[[nodiscard]] std::vector<Header> leg_identity(const CallSetup& setup, const config::DialPeer& peer,
                                               const LegCaller& who, const std::string& host);

// What is sent to `target` comes in at one of our listeners.
[[nodiscard]] bool leads_to_ourselves(const Endpoint& target, const RoutingInput& input);

// Spec B.2: the peer's value; what came, less one, where the call goes to ourselves or has been
// here before (G.3).
[[nodiscard]] std::uint8_t leg_max_forwards(const CallSetup& setup, const config::DialPeer& peer,
                                            const Endpoint& target, const RoutingInput& input);

}  // namespace weir::signaling
