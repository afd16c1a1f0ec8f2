// SPDX-License-Identifier: Apache-2.0
// The turn of a worker.
#include "dataplane/engine/worker.hpp"

#include <algorithm>

#include <rte_prefetch.h>

#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/engine/sessions.hpp"
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
// The fuzzers' clang 14 does not deduce it from the aggregate.
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

[[nodiscard]] ForkRef ref(const ForkId& fork) {
    return {static_cast<std::uint16_t>(fork.session.slot), static_cast<std::uint8_t>(fork.index)};
}

// What look_after() reads of a session; nobody has touched it for a while.
constexpr std::size_t kVisitAhead = 2;
void prefetch_visit(WorkerState& worker, std::uint16_t index) {
    const SessionSlot& slot = worker.slot(index);
    const SlotNotes& notes = worker.notes[index];
    rte_prefetch0(&notes);
    rte_prefetch0(&slot);
    for (const DirectionSlot& from : slot.streams[0].from) {
        rte_prefetch0(&from);
        rte_prefetch0(&from.account.last_at_ns);
    }
    for (std::size_t fork = 0; fork < 2; ++fork) {
        rte_prefetch0(&slot.forks[fork].rtp_hop);
        rte_prefetch0(&slot.forks[fork].next_report_ns);
    }
    if (worker.flows.empty()) return;
    rte_prefetch0(&worker.flows[index][0]);
    rte_prefetch0(&worker.flows[index][1]);
}

}  // namespace

Worker::Worker(const WorkerOptions& options, const SharedState& shared, WorkerLink& link,
               PacketIo& io, BufferPool& pool)
    : link_(link), state_(options, shared, link, io, pool) {
    const bool framed = io.framing() == Framing::ethernet;
    WEIR_ASSERT(!framed || (options.owners != nullptr && options.hops != nullptr));
}

void Worker::execute(const WorkerCommand& command, MonoTime now) noexcept {
    WorkerState& w = state_;
    std::visit(Overloaded{
                   [&](const to_worker::Install& c) { install(w, c, now); },
                   [&](const to_worker::InstallStream& c) { install_stream(w, c); },
                   [&](const to_worker::SetRemote& c) { set_remote(w, c, now); },
                   [&](const to_worker::SetPayloadTypes& c) { set_payload_types(w, c, now); },
                   [&](const to_worker::ArmFork& c) {
                       // The fork's bit is not set yet: only the session can be asked for.
                       if (is_known(w, c.fork.session) && c.fork.index < kMaxForks)
                           arm_fork(w, ref(c.fork), c.ports);
                   },
                   [&](const to_worker::StartFork& c) {
                       if (is_known(w, c.fork)) start_fork(w, ref(c.fork), c, now);
                   },
                   [&](const to_worker::PauseFork& c) {
                       if (is_known(w, c.fork)) pause_fork(w, ref(c.fork), c.at_ns, now);
                   },
                   [&](const to_worker::ResumeFork& c) {
                       if (is_known(w, c.fork)) resume_fork(w, ref(c.fork), c.from_ns, now);
                   },
                   [&](const to_worker::StopFork& c) {
                       if (is_known(w, c.fork)) stop_fork(w, ref(c.fork), c.drain != 0, now);
                   },
                   [&](const to_worker::CloseSession& c) { close_session(w, c.session, now); },
                   [&](const to_worker::Snapshot& c) { take_snapshot(w, c); },
                   [&](const to_worker::SetRealmLink& c) {
                       w.framer.set_link(c.realm, c.own_mac, c.mtu);
                       ++w.link_changes;
                   },
                   [&](const to_worker::Quit&) { quit_ = true; },
               },
               command);
}

std::size_t Worker::run_commands(MonoTime now) noexcept {
    const unsigned taken = link_.take(commands_);
    for (unsigned i = 0; i < taken; ++i)
        execute(commands_[i], now);
    return taken;
}

