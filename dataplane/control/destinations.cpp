// SPDX-License-Identifier: Apache-2.0
// Users of a hop: acquire, release, linger; and the way to each destination.
#include "dataplane/control/destinations.hpp"

#include <algorithm>

namespace weir::dataplane {

Destinations::Destinations(std::vector<DestinationRealm> realms, KernelRoutes& routes,
                           NextHops& hops, const Clock& clock, Logger& logger)
    : realms_(std::move(realms)),
      routes_(routes),
      hops_(hops),
      clock_(clock),
      logger_(logger),
      destinations_(1) {}

HopIndex Destinations::acquire(RealmIndex realm, const IpAddress& address) {
    if (address.is_unspecified() || realm >= realms_.size()) return kNoHop;
    if (address.family != realms_[realm].address.family) return kNoHop;
    if (const auto known = by_address_.find({realm, address}); known != by_address_.end()) {
        Destination& destination = destinations_[known->second];
        if (destination.uses++ == 0) idle_.erase({destination.idle_until, known->second});
        return known->second;
    }
    const HopIndex hop = take_index();
    if (hop == kNoHop) return kNoHop;
    Destination& destination = destinations_[hop];
    destination = Destination{};
    destination.realm = realm;
    destination.address = address;
    destination.uses = 1;
    by_address_.emplace(Key{realm, address}, hop);
    find_way(hop);
    return hop;
}

void Destinations::release(HopIndex hop) {
    if (hop == kNoHop || hop >= destinations_.size()) return;
    Destination& destination = destinations_[hop];
    if (destination.uses == 0 || --destination.uses > 0) return;
    destination.idle_until = clock_.now() + kHopLinger;
    idle_.emplace(destination.idle_until, hop);
}

HopPair Destinations::acquire(RealmIndex realm, const Endpoint& rtp, const Endpoint& rtcp) {
    return {acquire(realm, rtp.address), acquire(realm, rtcp.address)};
}

void Destinations::release(HopPair& pair) {
    release(pair.rtp);
    release(pair.rtcp);
    pair = HopPair{};
}

HopIndex Destinations::take_index() {
    if (free_.empty() && destinations_.size() < hops_.size()) {
        destinations_.emplace_back();
        return static_cast<HopIndex>(destinations_.size() - 1);
    }
    // The longest unused one goes early rather than that a call has none.
    if (free_.empty() && !idle_.empty()) forget(idle_.begin()->second);
    if (free_.empty()) {
        ++counters_.refused;
        if (!is_full_told_)
            logger_.error("control.hops_full",
                          {{"destinations", by_address_.size()},
                           {"advice", "media to further addresses are dropped (no_neighbour)"}});
        is_full_told_ = true;
        return kNoHop;
    }
    const HopIndex hop = free_.back();
    free_.pop_back();
    return hop;
}

void Destinations::forget(HopIndex hop) {
    Destination& destination = destinations_[hop];
    detach(hop);
    idle_.erase({destination.idle_until, hop});
    by_address_.erase({destination.realm, destination.address});
    destination = Destination{};
    free_.push_back(hop);
    is_full_told_ = false;
}

DeviceIndex Destinations::device_of(RealmIndex realm) const {
    const auto& wanted = realms_[realm];
    if (wanted.device.empty()) return routes_.table().device_of(wanted.address);
    const Link* link = routes_.table().link(wanted.device);
    return link == nullptr ? kAnyDevice : link->device;
}

void Destinations::find_way(HopIndex hop) {
    Destination& destination = destinations_[hop];
    const DeviceIndex device = device_of(destination.realm);
    const auto way =
        device == kAnyDevice ? std::nullopt : routes_.next_hop(destination.address, device);
    const NextHop via = way.value_or(NextHop{});
    if (destination.is_looked_up && via == destination.via) return;
    detach(hop);
    destination.is_looked_up = true;
    destination.via = via;
    if (way) return attach(hop);
    ++counters_.unroutable;
    logger_.warning("control.no_route",
                    {{"destination", destination.address.to_string()},
                     {"from", realms_[destination.realm].address.to_string()},
                     {"advice",
                      "no route leads there by the realm's device: media to it are "
                      "dropped (no_neighbour)"}});
}

void Destinations::run_once() {
    if (is_reread_) read_again();
    look_again();
    free_idle();
    send_requests();
}

void Destinations::look_again() {
    for (std::size_t i = 0; i < kDestinationsPerTurn; ++i, ++next_look_) {
        if (next_look_ >= destinations_.size()) {
            next_look_ = is_look_wanted_ ? 0 : SIZE_MAX;
            is_look_wanted_ = false;
            if (next_look_ != 0) return;
        }
        if (destinations_[next_look_].address.is_set()) find_way(static_cast<HopIndex>(next_look_));
    }
}

void Destinations::free_idle() {
    const MonoTime now = clock_.now();
    while (!idle_.empty() && idle_.begin()->first <= now)
        forget(idle_.begin()->second);
}

}  // namespace weir::dataplane
