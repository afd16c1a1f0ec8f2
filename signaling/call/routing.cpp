// SPDX-License-Identifier: Apache-2.0
// Routing: header values of the new leg, peers to routes, addresses and realms.
#include "signaling/call/routing.hpp"

#include <algorithm>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "dialplan/cause.hpp"
#include "dialplan/uri_text.hpp"
#include "signaling/edge/codec_choice.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint16_t kSipPort = 5060;
constexpr std::uint64_t kSdpSessionRange = 10'000;  // spec B.4: small random integers

std::string uri_of(const SipMessage& message, std::string_view header) {
    const std::string* value = message.find(header);
    const auto address = value == nullptr ? Result<NameAddr>() : NameAddr::parse(*value);
    return value != nullptr && address ? address->uri : std::string();
}

// RFC 3261 25.1: what may stand in a user part as it is.
std::string escape_user(std::string_view user) {
    constexpr std::string_view kPlain = "-_.!~*'()&=+$,;?/";
    std::string text;
    for (const char c : user) {
        const auto byte = static_cast<unsigned char>(c);
        const bool alphanumeric = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                                  (byte >= 'A' && byte <= 'Z');
        if (alphanumeric || kPlain.find(c) != std::string_view::npos) {
            text.push_back(c);
            continue;
        }
        constexpr std::string_view kHex = "0123456789ABCDEF";
        text += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    return text;
}

// "sip:100@192.0.2.1"; without a user the host alone.
std::string sip_uri(std::string_view user, std::string_view host) {
    return "sip:" + (user.empty() ? std::string() : escape_user(user) + "@") + std::string(host);
}

std::string name_addr(const std::string& display, const std::string& uri) {
    NameAddr address;
    address.display = display;
    address.uri = uri;
    return address.to_string();
}

SipTransport transport_of(const config::Config& config, const config::DialPeer& peer) {
    const auto chosen = peer.transport == config::Transport::system ? config.voice.session_transport
                                                                    : peer.transport;
    return chosen == config::Transport::tcp ? SipTransport::tcp : SipTransport::udp;
}

// One candidate, or one server of its group.
struct Choice {
    const config::DialPeer& peer;
    const dialplan::RouteCandidate& candidate;
    const dialplan::ServerChoice* server = nullptr;  // null = the session target
};

// The session target as an address; none: a name that is not known (now).
std::optional<Endpoint> target_of(const Choice& choice, const NetworkKnowledge& network) {
    Endpoint endpoint;
    if (choice.server != nullptr) {
        endpoint.address = choice.server->server.address;
        endpoint.port = choice.server->server.port == 0 ? kSipPort : choice.server->server.port;
        return endpoint;
    }
    const config::DialPeer& peer = choice.peer;
    endpoint.port = peer.target.port == 0 ? kSipPort : peer.target.port;
    switch (peer.target.kind) {
        case config::SessionTarget::Kind::address:
            endpoint.address = peer.target.address;
            return endpoint;
        case config::SessionTarget::Kind::dns: {
            const auto address = network.resolve ? network.resolve(peer.target.host) : std::nullopt;
            if (!address) return std::nullopt;
            endpoint.address = *address;
            return endpoint;
        }
        default:  // the other forms of A.6 are not resolved here
            return std::nullopt;
    }
}

std::string target_host(const Choice& choice, const Endpoint& target) {
    const config::DialPeer& peer = choice.peer;
    if (choice.server != nullptr || peer.target.kind != config::SessionTarget::Kind::dns)
        return uri_host_port(target);
    if (peer.target.port == 0) return peer.target.host;
    return peer.target.host + ":" + std::to_string(peer.target.port);
}

dataplane::RealmIndex realm_toward(const config::Config& config, const NetworkKnowledge& network,
                                   const IpAddress& party) {
    return network.realm_of ? network.realm_of(config, party) : dataplane::RealmIndex{0};
}

IpAddress advertised(const NetworkKnowledge& network, dataplane::RealmIndex realm) {
    return network.advertised ? network.advertised(realm) : IpAddress{};
}

std::vector<Header> identity_headers(const CallerIdentity& caller, const std::string& host) {
    const std::string uri = sip_uri(caller.asserted, host);
    const std::string value =
        name_addr(caller.asserted_display, uri) +
        ";party=calling;screen=yes;privacy=" + (caller.is_private ? "full" : "off");
    return {{"Remote-Party-ID", value}};
}

// The redirecting number goes on with its reason; with address-hiding under our host (spec B.2).
std::optional<Header> diversion_header(const CallSetup& setup, const std::string& number,
                                       const std::string& host) {
    const std::string* value = setup.invite.message.find("Diversion");
    const auto elements = value == nullptr ? std::vector<std::string_view>() : split_list(*value);
    auto address = elements.empty() ? Result<NameAddr>() : NameAddr::parse(elements[0]);
    if (elements.empty() || !address) return std::nullopt;
    const bool hidden = setup.config->voice.address_hiding;
    if (hidden || number != dialplan::number_in_uri(address->uri)) {
        const std::string_view theirs = dialplan::split_uri(address->uri).host;
        address->uri = sip_uri(number, hidden || theirs.empty() ? std::string_view(host) : theirs);
    }
    return Header{"Diversion", address->to_string()};
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
    const auto target = target_of(choice, input.network);
    const SipTransport transport = transport_of(config, choice.peer);
    const auto local =
        target ? local_endpoint(config, transport, target->address, input.network, input.listeners)
               : std::nullopt;
    if (!target || !local) {
        route.reachable = false;
        return route;
    }
    route.party.peer = target->address;
    route.realm = realm_toward(config, input.network, target->address);
    route.media_address = advertised(input.network, route.realm);
    const std::string host = uri_host(local->address);
    const std::string remote_uri = sip_uri(caller.called, target_host(choice, *target));
    const TagOwner owner = *owner_of_tag(setup.local_tag);
    DialogStart& dialog = route.dialog;
    dialog.path = {transport, *local, *target};
    dialog.call_id = make_call_id(owner, local->address, input.random);
    dialog.local_tag = make_tag(owner, leg, input.random);
    dialog.local = caller.is_private ? name_addr("Anonymous", sip_uri("anonymous", host))
                                     : name_addr(caller.display, sip_uri(caller.calling, host));
    dialog.remote_target = remote_uri;
    if (transport == SipTransport::tcp) dialog.remote_target += ";transport=tcp";
    dialog.remote = "<" + remote_uri + ">";
    dialog.contact =
        contact_header(escape_user(caller.is_private ? "anonymous" : caller.calling), dialog.path);
    route.party.sip_call_id = dialog.call_id;
    route.identity = identity_headers(caller, host);
    if (auto diversion = diversion_header(setup, choice.candidate.redirecting, host))
        route.identity.push_back(*std::move(diversion));
    return route;
}

// A route for each candidate, or for each server of its group, in hunting order.
void add_routes(const dialplan::RouteDecision& decision, const CallerIdentity& caller,
                const RoutingInput& input, CallSetup& setup) {
    unsigned leg = 0;
    for (const auto& candidate : decision.candidates) {
        const config::DialPeer* peer = setup.config->find_peer(candidate.match.peer);
        // Pots trunks do not exist yet: their candidates are passed over.
        if (peer == nullptr || peer->type == config::DialPeer::Type::pots) continue;
        std::vector<const dialplan::ServerChoice*> servers;
        for (const auto& server : candidate.servers)
            servers.push_back(&server);
        if (servers.empty()) servers.push_back(nullptr);
        for (const auto* server : servers) {
            if (setup.routes.size() == kMaxHuntAttempts) return;
            setup.routes.push_back(
                make_route({*peer, candidate, server}, setup, ++leg, caller, input));
        }
        setup.recordable =
            setup.recordable ||
            (input.wants_media && input.wants_media(setup.caller.dial_peer, peer->tag));
    }
}

}  // namespace

