// SPDX-License-Identifier: Apache-2.0
// Routing: header values of the new leg, peers to routes, addresses and realms.
#include "signaling/call/routing.hpp"

#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "config/model/voice_ports.hpp"
#include "dialplan/cause.hpp"
#include "dialplan/uri_text.hpp"
#include "signaling/api/party.hpp"
#include "signaling/call/causes.hpp"
#include "signaling/call/destination.hpp"
#include "signaling/call/leg_headers.hpp"
#include "signaling/header/identity.hpp"
#include "signaling/header/loop_token.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint64_t kSdpSessionRange = 10'000;  // spec B.4: small random integers

std::string uri_of(const SipMessage& message, std::string_view header) {
    const std::string* value = message.find(header);
    if (value == nullptr) return {};
    const PartyText party = read_party(*value);
    return std::string(party.fault == nullptr ? party.uri : std::string_view());
}

// One candidate, or one server of its group.
struct Choice {
    const config::DialPeer& peer;
    const dialplan::RouteCandidate& candidate;
    const dialplan::ServerChoice* server = nullptr;  // null = the session target
    const Hop* hop = nullptr;                        // null = it has no address (now)
    std::string target{};                            // what the Request-URI names
    std::string uri{};                               // the whole of it, by ENUM; else ""
};

IpAddress advertised(const NetworkKnowledge& network, dataplane::RealmIndex realm) {
    return network.advertised ? network.advertised(realm) : IpAddress{};
}

// Spec C.3: the translated calling number stands in From and in Remote-Party-ID.
CallerIdentity translated(const CallerIdentity& caller, const dialplan::RouteCandidate& candidate) {
    CallerIdentity made = caller;
    made.called = candidate.called;
    if (candidate.calling == caller.calling) return made;
    made.calling = made.asserted = candidate.calling;
    // A number that a rule has put in the place of a missing one is there to be seen.
    made.is_private = caller.asks_privacy;
    return made;
}

OutboundRoute make_route(const Choice& choice, const CallSetup& setup, unsigned leg,
                         const CallerIdentity& invited, const RoutingInput& input) {
    const config::Config& config = *setup.config;
    const CallerIdentity caller = translated(invited, choice.candidate);
    OutboundRoute route;
    route.party.number = caller.called;
    route.party.dial_peer = choice.peer.tag;
    route.codecs = codec_policy(config, choice.peer);
    route.sdp_session = 1 + input.random.below(kSdpSessionRange);
    if (choice.server != nullptr)
        route.server = GroupServer{choice.peer.server_group.value_or(0), choice.server->index};
    const auto local = choice.hop == nullptr ? std::nullopt
                                             : leg_endpoint(config, choice.peer, *choice.hop,
                                                            input.network, input.listeners);
    if (!local) {
        route.reachable = false;
        return route;
    }
    const Endpoint& target = choice.hop->endpoint;
    route.party.peer = target.address;
    route.realm = leg_realm(config, choice.peer, target.address, input.network);
    route.media_address = advertised(input.network, route.realm);
    const std::string host = local_host(config, choice.peer, local->address);
    const LegAddresses addresses =
        choice.uri.empty()
            ? leg_addresses(config, choice.peer, setup.invite.message, caller.called, choice.target)
            : LegAddresses{choice.uri, "<" + choice.uri + ">"};
    const TagOwner owner = *owner_of_tag(setup.local_tag);
    DialogStart& dialog = route.dialog;
    dialog.path = {choice.hop->transport,
                   *local,
                   target,
                   choice.hop->host,
                   leg_tls_profile(config, choice.peer),
                   config::switches_large_requests(config, choice.peer)};
    dialog.call_id = make_call_id(owner, std::string_view(host), input.random);
    dialog.local_tag = make_tag(owner, leg, input.random);
    dialog.local = caller.is_private ? name_addr("Anonymous", sip_uri("anonymous", host))
                                     : name_addr(caller.display, sip_uri(caller.calling, host));
    dialog.remote_target = addresses.request_uri;
    const bool is_sip = addresses.request_uri.starts_with("sip:") && choice.uri.empty();
    if (choice.hop->transport != SipTransport::udp && is_sip)
        dialog.remote_target += std::string(";transport=") + to_string(choice.hop->transport);
    dialog.remote = addresses.to;
    dialog.contact =
        contact_header(escape_user(caller.is_private ? "anonymous" : caller.calling), dialog.path);
    route.party.sip_call_id = dialog.call_id;
    route.identity = leg_identity(
        setup, choice.peer, {caller, choice.candidate.redirecting, addresses.request_uri}, host);
    if (!input.box.empty())
        route.identity.push_back({"X-Loop", LoopTokens(input.box, setup.invite.message).next()});
    route.max_forwards = leg_max_forwards(setup, choice.peer, target, input);
    route.feeds_back = leads_to_ourselves(target, input) && !config::loop_media_separate(config);
    return route;
}

