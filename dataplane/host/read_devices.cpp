// SPDX-License-Identifier: Apache-2.0
// Network devices of this network namespace: netlink tells all but driver and queues, which ethtool
// tells. /sys is not asked: it may show another namespace.
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "config/base/socket_address.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/host/host_limits.hpp"
#include "dataplane/host/link_message.hpp"
#include "dataplane/host/read_parts.hpp"

namespace weir::dataplane {
namespace {

bool ethtool(int fd, const std::string& device, void* request) {
    ifreq question{};
    std::strncpy(question.ifr_name, device.c_str(), sizeof question.ifr_name - 1);
    question.ifr_data = static_cast<char*>(request);
    return ::ioctl(fd, SIOCETHTOOL, &question) == 0;
}

void read_driver(int fd, DeviceFacts& device) {
    ethtool_drvinfo driver{};
    driver.cmd = ETHTOOL_GDRVINFO;
    if (ethtool(fd, device.name, &driver))
        device.driver = std::string(driver.driver, ::strnlen(driver.driver, sizeof driver.driver));
    ethtool_channels channels{};
    channels.cmd = ETHTOOL_GCHANNELS;
    if (ethtool(fd, device.name, &channels) && channels.rx_count + channels.combined_count > 0) {
        device.rx_queues = channels.combined_count + channels.rx_count;
        device.queue_pairs =
            channels.combined_count + std::min(channels.rx_count, channels.tx_count);
    }
    device.is_tap = device.is_tap || device.driver == "tun";
}

Result<void> ask_for_links(int fd) {
    struct {
        nlmsghdr header;
        ifinfomsg body;
    } request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = RTM_GETLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.body.ifi_family = AF_UNSPEC;
    if (::send(fd, &request, sizeof request, 0) != static_cast<ssize_t>(sizeof request))
        return fail_errno("cannot ask netlink for the network devices", errno);
    return {};
}

Result<void> read_links(MachineFacts& facts) {
    const UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!fd.is_open()) return fail_errno("cannot open a netlink socket", errno);
    WEIR_TRY(ask_for_links(fd.get()));
    std::vector<std::uint8_t> buffer(kNetlinkBytes);
    bool is_last = false;
    while (!is_last) {
        const ssize_t size = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return fail_errno("cannot read the network devices from netlink", errno);
        const LinkMessages messages = parse_links({buffer.data(), static_cast<std::size_t>(size)});
        for (const DeviceFacts& device : messages.devices)
            if (facts.devices.size() < kMaxDevicesSeen) facts.devices.push_back(device);
        is_last = messages.is_last;
    }
    return {};
}

std::uint8_t prefix_length(const sockaddr* mask) {
    if (mask == nullptr) return 0;
    int bits = 0;
    SocketAddress copy{};
    std::memcpy(&copy, mask, mask->sa_family == AF_INET6 ? sizeof copy.v6 : sizeof copy.v4);
    for (const std::uint8_t byte : to_endpoint(copy).address.bytes)
        bits += std::popcount(byte);
    return static_cast<std::uint8_t>(bits);
}

Result<void> read_addresses(MachineFacts& facts) {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return fail_errno("cannot list this machine's addresses", errno);
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> guard(list, &::freeifaddrs);
    for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr) continue;
        const auto family = entry->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        SocketAddress address{};
        std::memcpy(&address, entry->ifa_addr,
                    family == AF_INET6 ? sizeof address.v6 : sizeof address.v4);
        facts.addresses.push_back({entry->ifa_name, to_endpoint(address).address,
                                   prefix_length(entry->ifa_netmask),
                                   (entry->ifa_flags & IFF_LOOPBACK) != 0});
    }
    return {};
}

}  // namespace

Result<void> read_devices(MachineFacts& facts) {
    WEIR_TRY(read_links(facts));
    const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    for (DeviceFacts& device : facts.devices) {
        if (fd.is_open()) read_driver(fd.get(), device);
        if (!device.xdp) continue;
        device.xdp->name = xdp_program_name(device.xdp->id);
        device.xdp->is_ours = device.xdp->name == kOurXdpProgram;
    }
    return read_addresses(facts);
}

}  // namespace weir::dataplane
