// SPDX-License-Identifier: Apache-2.0
// The monitor's news go to the destinations.
#include "dataplane/control/link_watch.hpp"

#include <utility>

namespace weir::dataplane {

Result<std::unique_ptr<LinkWatch>> LinkWatch::start(std::vector<DestinationRealm> realms,
                                                    NextHops& hops, const Clock& clock,
                                                    Logger& logger) {
    auto monitor = NetlinkMonitor::start({}, clock, logger);
    if (!monitor) return fail(monitor.error().within("the next hops of media"));
    return std::unique_ptr<LinkWatch>(
        new LinkWatch(std::move(*monitor), std::move(realms), hops, clock, logger));
}

LinkWatch::LinkWatch(std::unique_ptr<NetlinkMonitor> monitor, std::vector<DestinationRealm> realms,
                     NextHops& hops, const Clock& clock, Logger& logger)
    : monitor_(std::move(monitor)),
      destinations_(std::move(realms), *monitor_, hops, clock, logger) {
    RouteListener listener;
    listener.routes_changed = [this] { destinations_.on_routes_changed(); };
    listener.reread = [this] { destinations_.on_reread(); };
    listener.link_changed = [this](const Link& link) {
        if (!link.is_up) has_lost_link_ = true;
        destinations_.on_link(link);
    };
    listener.neighbour_changed = [this](const Neighbour& news) {
        destinations_.on_neighbour(news);
    };
    monitor_->listen(std::move(listener));
}

void LinkWatch::read_news() {
    monitor_->run_once();
}

void LinkWatch::run_once() {
    destinations_.run_once();
}

bool LinkWatch::take_lost_link() {
    return std::exchange(has_lost_link_, false);
}

}  // namespace weir::dataplane
