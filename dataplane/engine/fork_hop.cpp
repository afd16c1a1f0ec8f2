// SPDX-License-Identifier: Apache-2.0
// A recorder whose next hop is not resolved yet: what a recording begins with would be lost to it.
#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/engine/forks.hpp"

namespace weir::dataplane {
namespace {

// The kernel resolves what sockets send to, and holds the packet meanwhile.
[[nodiscard]] bool is_resolved(const WorkerState& worker, const ForkSlot& fork) {
    return worker.io.framing() != Framing::ethernet || worker.options.hops->find(fork.rtp_hop) != 0;
}

}  // namespace

void await_next_hop(WorkerState& worker, ForkRef fork, MonoTime now) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    slot.hop_until_ns = 0;
    const PreRoll pre_roll = worker.pre_roll(source_of(worker, fork));
    if (is_resolved(worker, slot) || !pre_roll.is_present()) return;
    slot.hop_until_ns = (now + kRecorderHopPatience).ns;
    // What came until now was copied as it came.
    if (slot.phase == ForkPhase::live) slot.cursor = pre_roll.head();
}

bool awaits_next_hop(WorkerState& worker, ForkRef fork, MonoTime now) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    if (slot.hop_until_ns == 0) return false;
    if (now.ns < slot.hop_until_ns && !is_resolved(worker, slot)) return true;
    slot.hop_until_ns = 0;
    start_pacing(worker, fork, now);
    return false;
}

}  // namespace weir::dataplane