bool has_way(const CallSetup& setup) {
    return std::any_of(setup.routes.begin(), setup.routes.end(),
                       [](const OutboundRoute& route) { return route.reachable; });
}

// A route for each address of the target; the number of the last leg.
unsigned add_hops(Choice choice, unsigned leg, const CallerIdentity& caller,
                  const RoutingInput& input, CallSetup& setup) {
    const Target target{*setup.config, choice.peer, &choice.candidate, choice.server,
                        &setup.invite.message};
    bool is_first = true;
    for (const Destination& destination : destinations_of(target, input.network)) {
        choice.target = destination.host;
        choice.uri = destination.uri;
        // A call that has somewhere to go waits for nobody.
        if (destination.hops.empty() && input.unknown != nullptr && !has_way(setup))
            for (HopQuery& name : unknown_names(target, input.network))
                input.unknown->push_back(std::move(name));
        for (std::size_t i = 0; i < std::max<std::size_t>(destination.hops.size(), 1); ++i) {
            if (setup.routes.size() >= kMaxHuntAttempts) return leg;
            choice.hop = destination.hops.empty() ? nullptr : &destination.hops[i];
            setup.routes.push_back(make_route(choice, setup, ++leg, caller, input));
            setup.routes.back().alternative = !std::exchange(is_first, false);
        }
    }
    return leg;
}

// A route for each candidate, or for each server of its group, in hunting order.
void add_routes(const dialplan::RouteDecision& decision, const CallerIdentity& caller,
                const RoutingInput& input, CallSetup& setup) {
    unsigned leg = 0;
    for (const auto& candidate : decision.candidates) {
        const config::DialPeer* peer = setup.config->find_peer(candidate.match.peer);
        if (peer == nullptr) continue;
        std::vector<const dialplan::ServerChoice*> servers;
        for (const auto& server : candidate.servers)
            servers.push_back(&server);
        if (servers.empty()) servers.push_back(nullptr);
        for (const auto* server : servers)
            leg = add_hops({*peer, candidate, server}, leg, caller, input, setup);
        if (setup.routes.size() >= kMaxHuntAttempts) return;
        setup.recordable =
            setup.recordable ||
            (input.wants_media && input.wants_media(setup.caller.dial_peer, peer->tag));
    }
}

// Spec B.11: the call of a registrar to an endpoint behind us goes where its REGISTER came from,
// over the same connection, by the proxies that it came by (RFC 3327 5.4).
void add_bound_route(const Binding& binding, const CallerIdentity& caller,
                     const RoutingInput& input, CallSetup& setup) {
    const config::DialPeer* known = setup.config->find_peer(binding.peer);
    const config::DialPeer& peer = known == nullptr ? config::default_dial_peer() : *known;
    dialplan::RouteCandidate candidate;
    candidate.called = caller.called;
    candidate.calling = caller.calling;
    const Hop hop{binding.path.transport, binding.path.remote, ""};
    Choice choice{peer, candidate, nullptr, &hop};
    choice.uri = binding.contact;
    OutboundRoute route = make_route(choice, setup, 1, caller, input);
    if (route.reachable) {
        route.dialog.path.local = binding.path.local;
        const auto user = escape_user(caller.is_private ? "anonymous" : caller.calling);
        route.dialog.contact = contact_header(user, route.dialog.path);
        for (const std::string& proxy : binding.routes)
            route.identity.push_back({"Route", proxy});
    }
    setup.routes.push_back(std::move(route));
    setup.recordable = input.wants_media && input.wants_media(setup.caller.dial_peer, peer.tag);
}

