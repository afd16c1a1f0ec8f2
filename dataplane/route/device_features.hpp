// SPDX-License-Identifier: Apache-2.0
// DeviceFeatures: what the kernel says that a device's driver can do for an XDP program.
#pragma once

#include <cstdint>
#include <utility>

#include "config/base/result.hpp"
#include "dataplane/route/netlink_socket.hpp"
#include "dataplane/route/route_table.hpp"

namespace weir::dataplane {

// Thread: one, any.
class DeviceFeatures {
public:
    // Answers are about the network namespace of the caller, also when it goes elsewhere later.
    // Errors: not_found (a kernel before 6.3 does not tell), io.
    [[nodiscard]] static Result<DeviceFeatures> open();

    // Whether the device transmits the frames that an XDP program redirects to it. It may change
    // while the device runs: a veth does so while its peer has an XDP program or GRO, many cards
    // while they bear an XDP program themselves. Never waits: the kernel answers within the
    // question. Errors: not_found (no such device), io.
    [[nodiscard]] Result<bool> sends_xdp_frames(DeviceIndex device);

    // Whether the device's driver runs XDP programs itself. By any other the kernel runs them on
    // copies of the packets. Never waits. Errors: not_found (no such device), io.
    [[nodiscard]] Result<bool> runs_xdp_programs(DeviceIndex device);

private:
    DeviceFeatures(NetlinkSocket socket, std::uint16_t family)
        : socket_(std::move(socket)), family_(family) {}

    // The bits of NETDEV_A_DEV_XDP_FEATURES.
    [[nodiscard]] Result<std::uint64_t> features_of(DeviceIndex device);

    NetlinkSocket socket_;
    std::uint16_t family_;  // the kernel's number for "netdev"
};

}  // namespace weir::dataplane
