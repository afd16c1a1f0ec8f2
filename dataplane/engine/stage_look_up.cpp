// SPDX-License-Identifier: Apache-2.0
// Stage look up: the local port decides whose packet it is.
#include <rte_prefetch.h>

#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {

void look_up(Burst& burst, WorkerState& worker) noexcept {
    for (std::size_t i = 0; i < burst.count; ++i) {
        const void* where = worker.ports.where(burst.meta[i].local);
        if (where != nullptr) rte_prefetch0(where);
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < burst.count; ++i) {
        const PortEntry owner = worker.ports.find(burst.meta[i].local);
        if (owner.role == PortRole::none) {
            drop(worker, burst.packets[i], Verdict::no_session, nullptr);
            continue;
        }
        burst.meta[i].payload_sum = 0;
        note_owner(burst, worker, i, owner);
        keep(burst, kept, i);
    }
    burst.count = static_cast<std::uint16_t>(kept);
}

}  // namespace weir::dataplane
