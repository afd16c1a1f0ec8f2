// SPDX-License-Identifier: Apache-2.0
// What the control thread may ask of a worker, and what a worker reports: the complete list, as
// trivially copyable values in two single-producer single-consumer rings (worker_link.hpp).
//
// Modelled after dataplane/api/media_plane.hpp, which is what signalling sees. Control fills the
// [control] fields of the slot first, then sends the command that names it. A command for a session
// or fork that is gone (generation, phase) is ignored and counted (WorkerCounters::stale_commands).
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "dataplane/api/media_plane.hpp"
#include "dataplane/api/session.hpp"
#include "dataplane/engine/pre_roll.hpp"
#include "dataplane/engine/session_slot.hpp"

namespace weir::dataplane {

// The kernel sockets of a port pair in `socket` mode; -1 in the framed modes. Control opens, binds
// and closes them (open_media_socket); the worker only reads and writes them, from the command
// until Closed (streams) or ForkClosed.
struct PortFds {
    std::int32_t rtp = -1;
    std::int32_t rtcp = -1;
};

namespace to_worker {

// Takes over the slot: all streams [0, stream_count). Answered by Opened. adopt = 1: the slot is a
// predecessor's (after a restart of weir-media): its accounts go on, their laws are mended, the
// first gap of each stream is ours. Its forks come with it: a recorder that comes a packet later
// would neither hear of that packet nor of the gap before it.
struct Install {
    SessionId session{};
    std::uint8_t adopt = 0;
    ForkMask forks = 0;  // adopt = 1: by index
    std::uint8_t reserved[6] = {};
    std::array<std::array<PortFds, 2>, kMaxStreams> ports{};  // [stream][Side]
    std::array<PortFds, kMaxForks> fork_ports{};
};

// One more stream of an open session; slot.stream_count and the stream's [control] fields are set
// already (the worker has its own count).
struct InstallStream {
    SessionId session{};
    std::uint8_t stream = 0;
    std::uint8_t reserved[7] = {};
    std::array<PortFds, 2> ports{};  // [Side]
};

struct SetRemote {
    SessionId session{};
    std::uint8_t stream = 0;
    Side side = Side::a;
    std::uint8_t reserved[2] = {};
    Endpoint rtp{};  // unset: nothing is accepted from, or sent to, this side
    Endpoint rtcp{};
    HopIndex rtp_hop = kNoHop;  // framed drivers: the next hops toward the two
    HopIndex rtcp_hop = kNoHop;
};

// What comes from that side with number `from` goes on with `to` (DirectionSlot::payload_types).
struct SetPayloadTypes {
    SessionId session{};
    std::uint8_t stream = 0;
    Side side = Side::a;
    std::uint8_t count = 0;  // pairs that count; 0 = all numbers stay
    std::uint8_t reserved = 0;
    std::array<PayloadPair, kMaxPayloadPairs> pairs{};
};

// The [control] fields of the ForkSlot are set. No answer (ForkLeased is control's own).
struct ArmFork {
    ForkId fork{};
    PortFds ports{};
};
struct StartFork {  // answered by ForkLive once it has caught up; redirects a fork that runs
    ForkId fork{};
    Endpoint rtp{};
    Endpoint rtcp{};
    HopIndex rtp_hop = kNoHop;  // framed drivers
    HopIndex rtcp_hop = kNoHop;
};
struct PauseFork {
    ForkId fork{};
    std::int64_t at_ns = 0;
};
struct ResumeFork {
    ForkId fork{};
    std::int64_t from_ns = 0;
};
struct StopFork {  // answered by ForkClosed
    ForkId fork{};
    std::uint8_t drain = 1;
    std::uint8_t reserved[7] = {};
};
struct CloseSession {  // answered by Closed after kSessionLinger and a last read of its sockets
    SessionId session{};
};
// Copies the accounts into snapshot buffer `buffer` (WorkerLink::snapshot), answered by
// SnapshotReady. Control does not touch the buffer in between.
struct Snapshot {
    SessionId session{};
    std::uint32_t buffer = 0;
    std::uint32_t reserved = 0;
    std::uint64_t tag = 0;
};
// Framed drivers: the realm's device has another MAC address or MTU than at the start.
struct SetRealmLink {
    MacAddress own_mac{};
    std::uint16_t mtu = 1500;
    RealmIndex realm = 0;
    std::uint8_t reserved[7] = {};
};
// The worker returns from run(); sockets stay open, sessions stay in shared memory.
struct Quit {};

}  // namespace to_worker

using WorkerCommand =
    std::variant<to_worker::Install, to_worker::InstallStream, to_worker::SetRemote,
                 to_worker::ArmFork, to_worker::StartFork, to_worker::PauseFork,
                 to_worker::ResumeFork, to_worker::StopFork, to_worker::CloseSession,
                 to_worker::Snapshot, to_worker::SetRealmLink, to_worker::Quit,
                 to_worker::SetPayloadTypes>;
static_assert(std::is_trivially_copyable_v<WorkerCommand> && sizeof(WorkerCommand) % 4 == 0 &&
              sizeof(WorkerCommand) <= 160);

// ---- Events. With a full ring: Opened, Closed, ForkLive, ForkClosed and SnapshotReady wait in a
// place reserved per session (never lost, never twice); LawBroken and MediaTimeout are dropped and
// counted (lost_events), the worker's counters tell of them all the same.
namespace from_worker {

struct Opened {
    SessionId session{};
};
struct ForkLive {
    ForkId fork{};
};
struct ForkClosed {  // slot.forks[index].account is final; ports may be closed
    ForkId fork{};
};
struct Closed {  // slot.streams[*].from[*].account are final; the streams' ports may be closed
    SessionId session{};
};
struct SnapshotReady {  // found = 0: the session is gone
    SessionId session{};
    std::uint32_t buffer = 0;
    std::uint32_t found = 0;
    std::uint64_t tag = 0;
};
struct MediaTimeout {
    SessionId session{};
    std::uint8_t stream = 0;
    Side side = Side::a;
    std::uint8_t reserved[6] = {};
};
struct LawBroken {
    SessionId session{};
    std::uint8_t stream_or_fork =
        0;  // law stream_received: stream * 2 + side; else the fork's index
    Law law = Law::none;
    std::uint8_t reserved[6] = {};
};

}  // namespace from_worker

using WorkerEvent =
    std::variant<from_worker::Opened, from_worker::ForkLive, from_worker::ForkClosed,
                 from_worker::Closed, from_worker::SnapshotReady, from_worker::MediaTimeout,
                 from_worker::LawBroken>;
static_assert(std::is_trivially_copyable_v<WorkerEvent> && sizeof(WorkerEvent) % 4 == 0);

// The accounts of a session at one instant between two bursts: laws hold in it.
struct SessionSnapshot {
    SessionSlot slot;  // a whole copy: read what is wanted
};

}  // namespace weir::dataplane
