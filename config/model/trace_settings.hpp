// SPDX-License-Identifier: Apache-2.0
// voice service voip / trace (spec H.11): whether calls are traced, and how much is kept.
#pragma once

#include <cstdint>

#include "config/model/config.hpp"

namespace weir::config {

struct TraceSettings {
    bool enabled = true;             // `shutdown` clears it
    std::uint32_t megabytes = 1000;  // memory-limit, 10..1000, of the store on the disk; also what
                                     // `memory-limit platform` means
};

// Thread: any.
[[nodiscard]] TraceSettings trace_settings(const Config& config);

}  // namespace weir::config
