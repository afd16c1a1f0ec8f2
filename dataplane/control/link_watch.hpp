// SPDX-License-Identifier: Apache-2.0
// LinkWatch: the framed modes' eye on the kernel's network: the monitor of routes and neighbours
// and the destinations that live by it, as one thing that the control loop serves.
#pragma once

#include <memory>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "dataplane/control/destinations.hpp"
#include "dataplane/route/netlink_monitor.hpp"

namespace weir::dataplane {

// Thread: control.
class LinkWatch {
public:
    // Reads the kernel's tables before it returns. Index of `realms` = RealmIndex; `hops`, `clock`
    // and `logger` outlive it. Errors: of NetlinkMonitor::start.
    [[nodiscard]] static Result<std::unique_ptr<LinkWatch>> start(
        std::vector<DestinationRealm> realms, NextHops& hops, const Clock& clock, Logger& logger);
    LinkWatch(const LinkWatch&) = delete;
    LinkWatch& operator=(const LinkWatch&) = delete;

    [[nodiscard]] Destinations& destinations() { return destinations_; }
    [[nodiscard]] NetlinkMonitor& routes() { return *monitor_; }

    // For poll(): readable when the kernel has news.
    [[nodiscard]] int fd() const { return monitor_->fd(); }
    // Both to be called in every turn of the loop, and at least every kDevicePoll while destinations
    // are in use. Bounded, never wait. What the kernel has said of routes and neighbours:
    void read_news();
    // What follows from it and from time.
    void run_once();
    // True: the kernel has said since the last call that a device is down or gone. Whoever sends by
    // one should look at his.
    [[nodiscard]] bool take_lost_link();

private:
    LinkWatch(std::unique_ptr<NetlinkMonitor> monitor, std::vector<DestinationRealm> realms,
              NextHops& hops, const Clock& clock, Logger& logger);

    std::unique_ptr<NetlinkMonitor> monitor_;
    Destinations destinations_;
    bool has_lost_link_ = false;
};

}  // namespace weir::dataplane
