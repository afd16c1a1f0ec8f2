// SPDX-License-Identifier: Apache-2.0
// IoWish: what a node wants of its machine, as platform.yaml says it, in the words of this folder.
//
// Thread: any (values).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/io_mode.hpp"

namespace weir::dataplane {

struct WishedRealm {
    std::string name;
    IpAddress address;   // none: whatever is on `device`
    std::string device;  // the kernel's device that must hold the address; "" = any
    std::string tap{};   // of a realm on a port: our own tap, which leads nowhere without dpdk
};

// media.ports: a device for DPDK.
struct WishedPort {
    std::string name;
    std::string eal_name;   // "0000:01:00.0", "net_memif0"
    std::string arguments;  // "role=client,socket=/run/x.sock"
    bool is_pci = false;
};

struct IoWish {
    IoMode mode = IoMode::automatic;
    std::vector<WishedRealm> realms;
    std::vector<WishedPort> ports;  // dpdk is considered only where there are some
    bool hugepages = false;
    bool spin = false;
    bool offload = false;          // of established streams, in mode af_xdp
    bool real_time = false;        // of the workers, where the machine lets them ...
    bool needs_real_time = false;  // ... and a warning where it does not
    std::size_t sessions = 0;
    std::size_t memory_mib = 0;  // packet memory
    std::size_t pre_roll_mib = 0;
    std::vector<unsigned> cores;  // one worker each; empty = one worker
    [[nodiscard]] unsigned workers() const {
        return cores.empty() ? 1 : static_cast<unsigned>(cores.size());
    }
};

}  // namespace weir::dataplane
