// SPDX-License-Identifier: Apache-2.0
// Reading of rtnetlink messages (rtnetlink(7)), attribute by attribute.
#include "dataplane/route/netlink_message.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

namespace weir::dataplane {
namespace {

// The bytes of an attribute or message behind its fixed header.
using Bytes = std::span<const std::uint8_t>;

// Attributes by type, the last of a type counts; types above the array's size are not ours.
template <std::size_t Types>
using Attributes = std::array<Bytes, Types>;

constexpr std::size_t aligned(std::size_t bytes) {
    return MNL_ALIGN(bytes);
}

// A copy, since nothing in a buffer from outside is known to be aligned.
template <typename T>
std::optional<T> take(Bytes bytes) {
    if (bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

template <std::size_t Types>
Attributes<Types> attributes_of(Bytes bytes) {
    Attributes<Types> found{};
    while (const auto header = take<nlattr>(bytes)) {
        if (header->nla_len < sizeof(nlattr) || header->nla_len > bytes.size()) break;
        const auto type = static_cast<std::size_t>(header->nla_type & NLA_TYPE_MASK);
        if (type < Types)
            found[type] = bytes.subspan(sizeof(nlattr), header->nla_len - sizeof(nlattr));
        bytes = bytes.subspan(std::min(bytes.size(), aligned(header->nla_len)));
    }
    return found;
}

std::optional<IpAddress> address_of(Bytes bytes, int family) {
    IpAddress address;
    const std::size_t length = family == AF_INET ? 4 : 16;
    if ((family != AF_INET && family != AF_INET6) || bytes.size() != length) return std::nullopt;
    address.family = family == AF_INET ? Family::v4 : Family::v6;
    std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
    return address;
}

std::optional<MacAddress> mac_of(Bytes bytes) {
    MacAddress mac{};
    if (bytes.size() != mac.size()) return std::nullopt;  // not Ethernet
    std::copy(bytes.begin(), bytes.end(), mac.begin());
    return mac;
}

template <std::size_t Types>
IpAddress gateway_of(const Attributes<Types>& attributes, int family) {
    if (const auto gateway = address_of(attributes[RTA_GATEWAY], family)) return *gateway;
    // RTA_VIA: a gateway of the other family (RFC 5549): two bytes of family, then the address.
    const Bytes via = attributes[RTA_VIA];
    const auto via_family = take<std::uint16_t>(via);
    if (!via_family) return {};
    return address_of(via.subspan(sizeof(*via_family)), *via_family).value_or(IpAddress{});
}

bool is_path_usable(unsigned flags) {
    return (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN | RTNH_F_UNRESOLVED)) == 0;
}

std::vector<RoutePath> multipath_of(Bytes bytes, int family) {
    std::vector<RoutePath> paths;
    while (const auto next = take<rtnexthop>(bytes)) {
        if (next->rtnh_len < sizeof(rtnexthop) || next->rtnh_len > bytes.size()) break;
        if (paths.size() >= kMaxRoutePaths) break;
        const auto inside = attributes_of<RTA_MAX + 1>(
            bytes.subspan(sizeof(rtnexthop), next->rtnh_len - sizeof(rtnexthop)));
        paths.push_back(RoutePath{static_cast<DeviceIndex>(next->rtnh_ifindex),
                                  gateway_of(inside, family), is_path_usable(next->rtnh_flags)});
        bytes = bytes.subspan(std::min(bytes.size(), aligned(next->rtnh_len)));
    }
    return paths;
}

std::vector<RoutePath> paths_of(const rtmsg& route, const Attributes<RTA_MAX + 1>& found) {
    auto paths = multipath_of(found[RTA_MULTIPATH], route.rtm_family);
    if (const auto device = take<std::uint32_t>(found[RTA_OIF]))
        paths.push_back(RoutePath{*device, gateway_of(found, route.rtm_family),
                                  is_path_usable(route.rtm_flags)});
    return paths;
}

NetlinkUpdate read_route(Bytes body, bool is_removed, bool is_replace) {
    const auto header = take<rtmsg>(body);
    if (!header || (header->rtm_family != AF_INET && header->rtm_family != AF_INET6)) return {};
    // Routes of a class of service are not ours; cloned ones are the kernel's cache.
    if (header->rtm_tos != 0 || (header->rtm_flags & RTM_F_CLONED) != 0) return {};
    const auto found = attributes_of<RTA_MAX + 1>(body.subspan(aligned(sizeof(rtmsg))));
    const std::uint32_t table = take<std::uint32_t>(found[RTA_TABLE]).value_or(header->rtm_table);
    if (table != RT_TABLE_MAIN) return {};

    RouteUpdate update;
    update.change = is_removed   ? RouteUpdate::Change::remove
                    : is_replace ? RouteUpdate::Change::replace
                                 : RouteUpdate::Change::add;
    const int family = header->rtm_family;
    IpAddress any;
    any.family = family == AF_INET ? Family::v4 : Family::v6;
    const auto destination = address_of(found[RTA_DST], family);
    if (!destination && header->rtm_dst_len != 0) return {};
    if (header->rtm_dst_len > (family == AF_INET ? 32 : 128)) return {};
    update.route.destination = Prefix{destination.value_or(any), header->rtm_dst_len};
    update.route.metric = take<std::uint32_t>(found[RTA_PRIORITY]).value_or(0);
    if (header->rtm_type == RTN_UNREACHABLE || header->rtm_type == RTN_BLACKHOLE ||
        header->rtm_type == RTN_PROHIBIT)
        return update;
    if (header->rtm_type != RTN_UNICAST) return {};
    update.route.paths = paths_of(*header, found);
    if (update.route.paths.empty()) return {};  // it would read as unreachable
    return update;
}

NeighbourState state_of(unsigned nud) {
    if ((nud & (NUD_REACHABLE | NUD_PERMANENT | NUD_NOARP)) != 0) return NeighbourState::reachable;
    if ((nud & NUD_STALE) != 0) return NeighbourState::stale;
    if ((nud & (NUD_DELAY | NUD_PROBE)) != 0) return NeighbourState::probing;
    return (nud & NUD_FAILED) != 0 ? NeighbourState::failed : NeighbourState::unresolved;
}

NetlinkUpdate read_neighbour(Bytes body, bool is_removed) {
    const auto header = take<ndmsg>(body);
    if (!header || (header->ndm_flags & NTF_PROXY) != 0) return {};
    const auto found = attributes_of<NDA_MAX + 1>(body.subspan(aligned(sizeof(ndmsg))));
    // Also of bridges' forwarding entries (AF_BRIDGE): they have no address of IP.
    const auto address = address_of(found[NDA_DST], header->ndm_family);
    if (!address || header->ndm_ifindex <= 0) return {};
    NeighbourUpdate update;
    update.is_removed = is_removed;
    update.neighbour.at = {static_cast<DeviceIndex>(header->ndm_ifindex), *address};
    update.neighbour.state = state_of(header->ndm_state);
    update.neighbour.is_permanent = (header->ndm_state & NUD_PERMANENT) != 0;
    const auto mac = mac_of(found[NDA_LLADDR]);
    if (mac)
        update.neighbour.mac = *mac;
    else if (update.neighbour.is_usable())
        update.neighbour.state = NeighbourState::unresolved;
    return update;
}

NetlinkUpdate read_link(Bytes body, bool is_removed) {
    const auto header = take<ifinfomsg>(body);
    // AF_BRIDGE: a port joined or left a bridge; the device itself is still there.
    if (!header || header->ifi_family != AF_UNSPEC || header->ifi_index <= 0) return {};
    const auto found = attributes_of<IFLA_MAX + 1>(body.subspan(aligned(sizeof(ifinfomsg))));
    LinkUpdate update;
    update.is_removed = is_removed;
    update.link.device = static_cast<DeviceIndex>(header->ifi_index);
    const Bytes name = found[IFLA_IFNAME];
    const auto end = std::find(name.begin(), name.end(), std::uint8_t{0});
    if (end - name.begin() >= IFNAMSIZ) return {};
    update.link.name.assign(name.begin(), end);
    update.link.mac = mac_of(found[IFLA_ADDRESS]).value_or(MacAddress{});
    update.link.mtu = take<std::uint32_t>(found[IFLA_MTU]).value_or(0);
    constexpr unsigned kUp = IFF_UP | IFF_RUNNING;
    update.link.is_up = !is_removed && (header->ifi_flags & kUp) == kUp;
    return update;
}

NetlinkUpdate read_address(Bytes body, bool is_removed) {
    const auto header = take<ifaddrmsg>(body);
    if (!header || header->ifa_index == 0) return {};
    const auto found = attributes_of<IFA_MAX + 1>(body.subspan(aligned(sizeof(ifaddrmsg))));
    // Of a point-to-point link IFA_ADDRESS is the peer's, and ours is IFA_LOCAL.
    const Bytes ours = found[IFA_LOCAL].empty() ? found[IFA_ADDRESS] : found[IFA_LOCAL];
    const auto address = address_of(ours, header->ifa_family);
    if (!address || header->ifa_prefixlen > (header->ifa_family == AF_INET ? 32 : 128)) return {};
    return AddressUpdate{is_removed, header->ifa_index, Prefix{*address, header->ifa_prefixlen}};
}

NetlinkUpdate read_update(const nlmsghdr& header, Bytes body) {
    switch (header.nlmsg_type) {
        case RTM_NEWROUTE:
            return read_route(body, false, (header.nlmsg_flags & NLM_F_REPLACE) != 0);
        case RTM_DELROUTE:
            return read_route(body, true, false);
        case RTM_NEWNEIGH:
            return read_neighbour(body, false);
        case RTM_DELNEIGH:
            return read_neighbour(body, true);
        case RTM_NEWLINK:
            return read_link(body, false);
        case RTM_DELLINK:
            return read_link(body, true);
        case RTM_NEWADDR:
            return read_address(body, false);
        case RTM_DELADDR:
            return read_address(body, true);
        default:
            return {};
    }
}

}  // namespace

std::optional<NetlinkMessage> next_message(std::span<const std::uint8_t>& bytes) {
    const auto header = take<nlmsghdr>(bytes);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > bytes.size()) {
        bytes = {};
        return std::nullopt;
    }
    const Bytes body = bytes.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
    bytes = bytes.subspan(std::min(bytes.size(), aligned(header->nlmsg_len)));

