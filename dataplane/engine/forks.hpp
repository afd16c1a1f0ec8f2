// SPDX-License-Identifier: Apache-2.0
// Forks: a session's copies to recorders, their life and their accounts.
//
// Thread: the worker. A fork's packets are copied live, or wait in the direction's pre-roll with
// the fork's bit set; what is set there is `awaiting` in the account. Life of a fork (ForkPhase):
//   armed -> draining -> live -> paused -> draining -> live ... -> ending -> absent
// Every function keeps the laws of account.hpp.
#pragma once

#include "dataplane/engine/worker_state.hpp"

namespace weir::dataplane {

// One fork in the hands of a function.
struct ForkRef {
    std::uint16_t slot = 0;
    std::uint8_t index = 0;
};
[[nodiscard]] inline ForkSlot& slot_of(WorkerState& worker, ForkRef fork) noexcept {
    return worker.slot(fork.slot).forks[fork.index];
}
[[nodiscard]] inline std::uint8_t unit_of(const ForkSlot& fork) noexcept {
    return static_cast<std::uint8_t>(fork.stream * 2U + static_cast<unsigned>(fork.source));
}
[[nodiscard]] inline DirectionSlot& source_of(WorkerState& worker, ForkRef fork) noexcept {
    const ForkSlot& slot = slot_of(worker, fork);
    return worker.slot(fork.slot).streams[slot.stream].from[static_cast<std::size_t>(slot.source)];
}
[[nodiscard]] inline ForkMask bit_of(std::uint8_t index) noexcept {
    return static_cast<ForkMask>(1U << index);
}
// Should this recorder have a packet that arrived then?
[[nodiscard]] inline bool is_eligible(const ForkSlot& fork, std::int64_t arrival_ns) noexcept {
    return arrival_ns >= fork.resumed_from_ns &&
           (fork.paused == 0 || arrival_ns < fork.paused_from_ns);
}
[[nodiscard]] inline ForkId id_of(WorkerState& worker, ForkRef fork) noexcept {
    return {{fork.slot, worker.notes[fork.slot].generation}, fork.index, 0};
}

// ---- commands (fork_commands.cpp) ----
void arm_fork(WorkerState& worker, ForkRef fork, const PortFds& ports) noexcept;
// A predecessor's (Install::forks): its account goes on, its laws are mended.
void adopt_fork(WorkerState& worker, ForkRef fork, const PortFds& ports, MonoTime now) noexcept;
void start_fork(WorkerState& worker, ForkRef fork, const to_worker::StartFork& command,
                MonoTime now) noexcept;
void pause_fork(WorkerState& worker, ForkRef fork, std::int64_t at_ns, MonoTime now) noexcept;
void resume_fork(WorkerState& worker, ForkRef fork, std::int64_t from_ns, MonoTime now) noexcept;
void stop_fork(WorkerState& worker, ForkRef fork, bool drain, MonoTime now) noexcept;

// ---- draining (fork_drain.cpp) ----
// Sends what is due of every fork of the slot that drains, and ends those that are through.
void pump_forks(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept;
// Ends the forks of the slot that have nothing to drain and waited only for what the kernel had
// sent, or waited long enough.
void end_settled_forks(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept;
// Ends the fork now: what it awaits is lost to it; final report, ForkClosed.
void finish_fork(WorkerState& worker, ForkRef fork, MonoTime now) noexcept;
// Phase and masks from the fork's flags.
void refresh_fork(WorkerState& worker, ForkRef fork) noexcept;
// What the fork awaits is lost to it: takes its bit away everywhere in the pre-roll.
void lose_awaiting(WorkerState& worker, ForkRef fork) noexcept;

// The drain's clock starts now, with the first packet that is awaited.
void start_pacing(WorkerState& worker, ForkRef fork, MonoTime now) noexcept;

// ---- the recorder's next hop (fork_hop.cpp) ----
// The fork was given an address: where its next hop is not resolved, copies wait in the pre-roll
// until it is, kRecorderHopPatience at most. A live fork is to be refreshed then.
void await_next_hop(WorkerState& worker, ForkRef fork, MonoTime now) noexcept;
// Copies still wait. When they do no longer, the drain's clock is started.
[[nodiscard]] bool awaits_next_hop(WorkerState& worker, ForkRef fork, MonoTime now) noexcept;

// ---- copying (fork_copy.cpp) ----
struct CopySource {
    ByteSpan packet;  // RTP that was admitted
    std::int64_t arrival_ns = 0;
    std::uint16_t payload_bytes = 0;
    std::uint8_t epoch = 0;
    std::uint32_t payload_sum = 0;  // of `packet`, as in TxMeta
};
// Queues a copy for the recorder; false when no buffer is free. Books copied and queued.
[[nodiscard]] bool copy_to_recorder(WorkerState& worker, ForkRef fork, const CopySource& source,
                                    MonoTime now) noexcept;
void book_copy(const TxMeta& meta, bool sent, MonoTime now) noexcept;
// The kernel has sent it: books copied and sent.
void book_sent_copy(WorkerState& worker, ForkSlot& fork, const PacketMeta& meta) noexcept;
// Books losses of the source stream, or that one was none (kFillsHole), on a fork that should have
// had the packets: in the order in which they came.
void book_fork_gaps(ForkAccount& account, std::uint16_t network, std::uint16_t ours) noexcept;
// Sends the queued copies (stage_emit.cpp).
void emit_copies(WorkerState& worker, MonoTime now) noexcept;

// ---- RTCP (fork_rtcp.cpp) ----
// A sender report is sent when one is due (kRtcpInterval).
void report_if_due(WorkerState& worker, ForkRef fork, MonoTime now) noexcept;
void send_report(WorkerState& worker, ForkRef fork, MonoTime now, bool with_bye) noexcept;
void note_recorder_report(WorkerState& worker, ForkSlot& fork, ByteSpan datagram,
                          MonoTime now) noexcept;

}  // namespace weir::dataplane
