// SPDX-License-Identifier: Apache-2.0
// Reads netlink's list of devices with checks of every length (linux/rtnetlink.h).
#include "dataplane/host/link_message.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

namespace weir::dataplane {
namespace {

constexpr std::size_t aligned(std::size_t bytes) {
    return (bytes + 3) & ~std::size_t{3};
}

template <typename Value>
Value read_as(ByteSpan bytes) {
    Value value{};
    if (bytes.size() >= sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

// Calls `each` with type and value of every attribute.
template <typename Each>
void for_each_attribute(ByteSpan bytes, Each each) {
    while (bytes.size() >= sizeof(rtattr)) {
        const auto header = read_as<rtattr>(bytes);
        if (header.rta_len < sizeof(rtattr) || header.rta_len > bytes.size()) return;
        each(header.rta_type & NLA_TYPE_MASK,
             bytes.subspan(sizeof(rtattr), header.rta_len - sizeof(rtattr)));
        bytes = bytes.subspan(std::min(bytes.size(), aligned(header.rta_len)));
    }
}

std::string text_of(ByteSpan bytes) {
    const char* begin = reinterpret_cast<const char*>(bytes.data());
    return std::string(begin, ::strnlen(begin, bytes.size()));
}

// In generic and native mode alike; several at once (driver, generic, offload): the last one.
std::uint32_t xdp_program_of(ByteSpan nested) {
    std::uint32_t id = 0;
    for_each_attribute(nested, [&](unsigned type, ByteSpan value) {
        const bool is_id = type == IFLA_XDP_PROG_ID || type == IFLA_XDP_DRV_PROG_ID ||
                           type == IFLA_XDP_SKB_PROG_ID || type == IFLA_XDP_HW_PROG_ID;
        if (is_id && read_as<std::uint32_t>(value) != 0) id = read_as<std::uint32_t>(value);
    });
    return id;
}

DeviceFacts device_of(const ifinfomsg& info, ByteSpan attributes) {
    DeviceFacts device;
    device.index = static_cast<unsigned>(info.ifi_index);
    device.is_up = (info.ifi_flags & IFF_UP) != 0;
    device.has_carrier = (info.ifi_flags & IFF_LOWER_UP) != 0;
    device.is_loopback = (info.ifi_flags & IFF_LOOPBACK) != 0;
    for_each_attribute(attributes, [&](unsigned type, ByteSpan value) {
        if (type == IFLA_IFNAME) device.name = text_of(value);
        if (type == IFLA_MTU) device.mtu = read_as<std::uint32_t>(value);
        if (type == IFLA_LINK) device.peer = read_as<std::uint32_t>(value);
        if (type == IFLA_LINK_NETNSID) device.is_peer_elsewhere = true;
        if (type == IFLA_XDP)
            if (const std::uint32_t id = xdp_program_of(value))
                device.xdp = XdpProgram{id, "", false};
        if (type == IFLA_LINKINFO)
            for_each_attribute(value, [&](unsigned inner, ByteSpan kind) {
                if (inner == IFLA_INFO_KIND) device.is_tap = text_of(kind) == "tun";
            });
    });
    return device;
}

}  // namespace

LinkMessages parse_links(ByteSpan datagram) {
    LinkMessages messages;
    while (datagram.size() >= sizeof(nlmsghdr)) {
        const auto header = read_as<nlmsghdr>(datagram);
        if (header.nlmsg_len < sizeof(nlmsghdr) || header.nlmsg_len > datagram.size()) break;
        if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
            messages.is_last = true;
            break;
        }
        const ByteSpan body =
            datagram.subspan(sizeof(nlmsghdr), header.nlmsg_len - sizeof(nlmsghdr));
        if (header.nlmsg_type == RTM_NEWLINK && body.size() >= sizeof(ifinfomsg)) {
            DeviceFacts device =
                device_of(read_as<ifinfomsg>(body), body.subspan(sizeof(ifinfomsg)));
            if (!device.name.empty()) messages.devices.push_back(std::move(device));
        }
        datagram = datagram.subspan(std::min(datagram.size(), aligned(header.nlmsg_len)));
    }
    return messages;
}

}  // namespace weir::dataplane
