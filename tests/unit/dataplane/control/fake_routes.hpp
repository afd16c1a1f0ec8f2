// SPDX-License-Identifier: Apache-2.0
// KernelRoutes without a kernel: a table that the test fills, and the requests that it was asked.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/route/kernel_routes.hpp"

namespace weir::tests {

class FakeRoutes final : public dataplane::KernelRoutes {
public:
    struct Request {
        dataplane::NextHop at;
        IpAddress source;
        unsigned attempt = 0;
    };

    // eth1 (number 4) with 192.0.2.1/24, 2001:db8::1/64 and a default route.
    FakeRoutes() {
        changes.set(dataplane::Link{kDevice, "eth1", {}, 1500, true});
        changes.add_address(kDevice, *Prefix::parse("192.0.2.1/24"));
        changes.add_address(kDevice, *Prefix::parse("2001:db8::1/64"));
        add_route("192.0.2.0/24", "");
        add_route("2001:db8::/64", "");
        add_route("0.0.0.0/0", "192.0.2.254");
    }
    void add_route(const std::string& prefix, const std::string& gateway) {
        changes.add(route(prefix, gateway));
    }
    void remove_route(const std::string& prefix, const std::string& gateway) {
        ASSERT_TRUE(changes.remove(route(prefix, gateway)));
    }
    static dataplane::Neighbour neighbour(const std::string& address, std::uint8_t mac,
                                          dataplane::NeighbourState state) {
        return {{kDevice, *IpAddress::parse(address)}, {2, 0, 0, 0, 0, mac}, state};
    }

    [[nodiscard]] const dataplane::RouteTable& table() const override { return changes; }
    [[nodiscard]] std::optional<dataplane::NextHop> next_hop(
        const IpAddress& destination, dataplane::DeviceIndex device) override {
        ++lookups;
        return changes.next_hop(destination, device);
    }
    [[nodiscard]] std::optional<dataplane::Neighbour> neighbour(
        const dataplane::NextHop& at) override {
        const auto* known = changes.neighbour(at);
        return known == nullptr ? std::nullopt : std::optional(*known);
    }
    void resolve(const dataplane::NextHop& at, const IpAddress& source, unsigned attempt) override {
        requests.push_back({at, source, attempt});
    }

    static constexpr dataplane::DeviceIndex kDevice = 4;
    dataplane::RouteTable changes;
    std::vector<Request> requests;
    std::size_t lookups = 0;

private:
    static dataplane::Route route(const std::string& prefix, const std::string& gateway) {
        dataplane::Route route;
        route.destination = *Prefix::parse(prefix);
        dataplane::RoutePath path;
        path.device = kDevice;
        if (!gateway.empty()) path.gateway = *IpAddress::parse(gateway);
        route.paths.push_back(path);
        return route;
    }
};

}  // namespace weir::tests
