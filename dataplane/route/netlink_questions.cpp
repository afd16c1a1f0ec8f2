// SPDX-License-Identifier: Apache-2.0
// What NetlinkMonitor asks of the kernel for one destination: the way, the neighbour, a resolution.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "config/base/socket_address.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/route/netlink_monitor.hpp"

namespace weir::dataplane {

std::optional<NextHop> NetlinkMonitor::next_hop(const IpAddress& destination, DeviceIndex device) {
    const auto found = table_.next_hop(destination, device);
    // A route that was left out may be longer than the one that was found.
    if (table_.has_all_routes()) return found;
    ++counters_.asked;
    const auto sequence = questions_.next_sequence();
    if (!questions_.send(get_route(destination, device, sequence))) return found;
    for (;;) {
        const auto received = questions_.receive();
        if (received.kind != NetlinkSocket::Received::Kind::bytes) return std::nullopt;
        auto bytes = received.bytes;
        const auto message = next_message(bytes);
        // Anything else is a late answer to an earlier question.
        if (!message || message->sequence != sequence) continue;
        return read_route_answer(received.bytes, sequence, {device, destination});
    }
}

std::optional<Neighbour> NetlinkMonitor::neighbour(const NextHop& at) {
    if (const Neighbour* known = table_.neighbour(at)) return *known;
    if (table_.has_all_neighbours()) return std::nullopt;
    ++counters_.asked;
    const auto sequence = questions_.next_sequence();
    if (!questions_.send(get_neighbour(at, sequence))) return std::nullopt;
    for (;;) {
        const auto received = questions_.receive();
        if (received.kind != NetlinkSocket::Received::Kind::bytes) return std::nullopt;
        auto bytes = received.bytes;
        const auto message = next_message(bytes);
        if (!message || message->sequence != sequence) continue;
        const auto* update = std::get_if<NeighbourUpdate>(&message->update);
        if (update == nullptr || update->neighbour.at != at) return std::nullopt;
        return update->neighbour;
    }
}

void NetlinkMonitor::resolve(const NextHop& at, const IpAddress& source, unsigned attempt) {
    if (!is_use_denied_ && !events_.send(use_neighbour(at, events_.next_sequence())))
        ++counters_.refused;
    // The kernel's own solicitation of IPv6 goes out from a link-local address only.
    const bool is_mute = at.address.family == Family::v6 && !table_.has_link_local(at.device);
    constexpr unsigned kEvery = 3;
    if (is_use_denied_ || is_mute || attempt % kEvery == kEvery - 1) send_discard(at, source);
}

void NetlinkMonitor::request_refused(int error_number) {
    if (error_number == 0) return;
    ++counters_.refused;
    if (error_number == EPERM && !is_use_denied_) {
        is_use_denied_ = true;
        logger_.warning("route.resolution_denied",
                        {{"advice",
                          "weir-media needs CAP_NET_ADMIN to ask for neighbours; it "
                          "sends them datagrams to the discard port instead"}});
    }
    if (error_number == ENOBUFS)
        logger_.warning("route.neighbours_full",
                        {{"advice",
                          "the kernel's neighbour table is full: raise "
                          "net.ipv4.neigh.default.gc_thresh3 (and net.ipv6)"}});
}

// A packet of ours that goes nowhere makes the kernel find the way for it.
void NetlinkMonitor::send_discard(const NextHop& at, const IpAddress& source) {
    constexpr std::uint16_t kDiscardPort = 9;
    const bool is_v6 = at.address.family == Family::v6;
    const UniqueFd fd(
        ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return;
    SocketAddress from{};
    Endpoint ours;
    ours.address = source;
    // A gateway of the other family cannot be sent to from the realm's address.
    if (source.family == at.address.family)
        (void)::bind(fd.get(), &from.generic, to_socket_address(ours, from));
    if (const Link* link = table_.link(at.device)) {
        (void)::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, link->name.c_str(),
                           static_cast<socklen_t>(link->name.size()));
    }
    const int on_link = 1;
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_DONTROUTE, &on_link, sizeof(on_link));
    Endpoint neighbour;
    neighbour.address = at.address;
    neighbour.port = kDiscardPort;
    SocketAddress to{};
    const auto length = to_socket_address(neighbour, to);
    if (is_v6) to.v6.sin6_scope_id = at.device;
    (void)::sendto(fd.get(), "", 0, MSG_DONTWAIT, &to.generic, length);
}

}  // namespace weir::dataplane
