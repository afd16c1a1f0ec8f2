// SPDX-License-Identifier: Apache-2.0
// SessionTable: which slots and pre-roll rings are free, and what control alone knows of each
// session.
//
//   free --lease--> opening --Opened--> open --CloseSession--> closing --Closed--> closed
//        --last ForkClosed--> free
// The state itself (SessionSlot::use) lies in shared memory, so that a successor can go on from it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/random.hpp"
#include "dataplane/control/destinations.hpp"
#include "dataplane/control/port_leases.hpp"
#include "dataplane/engine/shared_state.hpp"

namespace weir::dataplane {

struct ForkRecord {
    LeasedPair pair;
    HopPair hops;              // toward the recorder, since StartFork
    bool is_stopping = false;  // StopFork is sent
    MonoTime deadline{};       // is_stopping: ForkClosed is due
    bool is_overdue = false;   // reported by the watchdog
};

// Beside the slot: descriptors and deadlines, which die with the process.
struct SessionRecord {
    std::array<std::array<LeasedPair, 2>, kMaxStreams> pairs;  // [stream][Side]
    std::array<std::array<HopPair, 2>, kMaxStreams> hops;      // toward that side, since SetRemote
    std::array<ForkRecord, kMaxForks> forks;
    MonoTime deadline{};  // opening, closing: the worker's answer is due; closed: forks are to end
    bool is_overdue = false;  // reported by the watchdog
    MonoTime orphan_since{};  // without an owner that is connected, since
    MonoTime next_probe{};    // orphans: when to ask the worker for its last packet
};

// Thread: control.
class SessionTable {
public:
    SessionTable(const SharedState& shared, Random& random);

    // A free slot with a new generation, otherwise empty, in state opening. Nothing: all are in
    // use.
    [[nodiscard]] std::optional<SessionId> allocate();
    // The slot is free again, with its rings.
    void free(SessionId session);
    // Takes over a slot that a predecessor left in use, with its rings. False: it is damaged.
    [[nodiscard]] bool adopt(std::uint32_t slot);

    // Null for a stale or impossible id.
    [[nodiscard]] SessionSlot* find(SessionId session) const;
    [[nodiscard]] SessionRecord& record(SessionId session) { return records_[session.slot]; }
    [[nodiscard]] SessionId id_of(std::uint32_t slot) const {
        return {slot, slots_[slot].generation};
    }
    // A ring for one direction, as DirectionSlot::pre_roll_ring; 0 when none is left.
    [[nodiscard]] std::uint32_t take_ring();

    [[nodiscard]] const std::vector<std::uint32_t>& in_use() const { return in_use_; }
    [[nodiscard]] std::size_t slots() const { return slots_.size(); }
    [[nodiscard]] std::size_t rings_in_use() const { return rings_ - free_rings_.size(); }
    [[nodiscard]] std::size_t forks() const;

private:
    void enlist(std::uint32_t slot);
    [[nodiscard]] bool is_plausible(const SessionSlot& slot) const;

    std::span<SessionSlot> slots_;
    Random& random_;
    std::size_t rings_ = 0;
    std::deque<std::uint32_t> free_slots_;  // the longest free comes first
    std::vector<std::uint32_t> free_rings_;
    std::vector<std::uint32_t> in_use_;  // slots, in no order
    std::vector<std::uint32_t> place_;   // by slot: where it stands in in_use_
    std::vector<SessionRecord> records_;
};

}  // namespace weir::dataplane
