// SPDX-License-Identifier: Apache-2.0
// MediaPlane: what the SIP thread may ask of the fast path, and what it is told.
//
// Thread: sip. Every call returns at once: it fills a command and queues it on the media link (a
// full queue or an absent weir-media is an Error, and the call is refused with 503). Answers come
// as events, on the same thread, in order. The real implementation is the link's client; tests have
// a fake.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "config/base/clock.hpp"
#include "config/base/guid.hpp"
#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "dataplane/api/account.hpp"
#include "dataplane/api/payload_limits.hpp"
#include "dataplane/api/session.hpp"

namespace weir::dataplane {

// The caller's correlation number: comes back in the event that answers the command.
using RequestTag = std::uint64_t;

// ---- Commands
// -------------------------------------------------------------------------------------

// rtp-port range of the configuration: the even ports min..max of every realm may be leased. Sent
// after every PlaneUp, before the first OpenSession; leases outside a new range stay until they
// end.
struct SetPortRange {
    std::uint16_t min = 8000;
    std::uint16_t max = 48198;
};

// Where a party wants the packets of a stream, from its SDP. Unset: nowhere (no SDP yet, port 0,
// c=0.0.0.0).
struct Remote {
    Endpoint rtp;
    Endpoint rtcp;
    bool operator==(const Remote&) const = default;
};

// Leases ports for a call's media and installs the session: answered by Leased (ports, at once) or
// Refused, then by Opened when the worker has it. No packet is relayed before remote addresses are
// set.
struct OpenSession {
    RequestTag tag = 0;
    Guid guid;
    std::uint8_t stream_count = 1;  // 1..kMaxStreams
    std::array<StreamKind, kMaxStreams> kinds{};
    std::array<RealmIndex, 2> realms{};  // [Side]: the local address toward each party
    std::uint8_t recordable = 0;         // 1: keep a pre-roll
    // Of side a, whose INVITE brings an offer: as a SetRemote behind this would say it.
    std::array<Remote, kMaxStreams> remotes{};
};

// Leases one more stream of an open session (a re-INVITE added an m-line): answered by Leased or
// Refused.
struct AddStream {
    RequestTag tag = 0;
    SessionId session;
    StreamKind kind = StreamKind::rtp;
};

// The party's address of one stream, from its SDP. Unset endpoints (no SDP yet, port 0, c=0.0.0.0)
// stop sending to that side. Packets are accepted from these addresses only (strict source check).
struct SetRemote {
    SessionId session;
    std::uint8_t stream = 0;
    Side side = Side::a;
    Endpoint rtp;
    Endpoint rtcp;
};

// A codec has another number on each leg: packets with payload type `from` go on with `to`.
struct PayloadPair {
    std::uint8_t from = 0;  // 0..127
    std::uint8_t to = 0;    // 0..127
    bool operator==(const PayloadPair&) const = default;
};

// The numbers of what comes from that side of an RTP stream, as the other party wants them: the
// first `count` pairs, in place of those before; what they do not name keeps its number. Copies to
// recorders have the numbers of the sender.
struct SetPayloadTypes {
    SessionId session;
    std::uint8_t stream = 0;
    Side side = Side::a;
    std::uint8_t count = 0;  // 0..kMaxPayloadPairs
    std::array<PayloadPair, kMaxPayloadPairs> pairs{};
};

// Reserves a fork: its source, its local ports (for the recorder's SDP) and the first packet it
// should have. Answered by ForkLeased or Refused. From now on `eligible` counts and the pre-roll is
// kept for it.
struct LeaseFork {
    RequestTag tag = 0;
    SessionId session;
    std::uint8_t stream = 0;
    Side source = Side::a;              // copies what was received from this party
    RealmIndex realm = 0;               // local address toward the recorder
    std::int64_t eligible_from_ns = 0;  // MonoTime: the arrival of the callee's 2xx (spec N12)
};

// The recorder answered: drain the pre-roll to it, then copy live. Also redirects a running fork.
struct StartFork {
    ForkId fork;
    Endpoint rtp;
    Endpoint rtcp;
};

// Paused packets are not eligible. Both take the instant from which they hold, which may be past.
struct PauseFork {
    ForkId fork;
    std::int64_t at_ns = 0;
};
struct ResumeFork {
    ForkId fork;
    std::int64_t from_ns = 0;  // packets since then are in the pre-roll and are sent first
};

// Ends a fork. drain = 1: what is eligible and still awaiting is sent first (bounded by
// kForkDrainLimit). Answered by ForkClosed with the final account.
struct StopFork {
    ForkId fork;
    std::uint8_t drain = 1;
};

// The call is over. The relay goes on for kSessionLinger, then Closed comes with the final
// accounts. The session's forks live on until each is stopped (a recorder may still have to
// answer).
struct CloseSession {
    SessionId session;
};

// Answered by Report: the accounts as they stand.
struct ReadSession {
    RequestTag tag = 0;
    SessionId session;
};

// Answered by one Listed per session of the node, then ListEnd. After a reconnect: adopt or close
// each.
struct ListSessions {
    RequestTag tag = 0;
};
struct AdoptSession {
    SessionId session;
};

// Answered by one PlaneReport: totals of the process for metrics and `show`.
struct ReadPlane {
    RequestTag tag = 0;
};

using Command = std::variant<SetPortRange, OpenSession, AddStream, SetRemote, LeaseFork, StartFork,
                             PauseFork, ResumeFork, StopFork, CloseSession, ReadSession,
                             ListSessions, AdoptSession, ReadPlane, SetPayloadTypes>;

// ---- Events
// ---------------------------------------------------------------------------------------

enum class Refusal : std::uint8_t {
    no_slot,
    no_port,
    no_descriptor,
    no_fork,
    no_pre_roll,
    unknown_session,
    unknown_realm,
    ring_full
};
[[nodiscard]] const char* to_string(Refusal refusal);

struct Refused {
    RequestTag tag = 0;
    Refusal reason = Refusal::no_slot;
};

struct LeasedStream {
    std::array<Endpoint, 2> local_rtp;  // [Side]; RTCP is the port above
};

struct Leased {
    RequestTag tag = 0;
    SessionId session;
    std::uint8_t first_stream = 0;
    std::uint8_t stream_count = 0;
    std::array<LeasedStream, kMaxStreams> streams;  // [first_stream, first_stream + stream_count)
};

struct Opened {
    SessionId session;
};

struct ForkLeased {
    RequestTag tag = 0;
    ForkId fork;
    Endpoint local_rtp;
};

// The fork's last packet of the pre-roll is out: from here it copies live.
struct ForkLive {
    ForkId fork;
};

struct ForkClosed {
    ForkId fork;
    std::uint8_t stream = 0;
    Side source = Side::a;
    ForkAccount account;
};

// A session as the worker sees it; `streams[s][side]` is what came from that side.
struct SessionState {
    SessionId session;
    Guid guid;
    std::uint8_t stream_count = 0;
    std::uint8_t fork_mask = 0;  // bit i: fork i exists
    std::uint8_t worker = 0;
    std::array<LeasedStream, kMaxStreams> local;
    std::array<std::array<Endpoint, 2>, kMaxStreams> remote_rtp;
    std::array<std::array<StreamAccount, 2>, kMaxStreams> streams;
};

struct Report {
    RequestTag tag = 0;
    SessionState state;
    struct Fork {
        std::uint8_t present = 0;
        std::uint8_t stream = 0;
        Side source = Side::a;
        std::uint8_t phase =
            0;  // ForkPhase of dataplane/engine: 1 armed, 2 draining, 3 live, 4 paused, 5 ending
        Endpoint local_rtp;
        Endpoint remote_rtp;
        ForkAccount account;
    };
    std::array<Fork, kMaxForks> forks;
};

struct Closed {
    SessionState state;
};

struct Listed {
    RequestTag tag = 0;
    SessionId session;
    Guid guid;
    std::uint8_t owned = 0;  // by the signalling process that asks
    std::uint8_t reserved[7] = {};
};
struct ListEnd {
    RequestTag tag = 0;
    std::uint32_t count = 0;
};

// No packet from this side for the time of the realm's watchdog; informational.
struct MediaTimeout {
    SessionId session;
    std::uint8_t stream = 0;
    Side side = Side::a;
};

// A conservation law does not hold: an error of ours, logged and counted, never silent.
struct LawBroken {
    SessionId session;
    std::uint8_t stream_or_fork = 0;
    Law law = Law::none;
};

struct PlaneReport {
    RequestTag tag = 0;
    std::uint32_t sessions = 0;
    std::uint32_t session_slots = 0;
    std::uint32_t forks = 0;
    std::uint32_t ports_available = 0;
    std::uint32_t ports_in_use = 0;
    std::uint32_t ports_quarantined = 0;
    std::uint64_t received = 0;
    std::uint64_t relayed = 0;
    std::uint64_t relayed_by_kernel = 0;  // of them, without a worker (mode af_xdp)
    std::uint64_t copied = 0;
    std::uint64_t copied_by_kernel = 0;  // likewise
    std::array<std::uint64_t, kVerdictCount> drops{};
    std::array<std::uint64_t, kForkDropCount> fork_drops{};
    std::uint64_t laws_broken = 0;
    std::uint64_t stale_commands = 0;
    std::uint64_t pre_roll_bytes = 0;
    std::uint64_t longest_turn_us = 0;
    char io_mode[16] = {};          // "socket", "af_packet", "af_xdp", "dpdk"
    std::uint64_t punted = 0;       // frames that were not media and went to the host
    std::uint64_t handed_over = 0;  // media frames given to the worker that owns their port

