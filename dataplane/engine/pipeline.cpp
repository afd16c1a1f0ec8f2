// SPDX-License-Identifier: Apache-2.0
// The list of stages.
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {

void run_held(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    admit(burst, worker, now);
    measure(burst, worker);
    rewrite(burst, worker);
    fork(burst, worker, now);
    emit(burst, worker, now);
    free_dropped(worker);
}

void run_stages(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    if (worker.io.framing() == Framing::ethernet) {
        classify(burst, worker);
    } else {
        count(worker.counters.received, burst.count);
        look_up(burst, worker);
    }
    run_held(burst, worker, now);
}

}  // namespace weir::dataplane
