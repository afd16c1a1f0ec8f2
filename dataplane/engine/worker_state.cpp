// SPDX-License-Identifier: Apache-2.0
// Building a worker's state, and how packets are dropped.
#include "dataplane/engine/worker_state.hpp"

#include "dataplane/engine/flow_offload.hpp"

namespace weir::dataplane {

WorkerState::WorkerState(const WorkerOptions& worker_options, const SharedState& memory,
                         WorkerLink& link, PacketIo& packets, BufferPool& buffers)
    : options(worker_options),
      framer(worker_options.frames),
      shared(memory),
      io(packets),
      pool(buffers),
      counters(memory.counters(worker_options.index)),
      ports(worker_options.realms),
      notes(memory.slots().size()),
      events(link, counters, memory.slots().size()),
      active(memory.slots().size()),
      pumping(memory.slots().size()),
      slots_(memory.slots()) {
    if (io.offload() == nullptr) return;
    flows.resize(memory.slots().size());
    sent_mark = io.offload()->sent_mark();
}

void drop(WorkerState& worker, rte_mbuf* packet, Verdict verdict, StreamAccount* account) noexcept {
    const auto index = static_cast<std::size_t>(verdict);
    count(worker.counters.drops[index]);
    if (account != nullptr) ++account->drops[index];
    discard(worker, packet);
}

void discard(WorkerState& worker, rte_mbuf* packet) noexcept {
    if (worker.dropped_count == worker.dropped.size()) free_dropped(worker);
    worker.dropped[worker.dropped_count++] = packet;
}

void free_dropped(WorkerState& worker) noexcept {
    if (worker.dropped_count == 0) return;
    rte_pktmbuf_free_bulk(worker.dropped.data(), worker.dropped_count);
    worker.dropped_count = 0;
}

}  // namespace weir::dataplane
