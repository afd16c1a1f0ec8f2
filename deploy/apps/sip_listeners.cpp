// SPDX-License-Identifier: Apache-2.0
// Where SIP listens: addresses of interfaces, ports of the node and of its tenants (spec A.13,
// N23).
#include "deploy/apps/sip_listeners.hpp"

#include <algorithm>
#include <set>

#include "config/model/registration.hpp"
#include "deploy/apps/node.hpp"

namespace weir::apps {
namespace {

using config::Config;
using config::Platform;

// The addresses of an interface that a bind means: all, or the one of a family that it names.
std::vector<IpAddress> bound_addresses(const Config& config, const config::Bind& bind) {
    std::vector<IpAddress> addresses;
    const auto found = config.interfaces.find(bind.control);
    if (found == config.interfaces.end() || found->second.shutdown) return addresses;
    for (const Prefix& held : found->second.addresses) {
        const auto& named = held.address.family == Family::v6 ? bind.control_v6 : bind.control_v4;
        if (!named || *named == held.address) addresses.push_back(held.address);
    }
    return addresses;
}

void add_once(std::vector<Endpoint>& endpoints, const IpAddress& address, std::uint16_t port) {
    const Endpoint endpoint{address, 0, port};
    // Port 0 is another port each time.
    if (port == 0 || std::find(endpoints.begin(), endpoints.end(), endpoint) == endpoints.end())
        endpoints.push_back(endpoint);
}

// Every bind of signalling but the global one: its address must be listened on, too, since
// requests from it name it in Via and Contact.
std::vector<const config::Bind*> other_binds(const Config& config) {
    std::vector<const config::Bind*> binds;
    for (const auto& [tag, tenant] : config.tenants)
        binds.push_back(&tenant.sip.bind);
    for (const auto& [tag, peer] : config.dial_peers)
        binds.push_back(&peer.sip.bind);
    std::erase_if(binds, [](const config::Bind* bind) { return bind->control.empty(); });
    return binds;
}

// The addresses of the node with the port of UDP and TCP.
std::vector<Endpoint> node_endpoints(const Config& config, const Platform& platform) {
    const std::uint16_t port = config.voice.sip.listen_port.value_or(platform.sip.port);
    std::vector<Endpoint> endpoints;
    const config::Bind& global = config.voice.sip.bind;
    bool has_interfaces = false;
    for (const auto& [name, interface] : config.interfaces) {
        if (interface.shutdown || interface.addresses.empty()) continue;
        has_interfaces = true;
        if (!global.control.empty()) continue;
        for (const Prefix& held : interface.addresses)
            add_once(endpoints, held.address, port);
    }
    for (const IpAddress& address : bound_addresses(config, global))
        add_once(endpoints, address, port);
    if (has_interfaces && !global.control.empty() && !endpoints.empty())
        for (const config::Bind* bind : other_binds(config))
            for (const IpAddress& address : bound_addresses(config, *bind))
                add_once(endpoints, address, port);
    return endpoints;
}

bool has_interfaces(const Config& config) {
    return std::any_of(config.interfaces.begin(), config.interfaces.end(), [](const auto& entry) {
        return !entry.second.shutdown && !entry.second.addresses.empty();
    });
}

// Spec A.13: the port of a tenant, on the interface that it is bound to.
void add_tenants(const Config& config, std::vector<config::SipListener>& listeners) {
    for (const auto& [tag, tenant] : config.tenants) {
        if (!tenant.sip.listen_port) continue;
        for (const IpAddress& address : bound_addresses(config, tenant.sip.bind))
            listeners.push_back({Endpoint{address, 0, *tenant.sip.listen_port}, true, true, {}});
    }
}

bool wants_tls(const Config& config) {
    const config::SipUa& ua = config.sip_ua;
    return ua.transport_tls || ua.crypto_default || !ua.crypto_by_address.empty();
}

}  // namespace

std::vector<config::SipListener> sip_listeners(const Config& config, const Platform& platform) {
    std::vector<config::SipListener> listeners;
    for (const Endpoint& endpoint : node_endpoints(config, platform))
        listeners.push_back({endpoint, true, true, {}});
    if (!has_interfaces(config)) {
        listeners = platform.sip.listen;
        for (config::SipListener& listener : listeners)
            if (config.voice.sip.listen_port)
                listener.endpoint.port = *config.voice.sip.listen_port;
        if (listeners.empty())
            for (const config::Realm& realm : platform.realms)
                listeners.push_back(
                    {Endpoint{realm.address, 0,
                              config.voice.sip.listen_port.value_or(platform.sip.port)},
                     true,
                     true,
                     {}});
    }
    add_tenants(config, listeners);
    for (config::SipListener& listener : listeners) {
        listener.udp = listener.udp && config.sip_ua.transport_udp;
        listener.tcp = listener.tcp && config.sip_ua.transport_tcp;
    }
    return listeners;
}

std::vector<signaling::TlsListener> tls_listeners(const Config& config, const Platform& platform) {
    std::vector<signaling::TlsListener> listeners;
    const auto secure_port = [&](std::uint16_t plain) {
        if (config.voice.sip.listen_port_secure) return *config.voice.sip.listen_port_secure;
        return static_cast<std::uint16_t>(plain == 0 ? 0 : plain + 1);
    };
    if (wants_tls(config)) {
        std::set<Endpoint> known;
        std::vector<Endpoint> plain = node_endpoints(config, platform);
        if (!has_interfaces(config))
            for (const config::SipListener& listener : sip_listeners(config, platform))
                plain.push_back(listener.endpoint);
        for (const Endpoint& endpoint : plain) {
            const Endpoint secure{endpoint.address, 0, secure_port(endpoint.port)};
            if (known.insert(secure).second) listeners.push_back({secure, 0});
        }
    }
    for (const auto& [tag, tenant] : config.tenants) {
        if (!tenant.sip.listen_port_secure) continue;
        for (const IpAddress& address : bound_addresses(config, tenant.sip.bind))
            listeners.push_back({Endpoint{address, 0, *tenant.sip.listen_port_secure},
                                 tenant.sip.tls_profile.value_or(0)});
    }
    return listeners;
}

std::set<Endpoint> registering_listeners(const Config& config,
                                         const std::vector<signaling::TlsListener>& listeners) {
    std::set<Endpoint> registering;
    std::set<Endpoint> of_tenants;
    for (const auto& [tag, tenant] : config.tenants) {
        if (!tenant.sip.listen_port_secure) continue;
        for (const IpAddress& address : bound_addresses(config, tenant.sip.bind)) {
            const Endpoint endpoint{address, 0, *tenant.sip.listen_port_secure};
            of_tenants.insert(endpoint);
            if (config::passes_registers(config, tag)) registering.insert(endpoint);
        }
    }
    if (config::passes_registers(config, std::nullopt))
        for (const auto& listener : listeners)
            if (!of_tenants.contains(listener.address)) registering.insert(listener.address);
    return registering;
}

}  // namespace weir::apps
