// SPDX-License-Identifier: Apache-2.0
// CallTable: limits that dial-peers share: tenants and interfaces (spec J.2).
#include <utility>

#include "signaling/call/call_table.hpp"
#include "signaling/call/side.hpp"

namespace weir::signaling {
// Takes the leg's place at its interface and its tenant, or says why there is none. The interface
// of the caller's leg has been asked before there was a call (refuses()).
std::optional<GateRefusal> CallTable::take_shared(Entry& entry, const SharedLeg& leg) {
    const SharedLimits::Place* other = leg.side == Side::b ? &entry.places[0] : nullptr;
    SharedLimits::Place place = edge_.shared.place_of(leg.local, leg.peer.tenant, leg.kbps, other);
    std::optional<GateRefusal> refused;
    if (!leg.exempt && leg.side == Side::b) {
        refused =
            edge_.gate.interface_refuses(place.interface, edge_.shared.use_of(place.interface));
    }
    if (!leg.exempt && !refused)
        refused = edge_.shared.tenant_refuses(place, parts_.loop.clock().now());
    if (refused) {
        edge_.gate.note(refused->reason);
        const config::Config& config = *plan_->config();
        if (refused->q850_cause == kCauseResourceUnavailable)
            refused->status =
                config::resolve_error_code(config, leg.peer, "call spike failure").value;
        if (refused->q850_cause == kCauseQosUnavailable)
            refused->status =
                config::resolve_error_code(config, leg.peer, "cac-bandwidth failure").value;
        return refused;
    }
    // A transfer takes a second place while the first is still held.
    release_shared(entry, leg.side);
    entry.places[index(leg.side)] = std::move(place);
    edge_.shared.take(entry.places[index(leg.side)]);
    show_interface(entry.places[index(leg.side)].interface);
    return std::nullopt;
}

void CallTable::release_shared(Entry& entry, Side side) {
    SharedLimits::Place& place = entry.places[index(side)];
    const std::string interface = place.interface;
    edge_.shared.release(place);
    show_interface(interface);
}

void CallTable::measure_shared(Entry& entry, Side side, std::uint32_t kbps) {
    SharedLimits::Place& place = entry.places[index(side)];
    edge_.shared.set_kbps(place, kbps);
    show_interface(place.interface);
}

// Whether the shared limits have room for the leg to grow to `kbps` in mid-call.
bool CallTable::shared_fits(const Entry& entry, Side side, std::uint32_t kbps) const {
    const SharedLimits::Place& place = entry.places[index(side)];
    if (kbps <= place.kbps) return true;
    const std::uint32_t more = kbps - place.kbps;
    const std::uint64_t whole = edge_.shared.use_of(place.interface).kbps + more;
    return edge_.shared.fits(place, more) && edge_.gate.interface_fits(place.interface, whole);
}

void CallTable::show_interface(const std::string& interface) {
    if (!interface.empty()) edge_.gate.set_interface(interface, edge_.shared.use_of(interface));
}

}  // namespace weir::signaling
