// SPDX-License-Identifier: Apache-2.0
// SharedLimits: what the calls of several dial-peers share: the interfaces of ours that their legs
// use (call threshold interface) and their tenants (max-conn, max-bandwidth and call spike of voice
// class tenant; spec J.2). Pure; thread: sip.
//
// A call counts once for each interface and for each tenant that it touches, with the bandwidth of
// each leg there. Bounded by the configuration.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/model/call_limits.hpp"
#include "signaling/edge/call_gate.hpp"
#include "signaling/edge/spike_window.hpp"

namespace weir::signaling {

class SharedLimits {
public:
    // What a leg holds; given back as it was taken.
    struct Place {
        std::string interface;      // of its signalling, if it is watched; "" = none
        std::uint32_t tenant = 0;   // 0 = none, or one without limits
        bool in_interface = false;  // counts as a call of the interface
        bool in_tenant = false;     // and of the tenant
        std::uint32_t kbps = 0;
    };
    struct TenantRow {
        std::uint32_t tenant = 0;
        config::TenantLimit limit;
        std::uint32_t calls = 0;
        std::uint64_t kbps = 0;
        std::uint64_t refused = 0;
    };

    // Counts stay; spike windows of limits that have not changed go on.
    void configure(const config::Config& config);

    // The place that a leg would take; `other`: that of the call's other leg, or null.
    [[nodiscard]] Place place_of(const IpAddress& local, std::optional<std::uint32_t> tenant,
                                 std::uint32_t kbps, const Place* other) const;
    // Asks the tenant; nothing is taken yet, but for a place in its spike window.
    [[nodiscard]] std::optional<GateRefusal> tenant_refuses(const Place& place, MonoTime now);
    void take(const Place& place);
    void release(Place& place);  // and empties it
    void set_kbps(Place& place, std::uint32_t kbps);

    // The watched interface that has an address of ours; "" = none.
    [[nodiscard]] std::string interface_at(const IpAddress& local) const;
    [[nodiscard]] InterfaceUse use_of(const std::string& interface) const;
    // Whether there is room for a leg that grows to `kbps` in mid-call (its tenant's
    // max-bandwidth).
    [[nodiscard]] bool fits(const Place& place, std::uint32_t kbps) const;
    [[nodiscard]] std::vector<TenantRow> tenants() const;

private:
    struct Tenant {
        config::TenantLimit limit;
        std::optional<SpikeWindow> spike;
        std::uint32_t calls = 0;
        std::uint64_t kbps = 0;
        std::uint64_t refused = 0;
    };
    std::map<IpAddress, std::string> names_;  // of addresses of watched interfaces
    std::map<std::string, InterfaceUse> uses_;
    std::map<std::uint32_t, Tenant> tenants_;  // with limits, or calls from when they had some
};

}  // namespace weir::signaling
