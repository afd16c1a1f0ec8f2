// SPDX-License-Identifier: Apache-2.0
// Netlink messages from anybody: read as the kernel's, and applied to a small table.
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "dataplane/route/netlink_message.hpp"

using namespace weir;
using namespace weir::dataplane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    RouteTable table(64, 64);
    const IpAddress somebody = IpAddress::v4(192, 0, 2, 1);
    std::span<const std::uint8_t> bytes(data, size);
    (void)read_route_answer(bytes, 0, {0, somebody});
    while (const auto message = next_message(bytes)) {
        if (const auto* route = std::get_if<RouteUpdate>(&message->update)) {
            if (route->change == RouteUpdate::Change::add) table.add(route->route);
            if (route->change == RouteUpdate::Change::replace) table.replace(route->route);
            if (route->change == RouteUpdate::Change::remove) (void)table.remove(route->route);
        }
        if (const auto* neighbour = std::get_if<NeighbourUpdate>(&message->update))
            table.set(neighbour->neighbour);
        if (const auto* link = std::get_if<LinkUpdate>(&message->update)) table.set(link->link);
        if (const auto* address = std::get_if<AddressUpdate>(&message->update))
            table.add_address(address->device, address->address);
        (void)table.next_hop(somebody, 1);
    }
    return 0;
}
