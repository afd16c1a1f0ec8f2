// SPDX-License-Identifier: Apache-2.0
// KernelRoutes: what the rest of weir-media asks the kernel about the way to a destination. Behind
// it are the NetlinkMonitor and, in tests, a table.
#pragma once

#include <functional>
#include <optional>

#include "dataplane/route/route_table.hpp"

namespace weir::dataplane {

// What a listener is told; called from NetlinkMonitor::run_once.
struct RouteListener {
    // Routes, addresses or devices changed: ask for the way again.
    std::function<void()> routes_changed;
    // Everything was read anew: any answer may be another, those about neighbours too.
    std::function<void()> reread;
    // The neighbour as it is now. One that the kernel forgot without having found it silent is not
    // reported as failed but as unresolved.
    std::function<void(const Neighbour&)> neighbour_changed;
    std::function<void(const Link&)> link_changed;  // gone: is_up is false and mtu 0
};

// Thread: control.
class KernelRoutes {
public:
    virtual ~KernelRoutes() = default;

    [[nodiscard]] virtual const RouteTable& table() const = 0;
    // The way to `destination` by `device` (not kAnyDevice): the table's answer, or, where the
    // table could not keep all routes, the kernel's own. Never waits.
    [[nodiscard]] virtual std::optional<NextHop> next_hop(const IpAddress& destination,
                                                          DeviceIndex device) = 0;
    // Likewise. Nothing: the kernel does not know it.
    [[nodiscard]] virtual std::optional<Neighbour> neighbour(const NextHop& at) = 0;
    // Makes the kernel ask for the neighbour's MAC address, or confirm it. `source`: an address of
    // ours on that device; `attempt`: how often this was asked before without an answer. The answer
    // comes as RouteListener::neighbour_changed.
    virtual void resolve(const NextHop& at, const IpAddress& source, unsigned attempt) = 0;
};

}  // namespace weir::dataplane
