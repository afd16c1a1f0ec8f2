// SPDX-License-Identifier: Apache-2.0
// The XDP program that is attached to a kernel device now: whose it is, and its removal.
//
// Thread: control.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/base/result.hpp"

namespace weir::dataplane {

struct AttachedProgram {
    std::uint32_t id = 0;
    bool is_named = false;    // false: the kernel did not let us look at it (CAP_SYS_ADMIN)
    std::string name{};       // at most 15 characters, as `bpftool prog` shows it
    bool is_ours = false;     // by its name and the names of its maps
    std::uint32_t flags = 0;  // the mode to detach it in: XDP_FLAGS_DRV_MODE, _SKB_MODE, _HW_MODE
};

// Nothing when none is attached. Errors: denied, io.
[[nodiscard]] Result<std::optional<AttachedProgram>> attached_program(unsigned device);
// Only if that very program is still attached. Errors: denied, exists (another one is), io.
[[nodiscard]] Result<void> detach_program(unsigned device, const AttachedProgram& program);

}  // namespace weir::dataplane