void Worker::housekeep(MonoTime now) noexcept {
    if (now.ns < next_housekeeping_ns_) return;
    next_housekeeping_ns_ = (now + kHousekeeping).ns;
    const std::size_t visits = state_.active.size() / 5 + 1;
    for (std::size_t i = 0; i < visits && state_.active.size() != 0; ++i) {
        next_visit_ = next_visit_ + 1 < state_.active.size() ? next_visit_ + 1 : 0;
        if (next_visit_ + kVisitAhead < state_.active.size())
            prefetch_visit(state_, state_.active.at(next_visit_ + kVisitAhead));
        look_after(state_, state_.active.at(next_visit_), now);
    }
    expire_held(state_, now);
    const std::uint64_t available = state_.pool.available();
    const auto lowest = state_.counters.pool_low_water.load(std::memory_order_relaxed);
    if (lowest == 0 || available < lowest)
        state_.counters.pool_low_water.store(available, std::memory_order_relaxed);
}

std::size_t Worker::turn(MonoTime now) noexcept {
    std::size_t handled = run_commands(now);
    state_.burst.count = 0;
    handled += state_.io.receive(state_.burst, now);
    state_.is_behind = state_.burst.count == kBurst;
    if (state_.burst.count != 0) run_stages(state_.burst, state_, now);
    for (std::size_t place = state_.pumping.size(); place-- > 0;)
        if (place < state_.pumping.size()) pump_forks(state_, state_.pumping.at(place), now);
    housekeep(now);
    emit_copies(state_, now);
    if (state_.events.has_waiting()) state_.events.flush();
    count(state_.counters.turns);
    return handled;
}

std::chrono::nanoseconds Worker::longest_sleep() const noexcept {
    const bool busy = state_.pumping.size() != 0 || state_.events.has_waiting();
    const bool idle = state_.active.size() == 0 && !busy;
    if (state_.io.framing() == Framing::ethernet) {
        if (state_.options.spin) return std::chrono::nanoseconds(0);
        // What the kernel relays does not wait for us: the I/O knows whether anything else does.
        if (state_.io.offload() != nullptr && !busy)
            return std::chrono::nanoseconds(kOffloadQuietSleep);
        return idle ? std::chrono::nanoseconds(kFramedIdleSleep)
                    : std::chrono::nanoseconds(kFramedSleep);
    }
    if (busy) return kPacingSleep;
    return idle ? std::chrono::nanoseconds(kWorkerIdleSleep)
                : std::chrono::nanoseconds(kHousekeeping);
}

void Worker::note_turn(MonoTime now, std::int64_t spent_ns) noexcept {
    const auto spent = static_cast<std::uint64_t>(spent_ns);
    const bool over = now.ns >= window_ends_ns_;
    if (over) {
        longest_before_ns_ = longest_ns_;
        longest_ns_ = 0;
        window_ends_ns_ = (now + kLongestTurnWindow).ns;
    }
    if (spent > longest_ns_)
        longest_ns_ = spent;
    else if (!over)
        return;
    state_.counters.longest_turn_ns.store(std::max(longest_ns_, longest_before_ns_),
                                          std::memory_order_relaxed);
}

// A system call only where it changes: a second apart at least.
void Worker::choose_class(MonoTime now) noexcept {
    const RealTime wish = state_.options.real_time;
    if (wish == RealTime::never) return;
    const bool is_wanted = share_.leaves_enough(now) || wish == RealTime::always;
    if (is_wanted == is_real_time_) [[likely]]
        return;
    is_real_time_ = is_wanted;
    (void)set_real_time(is_wanted);
}

void Worker::run(const Clock& clock) noexcept {
    quit_ = false;
    const bool framed = state_.io.framing() == Framing::ethernet;
    std::int64_t next_wall_ns = 0;
    MonoTime now = clock.now();
    while (!quit_) {
        if (now.ns >= next_wall_ns) {
            set_wall_offset(clock.wall().ns - now.ns);
            next_wall_ns = (now + kWallClockRefresh).ns;
        }
        const std::size_t handled = turn(now);
        const MonoTime done = clock.now();
        note_turn(done, done.ns - now.ns);
        now = done;
        choose_class(now);
        // The turn may have read the wake-up of a command that came behind its look at the ring;
        // one that comes behind this look wakes the sleep. Packets that wait end it at once.
        if (link_.has_commands()) continue;
        if (handled == 0) count(state_.counters.idle_sleeps);
        // Sockets are asked by wait() itself whether there is more; devices by the next turn.
        if (framed && handled != 0) continue;
        state_.io.wait(longest_sleep());
        now = clock.now();
        share_.slept(now.ns - done.ns);
    }
}

}  // namespace weir::dataplane