const config::DialPeer& peer_of(const config::Config& config,
                                const dialplan::RouteDecision& decision) {
    const config::DialPeer* found = config.find_peer(decision.inbound.peer);
    return found == nullptr ? config::default_dial_peer() : *found;
}

// Spec E.8, B.9: what the tables of sip-ua say of the cause, or error-code-override of a busyout.
Refusal refusal_of(const config::Config& config, const config::DialPeer& peer,
                   const dialplan::RouteRefusal& refused) {
    if (refused.cause == dialplan::kCauseBusyout)
        return {config::resolve_error_code(config, peer, "options-keepalive failure").value,
                refused.cause,
                {}};
    return {status_of_cause(config, refused.cause), refused.cause, {}};
}

}  // namespace

CallerIdentity identity_of(const SipMessage& invite, config::AssertedId preferred, bool trusted) {
    CallerIdentity identity;
    const std::string from = uri_of(invite, "From");
    identity.calling = dialplan::number_in_uri(from);
    identity.called = dialplan::number_in_uri(invite.request_uri);
    if (const auto address = NameAddr::parse(*invite.find("From")))
        identity.display = address->display;
    identity.asserted = identity.calling;
    identity.asserted_display = identity.display;
    identity.privacy = privacy_values(invite);
    identity.asks_privacy = asks_privacy(invite);
    identity.is_private = text::iequals(identity.calling, "anonymous") || identity.asks_privacy;
    if (!trusted) return identity;
    for (const auto& party : asserted_parties(invite, preferred, "calling")) {
        const std::string number = dialplan::number_in_uri(party.uri);
        if (number.empty()) continue;
        identity.asserted = number;
        identity.asserted_display = party.display;
        if (party.is_private) identity.is_private = identity.asks_privacy = true;
        break;
    }
    return identity;
}

dialplan::RouteQuery route_query(const SipMessage& invite) {
    dialplan::RouteQuery query;
    query.from_uri = uri_of(invite, "From");
    query.to_uri = uri_of(invite, "To");
    query.request_uri = invite.request_uri;
    query.calling.digits = dialplan::number_in_uri(query.from_uri);
    query.called.digits = dialplan::number_in_uri(query.request_uri);
    query.diversion_uri = uri_of(invite, "Diversion");
    query.redirecting.digits = dialplan::number_in_uri(query.diversion_uri);
    query.referred_by_uri = uri_of(invite, "Referred-By");
    if (const std::string* route = invite.find("x-cisco-dest-route-string"))
        query.route_string = text::trim(*route);
    // Via: SIP/2.0/UDP pc33.example.net:5066;branch=...
    if (const std::string* via = invite.find("Via")) {
        const auto elements = split_list(*via);
        const auto words = text::words(elements.empty() ? std::string_view(*via) : elements[0]);
        if (words.size() > 1) query.via_host = words[1].substr(0, words[1].find(';'));
    }
    return query;
}

std::optional<Endpoint> local_endpoint(
    const config::Config& config, SipTransport transport, const IpAddress& remote,
    const NetworkKnowledge& network,
    const std::vector<std::pair<SipTransport, Endpoint>>& listeners) {
    std::vector<Endpoint> fitting;
    for (const auto& [kind, endpoint] : listeners)
        if (kind == transport && endpoint.address.family == remote.family)
            fitting.push_back(endpoint);
    if (fitting.empty()) return std::nullopt;
    const auto by_address = [&](const IpAddress& address) {
        return std::find_if(fitting.begin(), fitting.end(),
                            [&](const Endpoint& e) { return e.address == address; });
    };
    const auto bound = config.interfaces.find(config.voice.sip.bind.control);
    if (bound != config.interfaces.end()) {
        for (const auto& prefix : bound->second.addresses)
            if (const auto it = by_address(prefix.address); it != fitting.end()) return *it;
    }
    if (!network.source_of) return fitting.front();
    const IpAddress source = network.source_of(remote);
    const auto it = by_address(source);
    if (it != fitting.end()) return *it;
    // A listener on all addresses sends from the one that the routing table chooses.
    if (fitting.front().address.is_unspecified() && source.is_set())
        fitting.front().address = source;
    return fitting.front();
}

