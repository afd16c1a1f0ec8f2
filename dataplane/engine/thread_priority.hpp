// SPDX-License-Identifier: Apache-2.0
// The scheduling class of the calling thread.
//
// Thread: any; each function works on its caller.
#pragma once

#include <cstdint>

#include "config/base/result.hpp"

namespace weir::dataplane {

// Whether a worker runs before all ordinary threads of its core (SCHED_FIFO, the lowest real-time
// priority).
enum class RealTime : std::uint8_t {
    never,
    while_resting,  // as long as it leaves others enough of its core (core_share.hpp)
    always,         // asked for together with spinning
};

// Whether set_real_time(true) will do; raises our own soft limit to the hard one for it. Thread:
// control, before the workers. Errors: denied, io.
[[nodiscard]] Result<void> try_real_time();
// False: not allowed; the thread stays what it is.
bool set_real_time(bool on) noexcept;

}  // namespace weir::dataplane