CallerIdentity identity_of(const SipMessage& invite) {
    CallerIdentity identity;
    const std::string from = uri_of(invite, "From");
    identity.calling = dialplan::number_in_uri(from);
    identity.called = dialplan::number_in_uri(invite.request_uri);
    if (const auto address = NameAddr::parse(*invite.find("From")))
        identity.display = address->display;
    identity.asserted = identity.calling;
    identity.asserted_display = identity.display;
    identity.asks_privacy = invite.lists("Privacy", "id") || invite.lists("Privacy", "user");
    identity.is_private = text::iequals(identity.calling, "anonymous") || identity.asks_privacy;
    for (const std::string_view header : {"Remote-Party-ID", "P-Asserted-Identity"}) {
        const std::string* value = invite.find(header);
        const auto elements =
            value == nullptr ? std::vector<std::string_view>() : split_list(*value);
        const auto address = elements.empty() ? Result<NameAddr>() : NameAddr::parse(elements[0]);
        if (elements.empty() || !address) continue;
        const auto party = address->parameter("party");
        const std::string number = dialplan::number_in_uri(address->uri);
        if ((party && !text::iequals(*party, "calling")) || number.empty()) continue;
        identity.asserted = number;
        identity.asserted_display = address->display;
        const auto privacy = address->parameter("privacy");
        if (privacy && !text::iequals(*privacy, "off"))
            identity.is_private = identity.asks_privacy = true;
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

sdp::CodecPolicy codec_policy(const config::Config& config, const config::DialPeer& peer) {
    sdp::CodecPolicy policy;
    for (const auto codec : configured_codecs(config, peer)) {
        if (codec == config::Codec::transparent) {
            policy.transparent = true;
            continue;
        }
        const auto& info = config::codec_info(codec);
        const sdp::AllowedCodec allowed{info.encoding, info.clock_rate};
        if (std::find(policy.codecs.begin(), policy.codecs.end(), allowed) == policy.codecs.end())
            policy.codecs.push_back(allowed);
    }
    policy.telephone_event =
        std::any_of(peer.dtmf_relay.begin(), peer.dtmf_relay.end(), [](config::DtmfRelay relay) {
            return relay == config::DtmfRelay::rtp_nte ||
                   relay == config::DtmfRelay::rtp_nte_digit_drop;
        });
    policy.comfort_noise = peer.vad;
    return policy;
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
    const CallerIdentity caller = identity_of(message);
    const dialplan::RouteQuery query = route_query(message);
    const auto decision = dialplan::route(input.plan, query, input.random, input.usage);
    const config::DialPeer* found = config->find_peer(decision.inbound.peer);
    const config::DialPeer& peer = found == nullptr ? config::default_dial_peer() : *found;
    CallSetup setup;
    setup.id = owner.call;
    setup.config = config;
    setup.invite = invite;
    setup.local_tag = make_tag(owner, 0, input.random);
    setup.contact = contact_header(escape_user(caller.called), invite.path);
    const std::string* guid = message.find("Cisco-Guid");
    const auto parsed = guid == nullptr ? Result<Guid>() : Guid::parse(text::trim(*guid));
    // Spec N14: a well-formed one of a trusted peer is taken over; others do not come this far.
    setup.guid = guid != nullptr && parsed && parsed->is_set() ? *parsed : input.random.guid();
    if (input.observer) input.observer(query, decision, setup.id, setup.guid);
    setup.caller.number = caller.is_private ? "anonymous" : caller.asserted;
    setup.caller.display = caller.is_private ? "" : caller.asserted_display;
    setup.caller.peer = invite.path.remote.address;
    setup.caller.dial_peer = peer.tag;
    if (const std::string* call_id = message.find("Call-ID")) setup.caller.sip_call_id = *call_id;
    setup.realm = realm_toward(*config, input.network, invite.path.remote.address);
    setup.media_address = advertised(input.network, setup.realm);
    setup.codecs = codec_policy(*config, peer);
    setup.sdp_session = 1 + input.random.below(kSdpSessionRange);
    setup.seed = input.random.below(UINT64_MAX);
    if (decision.refused) {
        setup.refusal = Refusal{decision.refused->sip, decision.refused->cause, {}};
        return setup;
    }
    add_routes(decision, caller, input, setup);
    if (setup.routes.empty())  // pots candidates only
        setup.refusal = Refusal{dialplan::sip_from_q850(kCauseNoCircuit), kCauseNoCircuit, {}};
    return setup;
}

}  // namespace weir::signaling
