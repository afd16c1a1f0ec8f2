// SPDX-License-Identifier: Apache-2.0
// Asks the kernel about a network device with SIOCG* and ethtool's ioctl.
#include "dataplane/io/xdp/kernel_device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "config/base/unique_fd.hpp"

namespace weir::dataplane {
namespace {

// Commas and brackets would end the name in the arguments of a DPDK driver.
bool is_name(const std::string& name) {
    return !name.empty() && name.size() < IFNAMSIZ &&
           name.find_first_of(",=[]/ \t") == std::string::npos;
}

ifreq request(const std::string& name) {
    ifreq asked{};
    std::memcpy(asked.ifr_name, name.data(), name.size());
    return asked;
}

template <typename Command>
bool ethtool(int fd, const std::string& name, Command& command) {
    ifreq asked = request(name);
    asked.ifr_data = reinterpret_cast<char*>(&command);
    return ioctl(fd, SIOCETHTOOL, &asked) == 0;
}

std::uint16_t queue_count(std::uint32_t count) {
    return static_cast<std::uint16_t>(std::clamp(count, 1U, 1024U));
}

void read_channels(int fd, KernelDevice& device) {
    ethtool_channels channels{};
    channels.cmd = ETHTOOL_GCHANNELS;
    if (!ethtool(fd, device.name, channels)) return;  // a device of one queue
    device.rx_queues = queue_count(channels.rx_count + channels.combined_count);
    device.queue_pairs = queue_count(channels.combined_count);
}

void read_driver(int fd, KernelDevice& device) {
    ethtool_drvinfo info{};
    info.cmd = ETHTOOL_GDRVINFO;
    if (ethtool(fd, device.name, info))
        device.driver.assign(info.driver, strnlen(info.driver, sizeof(info.driver)));
}

}  // namespace

Result<KernelDevice> kernel_device(const std::string& name) {
    if (!is_name(name))
        return fail(ErrorCode::invalid, "'" + name + "' is not the name of a network device");
    const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return fail_errno("a socket to ask about device " + name, errno);
    KernelDevice device{.name = name, .driver = {}};
    ifreq asked = request(name);
    if (ioctl(fd.get(), SIOCGIFINDEX, &asked) != 0) {
        if (errno != ENODEV) return fail_errno("device " + name + " cannot be read", errno);
        return fail(ErrorCode::not_found, "there is no network device " + name +
                                              " here; `ip link` lists those of this namespace");
    }
    device.index = static_cast<unsigned>(asked.ifr_ifindex);
    if (ioctl(fd.get(), SIOCGIFMTU, &asked) == 0)
        device.mtu = static_cast<std::uint32_t>(asked.ifr_mtu);
    if (ioctl(fd.get(), SIOCGIFFLAGS, &asked) == 0) {
        const auto flags = static_cast<unsigned>(static_cast<unsigned short>(asked.ifr_flags));
        device.is_up = (flags & IFF_UP) != 0;
        device.is_loopback = (flags & IFF_LOOPBACK) != 0;
    }
    read_channels(fd.get(), device);
    read_driver(fd.get(), device);
    return device;
}

}  // namespace weir::dataplane
