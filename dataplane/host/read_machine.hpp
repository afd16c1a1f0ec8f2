// SPDX-License-Identifier: Apache-2.0
// read_machine: asks the kernel for all MachineFacts. Changes nothing on the machine: what it opens
// to try it is closed again.
//
// Thread: any. Takes some milliseconds: /proc, /sys, netlink, a few system calls for each device.
#pragma once

#include <cstdint>
#include <string>

#include "config/base/result.hpp"
#include "dataplane/host/machine.hpp"

namespace weir::dataplane {

// `media_program` is weir-media's path, whose file capabilities count; "" = this process is
// weir-media. Facts that cannot be read are absent, never guessed. Errors: io (no netlink).
[[nodiscard]] Result<MachineFacts> read_machine(const std::string& media_program);

// RLIMIT_NOFILE of this process, hard; UINT64_MAX = no limit.
[[nodiscard]] std::uint64_t descriptor_limit();

}  // namespace weir::dataplane
