// SPDX-License-Identifier: Apache-2.0
// SessionSlot: everything that must survive weir-media about one session, as plain data in the
// supervisor's shared memory.
//
// Writers, per field: [control] = the control thread of weir-media, before it sends the command
// that names the field, never afterwards; [worker] = the worker that owns the session, from Install
// until its Closed (streams) or ForkClosed (that fork) event. Control reads a [worker] field only
// after that event, or in a snapshot (worker_commands.hpp), or when it adopts the slot of a
// predecessor.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "config/base/guid.hpp"
#include "config/base/limits.hpp"
#include "dataplane/api/account.hpp"
#include "dataplane/api/payload_limits.hpp"
#include "dataplane/api/session.hpp"
#include "dataplane/engine/next_hops.hpp"
#include "dataplane/rtp/reception.hpp"

namespace weir::dataplane {

// [control]: what the control thread knows of the slot.
enum class SlotUse : std::uint8_t {
    free = 0,     // anybody's next; nothing else in the slot means anything, except `generation`
    opening = 1,  // leased; Install is sent
    open = 2,     // the worker said Opened
    closing = 3,  // CloseSession is sent
    closed = 4,   // the worker said Closed; forks may live on
};

// [worker]: what the worker does with the session.
enum class SlotPhase : std::uint8_t { absent = 0, open = 1, lingering = 2, closed = 3 };

// [worker]; the numbers travel in Report::Fork::phase.
enum class ForkPhase : std::uint8_t {
    absent = 0,
    armed = 1,     // eligible packets wait in the pre-roll for StartFork
    draining = 2,  // the pre-roll goes out, at most kPreRollSpeedup times real time
    live = 3,      // every packet is copied as it comes
    paused = 4,    // what comes is not eligible (a remainder from before may still drain)
    ending = 5,    // StopFork{drain}: nothing new is eligible, the remainder drains
};

// What comes from one party of one stream, and where that party is.
struct alignas(64) DirectionSlot {
    // The first line is read for every packet of either direction.
    Endpoint remote_rtp;   // [worker] by SetRemote: accepted source, the other side's target
    Endpoint local_rtp;    // [control] our address toward this party; RTCP: the port above
    RealmIndex realm = 0;  // [control]
    std::uint8_t silence_told = 0;    // [worker] 1: MediaTimeout was sent
    std::uint8_t law_told = 0;        // [worker] 1: LawBroken was sent
    std::uint8_t renumbers = 0;       // [worker] 1: payload_types counts
    std::uint32_t pre_roll_ring = 0;  // [control] index + 1 into the rings; 0 = no pre-roll
    HopIndex rtp_hop = kNoHop;        // [worker] by SetRemote; [control] before Install{adopt}
    HopIndex rtcp_hop = kNoHop;       // likewise
    ReceptionState reception;         // [worker]
    StreamAccount account;            // [worker]
    Endpoint remote_rtcp;             // [worker] by SetRemote
    // [worker] by SetPayloadTypes: the number with which a packet goes on, by the one that it came
    // with; read only where `renumbers` says so.
    std::array<std::uint8_t, kPayloadTypes> payload_types{};
};

struct StreamSlot {
    std::array<DirectionSlot, 2> from;  // [Side]: what came from that side
};

// One fork: a copy of one direction of one stream to one recorder's track.
struct alignas(64) ForkSlot {
    std::uint8_t leased =
        0;  // [control] 1: the fork exists (from LeaseFork until ForkClosed was handled)
    std::uint8_t stream = 0;            // [control]
    Side source = Side::a;              // [control]
    RealmIndex realm = 0;               // [control]
    std::uint32_t ssrc = 0;             // [control] random; kept over hold and over a restart
    Endpoint local_rtp;                 // [control] RTCP is the port above
    std::int64_t eligible_from_ns = 0;  // [control] MonoTime

    Endpoint remote_rtp;                  // [worker] by StartFork
    Endpoint remote_rtcp;                 // [worker] by StartFork
    ForkPhase phase = ForkPhase::absent;  // [worker]
    std::uint8_t started = 0;             // [worker] 1: the recorder's address is known
    std::uint8_t paused = 0;              // [worker]
    std::uint8_t ending = 0;              // [worker]
    std::uint8_t law_told = 0;            // [worker] 1: LawBroken was sent
    std::uint8_t sequence_known = 0;      // [worker] 1: sequence_offset holds for `epoch`
    std::uint8_t epoch = 0;               // [worker] of the source's numbers last sent
    std::uint8_t adopted = 0;    // [worker] 1: of a predecessor, and nothing was copied since
    HopIndex rtp_hop = kNoHop;   // [worker] by StartFork; [control] before Install{adopt}
    HopIndex rtcp_hop = kNoHop;  // likewise
    std::uint16_t sequence_offset = 0;  // [worker] sent = received + offset
    std::uint16_t next_sequence = 0;    // [worker] one past the highest sent
    std::uint64_t cursor = 0;           // [worker] pre-roll: all records before it are dealt with
    std::int64_t paused_from_ns = 0;  // [worker] with `paused`: packets since then are not eligible
    std::int64_t resumed_from_ns = 0;  // [worker] eligible are packets since then
    std::int64_t pace_started_ns = 0;  // [worker] the drain began ...
    std::int64_t pace_origin_ns = 0;   // [worker] ... with a packet that had arrived then
    std::int64_t drain_until_ns = 0;   // [worker] give up then; 0 = not ending
    std::int64_t hop_until_ns = 0;     // [worker] copies wait for rtp_hop until then; 0 = do not
    std::int64_t next_report_ns = 0;   // [worker] RTCP sender report; 0 = none sent yet
    std::uint32_t last_timestamp = 0;  // [worker] RTP timestamp last sent, and
    std::uint32_t clock_rate = 8000;   // [worker] its clock, Hz
    std::int64_t last_arrival_ns = 0;  // [worker] when that packet had arrived
    ForkAccount account;               // [worker]
};

struct alignas(64) SessionSlot {
    std::uint32_t generation = 0;                 // [control] of the current or last use
    SlotUse use = SlotUse::free;                  // [control]
    std::uint8_t stream_count = 0;                // [control]
    std::uint8_t recordable = 0;                  // [control]
    std::uint8_t worker = 0;                      // [control] index of the owner
    Guid guid;                                    // [control]
    std::array<StreamKind, kMaxStreams> kinds{};  // [control]
    std::int64_t opened_at_ns = 0;                // [control] MonoTime
    std::uint64_t owner =
        0;  // [control] incarnation of the signalling process that owns it; 0 = none
    SlotPhase phase = SlotPhase::absent;  // [worker]
    std::uint8_t reserved[7] = {};
    std::int64_t linger_until_ns = 0;  // [worker] end of the relay after CloseSession
    std::array<StreamSlot, kMaxStreams> streams;
    std::array<ForkSlot, kMaxForks> forks;
};
static_assert(std::is_trivially_copyable_v<SessionSlot> && std::is_standard_layout_v<SessionSlot>);
static_assert(sizeof(SessionSlot) % 64 == 0);

}  // namespace weir::dataplane
