// SPDX-License-Identifier: Apache-2.0
// The parts of read_machine, one file each. Private to this folder.
//
// Thread: any. Each fills its own fields of the facts and leaves the others alone.
#pragma once

#include <string>

#include "config/base/result.hpp"
#include "dataplane/host/machine.hpp"

namespace weir::dataplane {

// read_process.cpp: user, capabilities, limits, cores, memory. `media_program` "" = this process.
void read_process(const std::string& media_program, MachineFacts& facts);
// read_devices.cpp: devices over netlink and ethtool, addresses. Errors: io.
[[nodiscard]] Result<void> read_devices(MachineFacts& facts);
// read_dpdk.cpp: PCI devices, DPDK's drivers, hugepages.
void read_dpdk(MachineFacts& facts);
// probes.cpp: tries what only a trial tells. After read_process.
void read_probes(MachineFacts& facts);
// The name of an XDP program; "" if the kernel does not tell us (CAP_SYS_ADMIN).
[[nodiscard]] std::string xdp_program_name(std::uint32_t id);

// The capabilities of a mask as /proc/PID/status has it.
[[nodiscard]] Capabilities capabilities_of(std::uint64_t mask);
// Those that a file's security.capability gives to who runs it (linux/capability.h vfs_cap_data).
[[nodiscard]] Capabilities file_capabilities(const std::string& path);

}  // namespace weir::dataplane
