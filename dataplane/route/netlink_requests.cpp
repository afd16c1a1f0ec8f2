// SPDX-License-Identifier: Apache-2.0
// Building of rtnetlink requests with libmnl.
#include "dataplane/route/netlink_requests.hpp"

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace weir::dataplane {
namespace {

std::uint8_t family_of(const IpAddress& address) {
    return address.family == Family::v6 ? AF_INET6 : AF_INET;
}

std::size_t bytes_of(const IpAddress& address) {
    return address.family == Family::v6 ? 16 : 4;
}

std::uint8_t bits_of(const IpAddress& address) {
    return address.family == Family::v6 ? 128 : 32;
}

// A request in the making: header, fixed part, attributes.
class Builder {
public:
    Builder(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence)
        : header_(mnl_nlmsg_put_header(request_.buffer().data())) {
        header_->nlmsg_type = type;
        header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
        header_->nlmsg_seq = sequence;
    }
    // Zeroed.
    template <typename T>
    T& fixed() {
        return *static_cast<T*>(mnl_nlmsg_put_extra_header(header_, sizeof(T)));
    }
    void put(std::uint16_t type, const IpAddress& address) {
        mnl_attr_put(header_, type, bytes_of(address), address.bytes.data());
    }
    void put(std::uint16_t type, const MacAddress& mac) {
        mnl_attr_put(header_, type, mac.size(), mac.data());
    }
    void put(std::uint16_t type, std::uint32_t value) { mnl_attr_put_u32(header_, type, value); }
    NetlinkRequest finish() {
        request_.set_size(header_->nlmsg_len);
        return request_;
    }

private:
    NetlinkRequest request_;
    nlmsghdr* header_;
};

NetlinkRequest neighbour_request(std::uint16_t type, std::uint16_t flags, const NextHop& at,
                                 std::uint32_t sequence) {
    Builder builder(type, flags, sequence);
    auto& body = builder.fixed<ndmsg>();
    body.ndm_family = family_of(at.address);
    body.ndm_ifindex = static_cast<int>(at.device);
    // NONE and "use": the kernel takes its own way from there, by ARP or neighbour solicitation.
    body.ndm_flags = type == RTM_NEWNEIGH ? NTF_USE : 0;
    body.ndm_state = NUD_NONE;
    builder.put(NDA_DST, at.address);
    return builder.finish();
}

}  // namespace

NetlinkRequest dump(Dump what, std::uint32_t sequence) {
    const auto begin = [&](std::uint16_t type) { return Builder(type, NLM_F_DUMP, sequence); };
    const bool is_v4 = what == Dump::v4_routes || what == Dump::v4_neighbours;
    const std::uint8_t family = is_v4 ? AF_INET : AF_INET6;
    switch (what) {
        case Dump::links: {
            auto builder = begin(RTM_GETLINK);
            builder.fixed<ifinfomsg>();
            // Statistics of virtual functions would make the answer many times as long.
            builder.put(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
            return builder.finish();
        }
        case Dump::v4_routes:
        case Dump::v6_routes: {
            auto builder = begin(RTM_GETROUTE);
            builder.fixed<rtmsg>().rtm_family = family;
            builder.put(RTA_TABLE, RT_TABLE_MAIN);  // a filter where the kernel knows it
            return builder.finish();
        }
        case Dump::v4_neighbours:
        case Dump::v6_neighbours: {
            auto builder = begin(RTM_GETNEIGH);
            builder.fixed<ndmsg>().ndm_family = family;
            return builder.finish();
        }
        case Dump::addresses:
        case Dump::count_:
            break;
    }
    auto builder = begin(RTM_GETADDR);
    builder.fixed<ifaddrmsg>();
    return builder.finish();
}

NetlinkRequest get_route(const IpAddress& destination, DeviceIndex device, std::uint32_t sequence) {
    Builder builder(RTM_GETROUTE, 0, sequence);
    auto& body = builder.fixed<rtmsg>();
    body.rtm_family = family_of(destination);
    body.rtm_dst_len = bits_of(destination);
    // The route itself: else the kernel answers for a device without one that all is on its link.
    body.rtm_flags = RTM_F_FIB_MATCH;
    builder.put(RTA_DST, destination);
    if (device != kAnyDevice) builder.put(RTA_OIF, device);
    return builder.finish();
}

NetlinkRequest get_neighbour(const NextHop& at, std::uint32_t sequence) {
    return neighbour_request(RTM_GETNEIGH, 0, at, sequence);
}

NetlinkRequest use_neighbour(const NextHop& at, std::uint32_t sequence) {
    return neighbour_request(RTM_NEWNEIGH, NLM_F_CREATE, at, sequence);
}

NetlinkRequest put_neighbour(const Neighbour& neighbour, std::uint32_t sequence) {
    const bool is_permanent = neighbour.is_permanent;
    Builder builder(RTM_NEWNEIGH, NLM_F_CREATE | (is_permanent ? NLM_F_REPLACE : NLM_F_EXCL),
                    sequence);
    auto& body = builder.fixed<ndmsg>();
    body.ndm_family = family_of(neighbour.at.address);
    body.ndm_ifindex = static_cast<int>(neighbour.at.device);
    body.ndm_state = is_permanent ? NUD_PERMANENT : NUD_STALE;
    builder.put(NDA_DST, neighbour.at.address);
    builder.put(NDA_LLADDR, neighbour.mac);
    return builder.finish();
}

NetlinkRequest put_address(DeviceIndex device, const Prefix& address, std::uint32_t sequence) {
    Builder builder(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, sequence);
    auto& body = builder.fixed<ifaddrmsg>();
    body.ifa_family = family_of(address.address);
    body.ifa_prefixlen = address.length;
    body.ifa_scope = RT_SCOPE_UNIVERSE;
    // The realm is useful at once; who gives an address to two machines finds out otherwise.
    if (address.address.family == Family::v6) body.ifa_flags = IFA_F_NODAD;
    body.ifa_index = device;
    builder.put(IFA_LOCAL, address.address);
    builder.put(IFA_ADDRESS, address.address);
    return builder.finish();
}

}  // namespace weir::dataplane