CallSetup route_call(const IncomingRequest& invite, const TagOwner& owner,
                     const RoutingInput& input) {
    const SipMessage& message = invite.message;
    const config::ConfigPtr& config = input.plan.config();
    dialplan::RouteQuery query = route_query(message);
    query.inbound = input.inbound;
    query.voice_port =
        config::voice_port_of(config::voice_ports(*config), invite.path.remote.address);
    query.arrival = {invite.path.local, invite.path.transport == SipTransport::tls};
    const dialplan::Busyout busyout =
        input.busyout == nullptr ? dialplan::Busyout{} : *input.busyout;
    auto decision = dialplan::route(input.plan, query, input.random, input.usage, busyout);
    if (auto number = called_by_header(message, *config, peer_of(*config, decision))) {
        query.called.digits = *std::move(number);
        decision = dialplan::route(input.plan, query, input.random, input.usage, busyout);
    }
    const config::DialPeer& peer = peer_of(*config, decision);
    const CallerIdentity caller =
        identity_of(message, resolve(*config, peer, &config::SipOptions::asserted_id).value,
                    input.trusts_source);
    CallSetup setup;
    setup.id = owner.call;
    setup.config = config;
    setup.invite = invite;
    setup.invite.path.tcp_if_large = config::switches_large_requests(*config, peer);
    setup.local_tag = make_tag(owner, 0, input.random);
    setup.contact = contact_header(escape_user(caller.called), invite.path);
    const std::string* guid = message.find("Cisco-Guid");
    const auto parsed = guid == nullptr ? Result<Guid>() : Guid::parse(text::trim(*guid));
    // Spec N14: a well-formed one of a trusted peer is taken over; others do not come this far.
    const bool taken = guid != nullptr && parsed && parsed->is_set() && input.trusts_source;
    setup.guid = taken ? *parsed : input.random.guid();
    if (input.observer) input.observer(query, decision, setup.id, setup.guid);
    setup.caller.number = caller.is_private ? "anonymous" : caller.asserted;
    setup.caller.display = caller.is_private ? "" : caller.asserted_display;
    setup.caller.peer = invite.path.remote.address;
    setup.caller.dial_peer = peer.tag;
    if (const std::string* call_id = message.find("Call-ID")) setup.caller.sip_call_id = *call_id;
    setup.realm = leg_realm(*config, peer, invite.path.remote.address, input.network);
    setup.media_address = advertised(input.network, setup.realm);
    setup.codecs = codec_policy(*config, peer);
    setup.sdp_session = 1 + input.random.below(kSdpSessionRange);
    setup.seed = input.random.below(UINT64_MAX);
    setup.refusal = refusal_by_headers(invite, peer, input);
    if (!setup.refusal && input.bound) {
        constexpr int kCauseSubscriberAbsent = 20;  // Q.850
        if (*input.bound != nullptr)
            add_bound_route(**input.bound, caller, input, setup);
        else
            setup.refusal = Refusal{480, kCauseSubscriberAbsent, {}};
        return setup;
    }
    if (!setup.refusal && decision.refused)
        setup.refusal = refusal_of(*config, peer, *decision.refused);
    if (setup.refusal) return setup;
    add_routes(decision, caller, input, setup);
    if (setup.routes.empty())  // a peer that is gone
        setup.refusal = Refusal{dialplan::sip_from_q850(kCauseNoCircuit), kCauseNoCircuit, {}};
    return setup;
}

}  // namespace weir::signaling
