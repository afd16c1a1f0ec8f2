// SPDX-License-Identifier: Apache-2.0
// A network device's MAC address, MTU and flags by the kernel's classic requests.
#include "dataplane/io/kernel_interface.hpp"

#include <algorithm>
#include <cstring>

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "config/base/unique_fd.hpp"

namespace weir::dataplane {

std::optional<InterfaceState> read_interface(const std::string& name) {
    const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    if (!fd.is_open() || name.size() >= sizeof(request.ifr_name)) return std::nullopt;
    std::memcpy(request.ifr_name, name.c_str(), name.size() + 1);
    InterfaceState state;
    if (::ioctl(fd.get(), SIOCGIFHWADDR, &request) != 0) return std::nullopt;
    std::memcpy(state.mac.data(), request.ifr_hwaddr.sa_data, state.mac.size());
    if (::ioctl(fd.get(), SIOCGIFMTU, &request) != 0) return std::nullopt;
    state.mtu = static_cast<std::uint16_t>(std::clamp(request.ifr_mtu, 0, 65535));
    if (::ioctl(fd.get(), SIOCGIFFLAGS, &request) != 0) return std::nullopt;
    constexpr int kRunning = IFF_UP | IFF_RUNNING;
    state.is_running = (request.ifr_flags & kRunning) == kRunning;
    state.is_promiscuous = (request.ifr_flags & IFF_PROMISC) != 0;
    return state;
}

}  // namespace weir::dataplane
