// SPDX-License-Identifier: Apache-2.0
// Destinations and origins of legs; see destination.hpp.
#include "signaling/call/destination.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "config/model/registration.hpp"
#include "config/model/resolve.hpp"
#include "config/model/voice_ports.hpp"
#include "dialplan/uri_text.hpp"
#include "signaling/call/dialog.hpp"
#include "signaling/call/sip_ports.hpp"

namespace weir::signaling {
namespace {

using Kind = config::SessionTarget::Kind;

std::string with_port(const std::string& host, std::uint16_t port) {
    return port == 0 ? host : host + ":" + std::to_string(port);
}

// A host and port as they were written: a name, or an address.
struct Place {
    std::string name;  // "" = `address`
    IpAddress address;
    std::uint16_t port = 0;  // 0 = none written
    [[nodiscard]] bool is_set() const { return !name.empty() || address.is_set(); }
};

Place place_of(std::string_view host, std::uint16_t port) {
    if (const auto address = IpAddress::parse(host)) return {"", *address, port};
    return {std::string(host), {}, port};
}

Place place_of(const config::SipHop& hop) {
    if (hop.kind == config::SipHop::Kind::address) return {"", hop.address, hop.port};
    if (hop.kind == config::SipHop::Kind::dns) return place_of(hop.host, hop.port);
    return {};
}

// Spec A.6: with the number in the place of $s$, $d$, $e$, $u$, where a call is there to give one.
std::string host_of(const Target& target) {
    const bool has_host = target.candidate != nullptr && !target.candidate->host.empty();
    return has_host ? target.candidate->host : target.peer.target.host;
}

// Spec G.5: the SIP gateway behind the port of a pots peer; none while the port is shut down.
Place gateway_of(const config::Config& config, const std::string& port) {
    const auto ports = config::voice_ports(config);
    const auto found = ports.find(port);
    if (found == ports.end() || found->second.shutdown) return {};
    return {"", found->second.gateway.address, found->second.gateway.port};
}

// `session target registrar`: the registrars of the tenant, else of sip-ua, the primary one first.
std::vector<Place> registrars_of(const Target& target) {
    std::vector<Place> places;
    for (const auto& registrar : config::registrars_of(target.config, target.peer, std::nullopt))
        places.push_back(place_of(registrar.hop));
    return places;
}

// What Request-URI and To name.
Place session_target(const Target& target) {
    if (target.peer.type == config::DialPeer::Type::pots)
        return gateway_of(target.config, target.peer.port);
    if (target.server != nullptr)
        return {"", target.server->server.address, target.server->server.port};
    const config::SessionTarget& session = target.peer.target;
    switch (session.kind) {
        case Kind::address:
            return {"", session.address, session.port};
        case Kind::dns:
            return place_of(host_of(target), session.port);
        case Kind::sip_server: {
            const auto server =
                config::resolve(target.config, target.peer, &config::SipOptions::sip_server);
            return place_of(server.value);
        }
        case Kind::registrar: {
            const auto places = registrars_of(target);
            return places.empty() ? Place{} : places.front();
        }
        case Kind::sip_uri: {
            const auto uri = target.invite == nullptr ? Result<SipUri>()
                                                      : SipUri::parse(target.invite->request_uri);
            if (target.invite == nullptr || !uri) return {};
            return place_of(uri->host, uri->port);
        }
        default:  // the other forms of A.6 name no address of SIP
            return {};
    }
}

// Spec A.6: outbound-proxy changes where a message goes, not what it says.
Place proxy_of(const Target& target) {
    return place_of(
        config::resolve(target.config, target.peer, &config::SipOptions::outbound_proxy).value);
}

Place next_place(const Target& target) {
    const Place proxy = proxy_of(target);
    return proxy.is_set() ? proxy : session_target(target);
}

// RFC 3263 4.3: an address that is out of service is not tried while others of the name live: it is
// the last resort of a call whose others have failed.
std::vector<Hop> in_service(std::vector<Hop> hops, const NetworkKnowledge& network) {
    if (network.is_down && hops.size() > 1)
        std::stable_partition(hops.begin(), hops.end(),
                              [&](const Hop& hop) { return !network.is_down(hop); });
    return hops;
}

std::vector<Hop> hops_to(const Place& place, const LegTransport& leg,
                         const NetworkKnowledge& network) {
    const std::uint16_t port = place.port == 0 ? default_port(leg.transport) : place.port;
    if (place.name.empty()) {
        if (!place.address.is_set()) return {};
        return {{leg.transport, Endpoint{place.address, 0, port}, ""}};
    }
    HopQuery query{place.name, place.port, std::nullopt};
    if (leg.is_chosen) query.transport = leg.transport;
    if (network.locate) return in_service(network.locate(query), network);
    const auto address = network.resolve ? network.resolve(place.name) : std::nullopt;
    if (!address) return {};
    return {{leg.transport, Endpoint{*address, 0, port}, place.name}};
}

Destination destination_at(const Place& named, const Target& target,
                           const NetworkKnowledge& network) {
    const LegTransport leg = leg_transport(target.config, target.peer);
    Destination made;
    const Place proxy = proxy_of(target);
    if (named.is_set()) made.hops = hops_to(proxy.is_set() ? proxy : named, leg, network);
    // The default port of UDP and TCP is not written; that of TLS is, as peers expect it.
    made.host = named.name.empty()
                    ? uri_host_port({named.address, 0,
                                     named.port == 0 ? default_port(leg.transport) : named.port})
                    : with_port(named.name, named.port);
    return made;
}

bool is_registrar(const Target& target) {
    return target.peer.target.kind == Kind::registrar && target.server == nullptr &&
           target.peer.type != config::DialPeer::Type::pots;
}

// One for each registrar. One that is left alone for now is the last resort, as an address of a
// name is.
std::vector<Destination> registrar_destinations(const Target& target,
                                                const NetworkKnowledge& network) {
    std::vector<Destination> made;
    for (const Place& place : registrars_of(target))
        made.push_back(destination_at(place, target, network));
    std::erase_if(made, [&](const Destination& each) { return each.hops.empty(); });
    if (network.is_down)
        std::stable_partition(made.begin(), made.end(), [&](const Destination& each) {
            return !network.is_down(each.hops.front());
        });
    return made;
}

bool is_enum(const Target& target) {
    return target.peer.target.kind == Kind::enum_table && target.candidate != nullptr &&
           target.server == nullptr;
}

// RFC 3261 26.2.2, 19.1.1: what a URI itself says of the transport comes before what the peer says.
LegTransport transport_of(const SipUri& uri, const LegTransport& leg) {
    const auto named = uri.parameter("transport");
    if (uri.scheme == "sips" || (named && text::iequals(*named, "tls")))
        return {SipTransport::tls, true};
    if (named && text::iequals(*named, "tcp")) return {SipTransport::tcp, true};
    if (named && text::iequals(*named, "udp")) return {SipTransport::udp, true};
    return leg;
}

// The URIs of the first question that has some (RFC 6116; the table's rules by preference).
std::vector<SipUri> enum_uris_of(const Target& target, const NetworkKnowledge& network) {
    std::vector<SipUri> uris;
    if (!network.records) return uris;
    for (const dialplan::EnumQuestion& question : target.candidate->enum_questions) {
        for (const auto& text :
             dialplan::enum_uris(question.number, network.records(question.name)))
            if (auto uri = SipUri::parse(text); uri && !uri->host.empty()) {
                uri->headers.clear();  // RFC 3261 19.1.1: not in a Request-URI
                uris.push_back(std::move(*uri));
            }
        if (!uris.empty()) break;
    }
    return uris;
}

Destination enum_destination(const SipUri& uri, const Target& target,
                             const NetworkKnowledge& network) {
    const LegTransport leg = transport_of(uri, leg_transport(target.config, target.peer));
    const Place proxy = proxy_of(target);
    Destination made;
    made.hops = hops_to(proxy.is_set() ? proxy : place_of(uri.host, uri.port), leg, network);
    made.host = with_port(uri.host, uri.port);
    made.uri = uri.to_string();
    return made;
}

// The address that a bind means for a family; unset without a bind.
IpAddress bound_address(const config::Config& config, const std::string& interface,
                        const std::optional<IpAddress>& named, Family family) {
    const auto found = config.interfaces.find(interface);
    if (found == config.interfaces.end()) return {};
    for (const Prefix& held : found->second.addresses)
        if (held.address.family == family && (!named || *named == held.address))
            return held.address;
    return {};
}

// The bind of the most specific level that has this kind.
const config::Bind& bind_of(const config::Config& config, const config::DialPeer& peer,
                            std::string config::Bind::*which) {
    if (!(peer.sip.bind.*which).empty()) return peer.sip.bind;
    const config::Tenant* tenant = config::tenant_of(config, peer);
    if (tenant != nullptr && !(tenant->sip.bind.*which).empty()) return tenant->sip.bind;
    return config.voice.sip.bind;
}

}  // namespace

LegTransport leg_transport(const config::Config& config, const config::DialPeer& peer) {
    const auto chosen = config::resolve_transport(config, peer);
    if (chosen.value.transport != config::Transport::tcp)
        return {SipTransport::udp, chosen.level != config::Level::built_in};
    return {chosen.value.tls ? SipTransport::tls : SipTransport::tcp, true};
}

std::optional<HopQuery> name_of(const Target& target) {
    const Place place = next_place(target);
    if (place.name.empty()) return std::nullopt;
    const LegTransport leg = leg_transport(target.config, target.peer);
    HopQuery query{place.name, place.port, std::nullopt};
    if (leg.is_chosen) query.transport = leg.transport;
    return query;
}

Destination destination_of(const Target& target, const NetworkKnowledge& network) {
    return destination_at(session_target(target), target, network);
}

std::vector<Destination> destinations_of(const Target& target, const NetworkKnowledge& network) {
    std::vector<Destination> made;
    if (is_enum(target))
        for (const SipUri& uri : enum_uris_of(target, network))
            made.push_back(enum_destination(uri, target, network));
    if (is_registrar(target)) made = registrar_destinations(target, network);
    if (made.empty()) made.push_back(destination_of(target, network));
    return made;
}

std::vector<HopQuery> unknown_names(const Target& target, const NetworkKnowledge& network) {
    std::vector<HopQuery> names;
    if (!network.is_known) return names;
    const auto add = [&](HopQuery query) {
        if (!network.is_known(query)) names.push_back(std::move(query));
    };
    if (!is_enum(target)) {
        if (auto name = name_of(target)) add(*std::move(name));
        return names;
    }
    for (const dialplan::EnumQuestion& question : target.candidate->enum_questions)
        add({question.name, 0, std::nullopt, true});
    if (!names.empty()) return names;
    if (auto proxy = name_of(target)) add(*std::move(proxy));
    for (const SipUri& uri : enum_uris_of(target, network)) {
        const LegTransport leg = transport_of(uri, leg_transport(target.config, target.peer));
        if (IpAddress::parse(uri.host) || proxy_of(target).is_set()) continue;
        add({uri.host, uri.port, leg.is_chosen ? std::optional(leg.transport) : std::nullopt});
    }
    return names;
}

std::optional<Endpoint> leg_endpoint(
    const config::Config& config, const config::DialPeer& peer, const Hop& hop,
    const NetworkKnowledge& network,
    const std::vector<std::pair<SipTransport, Endpoint>>& listeners) {
    const Family family = hop.endpoint.address.family;
    const config::Bind& bind = bind_of(config, peer, &config::Bind::control);
    const IpAddress bound = bound_address(
        config, bind.control, family == Family::v6 ? bind.control_v6 : bind.control_v4, family);
    const config::Tenant* tenant = config::tenant_of(config, peer);
    std::optional<std::uint16_t> port;
    if (tenant != nullptr)
        port = hop.transport == SipTransport::tls ? tenant->sip.listen_port_secure
                                                  : tenant->sip.listen_port;
    std::optional<Endpoint> fitting;
    for (const auto& [transport, endpoint] : listeners) {
        if (transport != hop.transport || endpoint.address != bound) continue;
        // Ports of tenants stand behind those of the node: without one of its own the first fits.
        if (port && endpoint.port == *port) return endpoint;
        if (!fitting) fitting = endpoint;
    }
    if (bound.is_set() && fitting) return fitting;
    return local_endpoint(config, hop.transport, hop.endpoint.address, network, listeners);
}

dataplane::RealmIndex leg_realm(const config::Config& config, const config::DialPeer& peer,
                                const IpAddress& party, const NetworkKnowledge& network) {
    const config::Bind& bind = bind_of(config, peer, &config::Bind::media);
    const bool is_own = &bind != &config.voice.sip.bind;
    const IpAddress bound =
        bound_address(config, bind.media,
                      party.family == Family::v6 ? bind.media_v6 : bind.media_v4, party.family);
    if (is_own && bound.is_set() && network.realm_at)
        if (const auto realm = network.realm_at(bound)) return *realm;
    return network.realm_of ? network.realm_of(config, party) : dataplane::RealmIndex{0};
}

std::uint32_t leg_tls_profile(const config::Config& config, const config::DialPeer& peer) {
    const config::Tenant* tenant = config::tenant_of(config, peer);
    return tenant == nullptr ? 0 : tenant->sip.tls_profile.value_or(0);
}

}  // namespace weir::signaling
