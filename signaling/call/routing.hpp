// SPDX-License-Identifier: Apache-2.0
// Routing: from a received INVITE and the dial plan to a CallSetup (spec A.7, A.8, B.2).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/base/random.hpp"
#include "config/model/config.hpp"
#include "dialplan/route.hpp"
#include "dialplan/usage_map.hpp"
#include "signaling/call/call_types.hpp"
#include "signaling/call/ids.hpp"
#include "signaling/edge/binding_table.hpp"

namespace weir::signaling {

// One address of a destination and how to talk to it.
struct Hop {
    SipTransport transport = SipTransport::udp;
    Endpoint endpoint;
    std::string host;  // the name that was resolved; "" = it was an address
    bool operator==(const Hop&) const = default;
};

// A name to be resolved by RFC 3263. Without a transport NAPTR may choose one.
struct HopQuery {
    std::string host;
    std::uint16_t port = 0;  // 0 = none was written: SRV is asked
    std::optional<SipTransport> transport;
    bool is_number = false;  // a name of ENUM, whose NAPTR records alone are wanted (RFC 6116)
    auto operator<=>(const HopQuery&) const = default;
};

// What the node knows about its network; all are asked on the sip thread and must not block. Each
// may be empty: then realm 0, the leased address, the first listener that fits, and no names.
struct NetworkKnowledge {
    // The media realm toward a party (its signalling address).
    std::function<dataplane::RealmIndex(const config::Config&, const IpAddress& party)> realm_of;
    // The address that stands in SDP for a realm, if it is not the one that packets leave from.
    std::function<IpAddress(dataplane::RealmIndex)> advertised;
    // The local address that the routing table uses toward `remote`.
    std::function<IpAddress(const IpAddress& remote)> source_of;
    // A host name of a session target, from a cache.
    std::function<std::optional<IpAddress>(const std::string& host)> resolve;
    // The addresses of a name in the order of trying, from a cache; empty: not known (now).
    std::function<std::vector<Hop>(const HopQuery&)> locate = nullptr;
    // The media realm that has this address of ours.
    std::function<std::optional<dataplane::RealmIndex>(const IpAddress& local)> realm_at = nullptr;
    // The records of an ENUM name, from a cache; none: not known (now), or there are none.
    std::function<std::vector<dialplan::NaptrRecord>(const std::string& name)> records = nullptr;
    // Whether what locate() and records() would look at is known, also that it does not exist.
    std::function<bool(const HopQuery&)> is_known = nullptr;
    // Calls `done` from the loop when all names are known, or after `patience`.
    std::function<void(std::vector<HopQuery> names, std::chrono::nanoseconds patience,
                       std::function<void()> done)>
        when_known = nullptr;
    // How long a call waits for names that nobody has asked for before; 0 = not at all.
    std::chrono::milliseconds name_patience{0};
    // Whether an address is out of service now: of a name with others it comes last (RFC 3263
    // 4.3).
    std::function<bool(const Hop&)> is_down = nullptr;
};

// Who calls whom, as the headers of an INVITE say.
struct CallerIdentity {
    std::string calling;  // number; "anonymous" if withheld
    std::string display;
    std::string asserted;  // number of Remote-Party-ID or P-Asserted-Identity, else `calling`
    std::string asserted_display;
    std::string called;
    std::string privacy;  // Privacy as it came
    bool is_private = false;
    bool asks_privacy = false;  // by a header, not just by the user part `anonymous`
};
// `preferred`: the identity header that the inbound peer's `asserted-id` names; `trusted`: whether
// the source's word on its identity counts (RFC 3325 5), else only From does.
[[nodiscard]] CallerIdentity identity_of(
    const SipMessage& invite, config::AssertedId preferred = config::AssertedId::none,
    bool trusted = true);

// What dial-peers are compared with.
[[nodiscard]] dialplan::RouteQuery route_query(const SipMessage& invite);

// The codecs, events and noise that a peer lets pass.
[[nodiscard]] sdp::CodecPolicy codec_policy(const config::Config& config,
                                            const config::DialPeer& peer);

using RouteObserver =
    std::function<void(const dialplan::RouteQuery& query, const dialplan::RouteDecision& decision,
                       CallId call, const Guid& guid)>;

// Thread: sip. Everything that routing one call needs.
struct RoutingInput {
    const dialplan::DialPlan& plan;
    const dialplan::UsageMap& usage;
    Random& random;
    const NetworkKnowledge& network;
    const std::vector<std::pair<SipTransport, Endpoint>>& listeners;
    // A listener wants the media of a call between these peers (CallListener::wants_media).
    std::function<bool(config::DialPeerTag inbound, config::DialPeerTag outbound)> wants_media;
    // Told of the decision, for `debug voip dialpeer inout`; may be empty.
    RouteObserver observer = nullptr;
    const dialplan::Busyout* busyout = nullptr;  // null: everything is in service
    std::string box{};          // our name in X-Loop (spec G.3); "" = calls are not marked
    // The inbound peer where it is known: a transfer's is that of the transferor (spec B.6).
    std::optional<config::DialPeerTag> inbound{};
    bool trusts_source = true;  // its word on identities counts: listed, or a target of ours (B.3)
    // Gets the names without which a route has no address, where no answer has come yet; may be
    // null.
    std::vector<HopQuery>* unknown = nullptr;
    // The endpoint behind us that the call names (registration passthrough): it goes there and
    // nowhere else. Null: its time is over, 480.
    std::optional<const Binding*> bound{};
};

// Complete but for the inbound peer's max-conn. Without a route it has a refusal: what
// dialplan::route says. A source that is the gateway of a voice-port brings a call of that port.
[[nodiscard]] CallSetup route_call(const IncomingRequest& invite, const TagOwner& owner,
                                   const RoutingInput& input);

// The listener from which a peer is reached: its transport and address family, the address of `bind
// control` or else of the routing table, if one of the listeners has it.
[[nodiscard]] std::optional<Endpoint> local_endpoint(
    const config::Config& config, SipTransport transport, const IpAddress& remote,
    const NetworkKnowledge& network,
    const std::vector<std::pair<SipTransport, Endpoint>>& listeners);

}  // namespace weir::signaling
