// SPDX-License-Identifier: Apache-2.0
// EventSender: events to control of which none that matters can be lost: with a full ring they wait
// in a place reserved per session.
//
// Thread: the worker. Allocated at start.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/engine/shared_state.hpp"
#include "dataplane/engine/slot_list.hpp"
#include "dataplane/engine/worker_link.hpp"

namespace weir::dataplane {

class EventSender {
public:
    EventSender(WorkerLink& link, WorkerCounters& counters, std::size_t slots);

    void opened(SessionId session) noexcept;
    void closed(SessionId session) noexcept;
    void fork_live(ForkId fork) noexcept;
    void fork_closed(ForkId fork) noexcept;
    void snapshot_ready(const from_worker::SnapshotReady& ready) noexcept;
    // Dropped and counted when the ring is full.
    void inform(const WorkerEvent& event) noexcept;
    // Sends what waits, as far as the ring takes it. Called each turn.
    void flush() noexcept;
    [[nodiscard]] WorkerLink& link() noexcept { return link_; }
    [[nodiscard]] bool has_waiting() const noexcept {
        return waiting_.size() != 0 || snapshots_waiting_ != 0;
    }

private:
    // What one session still has to tell; a generation is not reused before Closed was told.
    struct Pending {
        std::uint32_t generation = 0;
        std::uint8_t opened = 0;
        std::uint8_t closed = 0;
        std::uint8_t forks_live = 0;  // one bit per fork
        std::uint8_t forks_closed = 0;
    };
    [[nodiscard]] bool try_now(const WorkerEvent& event) noexcept;
    Pending& wait_for(SessionId session) noexcept;
    [[nodiscard]] bool flush_slot(std::uint16_t slot) noexcept;
    [[nodiscard]] bool flush_forks(std::uint16_t slot, std::uint8_t& mask, bool live) noexcept;

    WorkerLink& link_;
    WorkerCounters& counters_;
    std::vector<Pending> pending_;  // by slot
    SlotList waiting_;
    std::vector<from_worker::SnapshotReady>
        snapshots_;                        // by buffer; tag valid where the bit is set
    std::uint32_t snapshots_waiting_ = 0;  // one bit per buffer
};
static_assert(kSnapshotBuffers <= 32);

}  // namespace weir::dataplane
