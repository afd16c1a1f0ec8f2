// SPDX-License-Identifier: Apache-2.0
// open_io: the MediaIo of a node in one mode: which devices its realms need, and how each of them
// is opened.
//
// Thread: control, before the workers run.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/base/io_mode.hpp"
#include "config/base/log.hpp"
#include "dataplane/control/port_leases.hpp"
#include "dataplane/io/media_io.hpp"

namespace weir::dataplane {

class BufferPool;

// A device that DPDK drives away from the kernel: media.ports of platform.yaml.
struct NodePort {
    std::string name;
    std::string eal_name;  // "0000:01:00.0", "net_memif0"
    // Of the driver; and "queues=N", which is ours: how many queues of each kind, where the other
    // end must have as many (memif: 1 unless it is given; else as many as there are workers).
    std::string arguments;
    std::uint16_t mtu = 0;  // bytes of an IP packet; 0 = as the device has it
};

struct IoPlan {
    std::vector<MediaRealm> realms;
    std::vector<NodePort> ports;  // mode dpdk
    std::string runtime_dir;      // where af_xdp remembers its program
    bool offload = false;         // mode af_xdp: the kernel relays established streams where it can
};

struct IoParts {
    std::span<const int> wake_fds;  // of each worker
    BufferPool& pool;
    Logger& logger;
};

// `mode` is not automatic. Errors: those of FrameDevice::open, one sentence each.
[[nodiscard]] Result<std::unique_ptr<MediaIo>> open_io(IoMode mode, const IoPlan& plan,
                                                       const IoParts& parts);

// The kernel must hold the address of a realm, or no port of it can be bound. A realm whose address
// has gone costs the others nothing. Errors: not_found, when none of them is here.
[[nodiscard]] Result<void> check_addresses(const std::vector<MediaRealm>& realms);

// Packet buffers that the devices of this mode hold at most, beside what the workers use.
[[nodiscard]] std::size_t buffers_held(IoMode mode, const IoPlan& plan, std::size_t workers);

}  // namespace weir::dataplane
