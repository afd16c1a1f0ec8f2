// SPDX-License-Identifier: Apache-2.0
// Reading and writing the kernel's neighbours over netlink.
#include "dataplane/route/kept_neighbours.hpp"

#include <span>
#include <utility>
#include <variant>

#include "config/base/limits.hpp"
#include "dataplane/route/netlink_message.hpp"
#include "dataplane/route/netlink_socket.hpp"

namespace weir::dataplane {
namespace {

// Not of a group, which the kernel makes by itself (NOARP), and not of the loopback.
[[nodiscard]] bool is_of_a_station(const Neighbour& neighbour) {
    constexpr std::uint8_t kGroup = 0x01;
    return neighbour.is_usable() && neighbour.mac != MacAddress{} &&
           (neighbour.mac[0] & kGroup) == 0;
}

void read_into(std::vector<Neighbour>& neighbours, DeviceIndex device,
               std::span<const std::uint8_t> bytes) {
    while (const auto message = next_message(bytes)) {
        const auto* update = std::get_if<NeighbourUpdate>(&message->update);
        if (update == nullptr || update->neighbour.at.device != device) continue;
        if (is_of_a_station(update->neighbour) && neighbours.size() < kMaxNeighbours)
            neighbours.push_back(update->neighbour);
    }
}

}  // namespace

KeptNeighbours KeptNeighbours::of(DeviceIndex device) {
    KeptNeighbours kept;
    auto socket = NetlinkSocket::open(NetlinkSocket::Groups::none, kNetlinkBuffer);
    if (!socket) return kept;
    for (const Dump family : {Dump::v4_neighbours, Dump::v6_neighbours}) {
        if (!socket->send(dump(family, socket->next_sequence()))) return kept;
        // Each reading makes the kernel write the next part, until there is none.
        for (auto received = socket->receive();
             received.kind == NetlinkSocket::Received::Kind::bytes; received = socket->receive())
            read_into(kept.neighbours_, device, received.bytes);
    }
    return kept;
}

void KeptNeighbours::put_back() {
    const auto neighbours = std::exchange(neighbours_, {});
    if (neighbours.empty()) return;
    auto socket = NetlinkSocket::open(NetlinkSocket::Groups::none, kNetlinkBuffer);
    if (!socket) return;
    for (const Neighbour& neighbour : neighbours)
        (void)socket->send(put_neighbour(neighbour, socket->next_sequence()));
}

}  // namespace weir::dataplane
