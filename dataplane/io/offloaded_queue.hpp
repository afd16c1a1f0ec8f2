// SPDX-License-Identifier: Apache-2.0
// OffloadedQueue: one receive queue of a device whose kernel relays flows by itself: what its
// socket gives and the records of what was relayed, in the order in which they came.
//
// Thread: the worker that polls the queue.
#pragma once

#include <array>
#include <cstdint>

#include "config/base/clock.hpp"
#include "config/base/limits.hpp"
#include "dataplane/engine/burst.hpp"
#include "dataplane/io/xdp/record_ring.hpp"

struct rte_mempool;

namespace weir::dataplane {

struct OffloadedSource {
    std::uint16_t port_id = 0;  // DPDK's, and the queue of its socket
    std::uint16_t queue = 0;
    RecordRing& ring;
    rte_mempool* pool = nullptr;  // for packets made of records
    std::uint64_t sent_mark = 0;  // they bear it in ol_flags
};

class OffloadedQueue {
public:
    OffloadedQueue() = default;
    ~OffloadedQueue() { drop(); }
    OffloadedQueue(const OffloadedQueue&) = delete;
    OffloadedQueue& operator=(const OffloadedQueue&) = delete;

    // Appends to `burst` what there is room for, each with its arrival; answers how many were
    // frames that nobody has relayed yet. A flow that the kernel gives up goes on through the
    // socket: so of what came before a look at the socket all records go first.
    std::uint16_t take(const OffloadedSource& source, Burst& burst, MonoTime now) noexcept;
    // The last take() has left something behind that had come before it.
    [[nodiscard]] bool has_waiting() const noexcept { return has_waiting_; }
    // Frees what waits: the device is going.
    void drop() noexcept;

private:
    void look(const OffloadedSource& source) noexcept;
    void take_records(const OffloadedSource& source, Burst& burst) noexcept;

    std::array<rte_mbuf*, kBurst> frames_{};  // of the socket; places [first_, count_) wait
    std::uint16_t first_ = 0;
    std::uint16_t count_ = 0;
    std::uint64_t records_until_ = 0;  // these come before the frames that wait
    bool has_waiting_ = false;
};

}  // namespace weir::dataplane
