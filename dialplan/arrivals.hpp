// SPDX-License-Identifier: Apache-2.0
// Which peers the place of arrival lets a call match: VRF and listen-port (spec A.7, A.13).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "config/base/address.hpp"
#include "config/model/config.hpp"

namespace weir::dialplan {

// Our end of the connection on which the request came; without an address it is not known, and no
// peer is left out for its VRF or for a tenant's listen-port.
struct Arrival {
    Endpoint local;
    bool secure = false;  // over TLS
    bool operator==(const Arrival&) const = default;
};

// Compiled from the interfaces and the tenants of a configuration; immutable. Thread: any.
class Arrivals {
public:
    Arrivals() = default;
    explicit Arrivals(const config::Config& config);

    // The tenant on whose listen-port the call came. A tenant without an interface of its own (bind
    // control, else the global one) listens on every address.
    [[nodiscard]] std::optional<std::uint32_t> tenant_of(const Arrival& arrival) const;
    // The VRF of the interface that has the address, "" = the global table; none = not to be told:
    // the address is no interface's, or no interface has a VRF.
    [[nodiscard]] std::optional<std::string> vrf_of(const Arrival& arrival) const;

    [[nodiscard]] const std::set<std::string>& vrfs() const { return vrfs_; }
    [[nodiscard]] const std::set<std::uint32_t>& tenants() const { return tenants_; }

private:
    // Address (unspecified = every one), port, secure.
    using Listener = std::tuple<IpAddress, std::uint16_t, bool>;

    std::map<Listener, std::uint32_t> listeners_;
    std::map<IpAddress, std::string> vrf_by_address_;
    std::set<std::string> vrfs_;  // of interfaces, with "" for those without; empty = no VRF at all
    std::set<std::uint32_t> tenants_;
};

// The VRF of the interface of a peer's bind control: its own, its tenant's, the global one.
[[nodiscard]] std::string vrf_of_peer(const config::Config& config, const config::DialPeer& peer);

}  // namespace weir::dialplan
