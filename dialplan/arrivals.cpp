// SPDX-License-Identifier: Apache-2.0
// Listen-ports and VRFs of a configuration.
#include "dialplan/arrivals.hpp"

#include <vector>

#include "config/model/resolve.hpp"

namespace weir::dialplan {
namespace {

using config::Config;

std::string vrf_of_interface(const Config& config, const std::string& name) {
    const auto found = config.interfaces.find(name);
    return found == config.interfaces.end() ? "" : found->second.vrf;
}

// The addresses on which a tenant listens; an unspecified one stands for all.
std::vector<IpAddress> addresses_of(const Config& config, const config::Tenant& tenant) {
    const config::Bind& own = tenant.sip.bind;
    const config::Bind& bind = own.control.empty() ? config.voice.sip.bind : own;
    const auto interface = config.interfaces.find(bind.control);
    if (interface == config.interfaces.end()) return {IpAddress{}};
    std::vector<IpAddress> addresses;
    for (const Prefix& held : interface->second.addresses) {
        const auto& chosen = held.address.family == Family::v4 ? bind.control_v4 : bind.control_v6;
        if (!chosen || *chosen == held.address) addresses.push_back(held.address);
    }
    return addresses;
}

}  // namespace

Arrivals::Arrivals(const Config& config) {
    for (const auto& [tag, tenant] : config.tenants)
        for (const bool secure : {false, true}) {
            const auto& port = secure ? tenant.sip.listen_port_secure : tenant.sip.listen_port;
            if (!port) continue;
            tenants_.insert(tag);
            for (const IpAddress& address : addresses_of(config, tenant))
                listeners_.emplace(Listener{address, *port, secure}, tag);
        }
    bool any = false;
    for (const auto& [name, interface] : config.interfaces) {
        any = any || !interface.vrf.empty();
        for (const Prefix& held : interface.addresses)
            vrf_by_address_[held.address] = interface.vrf;
    }
    if (!any) return;
    for (const auto& [name, interface] : config.interfaces)
        vrfs_.insert(interface.vrf);
}

std::optional<std::uint32_t> Arrivals::tenant_of(const Arrival& arrival) const {
    if (listeners_.empty() || arrival.local.port == 0) return std::nullopt;
    for (const IpAddress& address : {arrival.local.address, IpAddress{}}) {
        const auto found = listeners_.find({address, arrival.local.port, arrival.secure});
        if (found != listeners_.end()) return found->second;
    }
    return std::nullopt;
}

std::optional<std::string> Arrivals::vrf_of(const Arrival& arrival) const {
    if (vrfs_.empty()) return std::nullopt;
    const auto found = vrf_by_address_.find(arrival.local.address);
    return found == vrf_by_address_.end() ? std::nullopt : std::optional(found->second);
}

std::string vrf_of_peer(const Config& config, const config::DialPeer& peer) {
    return vrf_of_interface(config,
                            config::resolve_bind(config, peer, &config::Bind::control).value);
}

}  // namespace weir::dialplan
