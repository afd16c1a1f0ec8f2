// SPDX-License-Identifier: Apache-2.0
// What a kernel network device is, as far as the drivers care: number, MTU, queues, driver.
//
// Thread: control. Asks by ioctl, not in /sys, which may show another network namespace.
#pragma once

#include <cstdint>
#include <string>

#include "config/base/result.hpp"

namespace weir::dataplane {

struct KernelDevice {
    std::string name;
    unsigned index = 0;
    std::uint32_t mtu = 0;  // longest IP packet, bytes
    bool is_up = false;     // administratively
    bool is_loopback = false;
    std::string driver;  // "veth", "virtio_net", "ice"; "" if it does not say
    // Receive queues in use, and how many of them are half of a queue pair. AF_XDP sockets of DPDK
    // want pairs; a device that knows no channels counts as one pair.
    std::uint16_t rx_queues = 1;
    std::uint16_t queue_pairs = 1;
};

// Errors: not_found (no such device), invalid (not a name), io.
[[nodiscard]] Result<KernelDevice> kernel_device(const std::string& name);

}  // namespace weir::dataplane