    // Of the control thread, since the start of weir-media.
    struct Control {
        std::uint64_t opened = 0;
        std::uint64_t refused = 0;            // sessions, streams, forks
        std::uint64_t orphans_released = 0;   // idle sessions that no signalling process owned
        std::uint64_t adopted = 0;            // sessions of a predecessor of weir-media
        std::uint64_t adoption_failures = 0;  // of them damaged, or whose ports were taken
        std::uint64_t overdue = 0;            // answers that a worker owes
        std::uint64_t pre_roll_short = 0;     // recordable directions without pre-roll memory
        std::uint64_t undelivered = 0;        // final accounts that nobody came for
    };
    Control control;

    // What packets come and go by; none in socket mode.
    struct Device {
        char name[24] = {};  // as platform.yaml says, cut at 23 bytes
        char driver[24] = {};
        std::uint8_t is_up = 0;
        std::uint8_t reserved[7] = {};
        std::uint64_t missed = 0;  // frames that came and that we never saw
        std::uint64_t tx_errors = 0;
    };
    std::uint32_t device_count = 0;
    std::uint32_t reserved = 0;
    std::array<Device, kMaxDevices> devices;
};

// weir-media came (the first time or again) or went. After Up: ListSessions.
struct PlaneUp {
    std::uint64_t media_incarnation = 0;  // changes when weir-media was restarted
};
struct PlaneDown {};

using Event =
    std::variant<Refused, Leased, Opened, ForkLeased, ForkLive, ForkClosed, Report, Closed, Listed,
                 ListEnd, MediaTimeout, LawBroken, PlaneReport, PlaneUp, PlaneDown>;

class MediaEvents {
public:
    virtual ~MediaEvents() = default;
    virtual void on_media_event(const Event& event) = 0;
};

class MediaPlane {
public:
    virtual ~MediaPlane() = default;
    // Queues a command. Errors: unavailable (weir-media is away), exhausted (kLinkQueue).
    [[nodiscard]] virtual Result<void> submit(const Command& command) = 0;
    // Who is told; a fixed few (call table, recordings, operator), each sees every event and
    // ignores tags and sessions that are not its own.
    virtual void add_listener(MediaEvents& listener) = 0;
    [[nodiscard]] virtual RequestTag next_tag() = 0;
    [[nodiscard]] virtual bool is_up() const = 0;
};

}  // namespace weir::dataplane
