// SPDX-License-Identifier: Apache-2.0
// Counts of interfaces and tenants.
#include "signaling/edge/shared_limits.hpp"

#include <algorithm>
#include <utility>

#include "config/base/interface_name.hpp"

namespace weir::signaling {
namespace {

// Q.850: no circuit, quality of service not available, resource unavailable.
constexpr GateRefusal kNoPlace{GateReason::tenant, 503, 34};
constexpr GateRefusal kNoBandwidth{GateReason::tenant, 488, 49};
constexpr GateRefusal kTooFast{GateReason::tenant, 503, 47};

}  // namespace

void SharedLimits::configure(const config::Config& config) {
    const config::CallLimits limits = config::call_limits(config);
    names_.clear();
    for (const auto& [name, interface] : config.interfaces) {
        const auto watched = std::find_if(limits.interfaces.begin(), limits.interfaces.end(),
                                          [&, &of = name](const auto& each) {
                                              return config::same_interface(each.interface, of);
                                          });
        if (watched == limits.interfaces.end()) continue;
        for (const Prefix& held : interface.addresses)
            names_[held.address] = watched->interface;
    }
    for (auto& [tag, tenant] : tenants_)
        if (!limits.tenants.contains(tag)) tenant.limit = {};
    for (const auto& [tag, limit] : limits.tenants) {
        Tenant& tenant = tenants_[tag];
        if (!limit.spike)
            tenant.spike.reset();
        else if (!tenant.spike || tenant.spike->limit() != *limit.spike)
            tenant.spike.emplace(*limit.spike);
        tenant.limit = limit;
    }
    std::erase_if(tenants_, [&](const auto& entry) {
        return !limits.tenants.contains(entry.first) && entry.second.calls == 0 &&
               entry.second.kbps == 0;
    });
}

SharedLimits::Place SharedLimits::place_of(const IpAddress& local,
                                           std::optional<std::uint32_t> tenant, std::uint32_t kbps,
                                           const Place* other) const {
    Place place;
    place.kbps = kbps;
    place.interface = interface_at(local);
    place.in_interface =
        !place.interface.empty() && (other == nullptr || other->interface != place.interface);
    if (tenant && tenants_.contains(*tenant)) place.tenant = *tenant;
    place.in_tenant = place.tenant != 0 && (other == nullptr || other->tenant != place.tenant);
    return place;
}

std::optional<GateRefusal> SharedLimits::tenant_refuses(const Place& place, MonoTime now) {
    const auto found = tenants_.find(place.tenant);
    if (found == tenants_.end()) return std::nullopt;
    Tenant& tenant = found->second;
    const auto refuse = [&](const GateRefusal& why) {
        ++tenant.refused;
        return why;
    };
    if (place.in_tenant && tenant.limit.max_conn && tenant.calls >= *tenant.limit.max_conn)
        return refuse(kNoPlace);
    if (!fits(place, place.kbps)) return refuse(kNoBandwidth);
    if (place.in_tenant && tenant.spike && !tenant.spike->try_take(now)) return refuse(kTooFast);
    return std::nullopt;
}

bool SharedLimits::fits(const Place& place, std::uint32_t kbps) const {
    const auto found = tenants_.find(place.tenant);
    if (found == tenants_.end() || !found->second.limit.max_bandwidth) return true;
    return found->second.kbps + kbps <= *found->second.limit.max_bandwidth;
}

void SharedLimits::take(const Place& place) {
    if (!place.interface.empty()) {
        InterfaceUse& use = uses_[place.interface];
        if (place.in_interface) ++use.calls;
        use.kbps += place.kbps;
    }
    if (place.tenant == 0) return;
    Tenant& tenant = tenants_[place.tenant];
    if (place.in_tenant) ++tenant.calls;
    tenant.kbps += place.kbps;
}

void SharedLimits::release(Place& held) {
    const Place place = std::exchange(held, {});
    if (const auto found = uses_.find(place.interface); found != uses_.end()) {
        InterfaceUse& use = found->second;
        if (place.in_interface) --use.calls;
        use.kbps -= place.kbps;
        if (use.calls == 0 && use.kbps == 0) uses_.erase(found);
    }
    if (const auto found = tenants_.find(place.tenant); found != tenants_.end()) {
        if (place.in_tenant) --found->second.calls;
        found->second.kbps -= place.kbps;
    }
}

void SharedLimits::set_kbps(Place& place, std::uint32_t kbps) {
    if (!place.interface.empty()) {
        InterfaceUse& use = uses_[place.interface];
        use.kbps = use.kbps - place.kbps + kbps;
    }
    if (const auto found = tenants_.find(place.tenant); found != tenants_.end())
        found->second.kbps = found->second.kbps - place.kbps + kbps;
    place.kbps = kbps;
}

std::string SharedLimits::interface_at(const IpAddress& local) const {
    const auto found = names_.find(local);
    return found == names_.end() ? std::string() : found->second;
}

InterfaceUse SharedLimits::use_of(const std::string& interface) const {
    const auto found = uses_.find(interface);
    return found == uses_.end() ? InterfaceUse{} : found->second;
}

std::vector<SharedLimits::TenantRow> SharedLimits::tenants() const {
    std::vector<TenantRow> rows;
    for (const auto& [tag, tenant] : tenants_)
        rows.push_back({tag, tenant.limit, tenant.calls, tenant.kbps, tenant.refused});
    return rows;
}

}  // namespace weir::signaling
