// SPDX-License-Identifier: Apache-2.0
// SessionControl: what weir-media does with each command of signalling and each event of a worker.
//
// One file per thing it does: open_session.cpp, fork_commands.cpp, close_session.cpp (the release
// handshake), worker_events.cpp, reports.cpp, ownership.cpp (clients, orphans), adoption.cpp (a
// predecessor's sessions), deadlines.cpp. The state of a session is SessionSlot::use
// (session_table.hpp).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "dataplane/api/media_plane.hpp"
#include "dataplane/control/destinations.hpp"
#include "dataplane/control/port_leases.hpp"
#include "dataplane/control/session_table.hpp"
#include "dataplane/control/worker_proxy.hpp"
#include "dataplane/engine/shared_state.hpp"

namespace weir::dataplane {

// Since the start of the process.
struct ControlCounters {
    std::uint64_t opened = 0;
    std::uint64_t refused = 0;            // OpenSession, AddStream, LeaseFork, ReadSession
    std::uint64_t stale_commands = 0;     // for a session or fork that is gone
    std::uint64_t orphans_released = 0;   // idle sessions that no signalling process owned
    std::uint64_t adopted = 0;            // sessions of a predecessor of this process
    std::uint64_t adoption_failures = 0;  // of them damaged, or whose ports were taken meanwhile
    std::uint64_t overdue = 0;            // answers that a worker owes (kControlWatchdog)
    std::uint64_t pre_roll_short = 0;     // recordable directions that got no pre-roll ring
    std::uint64_t undelivered = 0;        // final accounts that their owner did not come back for
};

struct SessionControlParts {
    SharedState& shared;
    PortLeases& ports;
    std::span<WorkerProxy> workers;  // one at least
    Random& random;
    const Clock& clock;
    Logger& logger;
    std::function<void(const Event&)> tell;  // to the client; called only while one is connected
    const char* io_mode = "socket";
    Destinations* destinations = nullptr;  // framed modes: the next hops
    const MediaIo* io = nullptr;           // its devices are reported; none = there are none
};

// Thread: control.
class SessionControl {
public:
    explicit SessionControl(SessionControlParts parts);

    // Once at start: takes over what a predecessor left in shared memory.
    void adopt_predecessor();

    void on_client_up(std::uint64_t incarnation);
    void on_client_down();
    // Fields are in their ranges (check_ranges of the link).
    void on_command(const Command& command);
    // Hands on what the workers report, then looks at deadlines. Bounded.
    void run_once();

    // How long run_once may be left alone when the link is silent: workers make no system calls, so
    // nothing of theirs can wake us. At most `idle`, without sessions.
    [[nodiscard]] std::chrono::milliseconds longest_sleep(std::chrono::milliseconds idle) const;
    [[nodiscard]] const ControlCounters& counters() const { return counters_; }
    [[nodiscard]] const SessionTable& sessions() const { return table_; }
    [[nodiscard]] PlaneReport plane_report(RequestTag tag);

private:
    // Who asked for a snapshot: a ReadSession, or the search for orphans.
    enum class Purpose : std::uint8_t { report, orphan };
    struct SnapshotRequest {
        SessionId session;
        RequestTag tag = 0;
        Purpose purpose = Purpose::report;
    };

    // open_session.cpp
    void handle(const SetPortRange& command);
    void handle(const OpenSession& command);
    void handle(const AddStream& command);
    void handle(const SetRemote& command);
    void handle(const SetPayloadTypes& command);
    tl::expected<void, Refusal> lease_stream(SessionId session, std::size_t stream,
                                             std::array<RealmIndex, 2> realms);
    void fill_direction(SessionId session, std::size_t stream, Side side);
    void abandon(SessionId session);
    std::size_t least_loaded_worker() const;
    void refuse(RequestTag tag, Refusal reason);
    // fork_commands.cpp
    void handle(const LeaseFork& command);
    void handle(const StartFork& command);
    void handle(const PauseFork& command);
    void handle(const ResumeFork& command);
    void handle(const StopFork& command);
    ForkSlot* find_fork(ForkId fork);
    void stop_fork(ForkId fork, std::uint8_t drain);
    void stop_all_forks(SessionId session);
    // close_session.cpp
    void handle(const CloseSession& command);
    void close(SessionId session);
    void release_stream_ports(SessionId session);
    void release_fork(ForkId fork);
    void finish_session(SessionId session);
    void finish_fork(ForkId fork);
    void free_if_done(SessionId session);
    // worker_events.cpp
    void drain_worker(std::size_t worker);
    void handle(const from_worker::Opened& event);
    void handle(const from_worker::ForkLive& event);
    void handle(const from_worker::ForkClosed& event);
    void handle(const from_worker::Closed& event);
    void handle(const from_worker::SnapshotReady& event);
    void handle(const from_worker::MediaTimeout& event);
    void handle(const from_worker::LawBroken& event);
    // reports.cpp
    void handle(const ReadSession& command);
    void handle(const ReadPlane& command);
    void request_snapshot(const SnapshotRequest& request);
    void send_waiting_snapshots();
    [[nodiscard]] Report report_of(const SnapshotRequest& request, const SessionSlot& slot) const;
    [[nodiscard]] SessionState state_of(SessionId session, const SessionSlot& slot) const;
    // ownership.cpp
    void tell(const Event& event);
    void tell_owner(std::uint64_t owner, const Event& event);
    void deliver_kept();
    void handle(const ListSessions& command);
    void handle(const AdoptSession& command);
    [[nodiscard]] bool is_owned(const SessionSlot& slot) const;
    void mark_orphans();
    void look_at_orphan(SessionId session, MonoTime now);
    void on_orphan_snapshot(SessionId session, const SessionSlot* snapshot);
    // adoption.cpp
    void adopt(std::uint32_t slot);
    [[nodiscard]] PortFds adopt_fork(SessionId session, std::uint32_t index);
    void catch_up(SessionId session);
    LeasedPair reclaim(RealmIndex realm, const Endpoint& local, std::uint8_t worker);
    void resume_ends(SessionId session);
    // session_hops.cpp
    void aim(HopPair& hops, RealmIndex realm, const Endpoint& rtp, const Endpoint& rtcp);
    void release_hops(HopPair& hops);
    void release_stream_hops(SessionId session);
    void adopt_stream_hops(SessionId session);
    void adopt_fork_hops(SessionId session, std::uint32_t index);
    // deadlines.cpp
    void sweep(MonoTime now);
    void look_at_deadlines(SessionId session, MonoTime now);
    void report_overdue(SessionId session, const char* what);

    [[nodiscard]] SessionSlot* find(SessionId session);  // counts stale ids
    [[nodiscard]] WorkerProxy& worker_of(const SessionSlot& slot) {
        return parts_.workers[slot.worker];
    }
    [[nodiscard]] MonoTime now() const { return parts_.clock.now(); }

    SessionControlParts parts_;
    SessionTable table_;
    std::vector<std::deque<SnapshotRequest>> waiting_;    // by worker: no buffer was free
    std::vector<std::vector<SnapshotRequest>> underway_;  // by worker and buffer
    std::uint64_t client_ = 0;                            // incarnation; 0 = nobody is connected
    struct Kept {
        std::uint64_t owner = 0;
        Event event;
    };
    std::deque<Kept> kept_;  // final accounts for an owner who is away for a moment
    MonoTime swept_at_{};
    MonoTime talking_until_{};    // somebody waits for an answer
    std::size_t next_visit_ = 0;  // place in table_.in_use()
    ControlCounters counters_;
};

}  // namespace weir::dataplane