    NetlinkMessage message;
    message.sequence = header->nlmsg_seq;
    message.is_interrupted = (header->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
        // Both begin with an errno, negative (NLMSG_DONE: since Linux 5.x, else nothing).
        const int error = take<std::int32_t>(body).value_or(0);
        message.end = NetlinkEnd{error < 0 && error > -4096 ? -error : 0, message.is_interrupted};
    } else {
        message.update = read_update(*header, body);
    }
    return message;
}

std::optional<NextHop> read_route_answer(std::span<const std::uint8_t> bytes,
                                         std::uint32_t sequence, const NextHop& wanted) {
    const auto header = take<nlmsghdr>(bytes);
    if (!header || header->nlmsg_len > bytes.size() || header->nlmsg_seq != sequence ||
        header->nlmsg_type != RTM_NEWROUTE || header->nlmsg_len < sizeof(nlmsghdr) + sizeof(rtmsg))
        return std::nullopt;
    const Bytes body = bytes.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
    const auto route = take<rtmsg>(body);
    if (!route || route->rtm_type != RTN_UNICAST) return std::nullopt;
    // In whatever table the rules of this machine found it.
    const auto paths =
        paths_of(*route, attributes_of<RTA_MAX + 1>(body.subspan(aligned(sizeof(rtmsg)))));
    const RoutePath* best = nullptr;
    for (const auto& path : paths) {
        if (wanted.device != kAnyDevice && path.device != wanted.device) continue;
        if (best == nullptr || (path.is_usable && !best->is_usable)) best = &path;
    }
    if (best == nullptr) return std::nullopt;
    return NextHop{best->device, best->gateway.is_set() ? best->gateway : wanted.address};
}

}  // namespace weir::dataplane
