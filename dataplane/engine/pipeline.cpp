// SPDX-License-Identifier: Apache-2.0
// The list of stages.
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {

namespace {

void run_owned(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    admit(burst, worker, now);
    measure(burst, worker);
    fork(burst, worker, now);  // before rewrite: recorders hear the sender's numbers
    rewrite(burst, worker);
    emit(burst, worker, now);
    free_dropped(worker);
}

}  // namespace

void run_held(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    for (std::size_t i = 0; i < burst.count; ++i)
        note_owner(burst, worker, i, burst.meta[i].owner);
    run_owned(burst, worker, now);
}

void run_stages(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    if (worker.io.framing() == Framing::ethernet) {
        classify(burst, worker);
    } else {
        count(worker.counters.received, burst.count);
        look_up(burst, worker);
    }
    run_owned(burst, worker, now);
}

}  // namespace weir::dataplane
