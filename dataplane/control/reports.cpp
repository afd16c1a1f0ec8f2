// SPDX-License-Identifier: Apache-2.0
// Accounts as they stand: a session's by a snapshot of its worker, the node's from the totals.
#include <algorithm>
#include <cstring>
#include <utility>

#include "config/base/limits.hpp"
#include "dataplane/control/session_control.hpp"
#include "dataplane/io/media_io.hpp"

namespace weir::dataplane {
namespace {

std::uint64_t read(const WorkerCounters::Counter& counter) {
    return counter.load(std::memory_order_relaxed);
}

void report_devices(const MediaIo& io, PlaneReport& report) {
    for (const DeviceReport& device : io.devices()) {
        if (report.device_count == report.devices.size()) return;
        PlaneReport::Device& to = report.devices[report.device_count++];
        std::strncpy(to.name, device.name.c_str(), sizeof to.name - 1);
        std::strncpy(to.driver, device.driver.c_str(), sizeof to.driver - 1);
        to.is_up = device.is_up ? 1 : 0;
        to.missed = device.missed;
        to.tx_errors = device.tx_errors;
    }
}

}  // namespace

void SessionControl::handle(const ReadSession& command) {
    if (table_.find(command.session) == nullptr)
        return refuse(command.tag, Refusal::unknown_session);
    request_snapshot({command.session, command.tag, Purpose::report});
}

void SessionControl::handle(const ReadPlane& command) {
    tell(plane_report(command.tag));
}

void SessionControl::request_snapshot(const SnapshotRequest& request) {
    const std::size_t worker = table_.find(request.session)->worker;
    if (waiting_[worker].size() < kSnapshotsWaiting) {
        waiting_[worker].push_back(request);
        send_waiting_snapshots();
    } else if (request.purpose == Purpose::report) {
        refuse(request.tag, Refusal::ring_full);
    }
}

void SessionControl::send_waiting_snapshots() {
    for (std::size_t worker = 0; worker < waiting_.size(); ++worker) {
        auto& waiting = waiting_[worker];
        while (!waiting.empty()) {
            const auto buffer = parts_.workers[worker].take_snapshot_buffer();
            if (!buffer) break;
            to_worker::Snapshot snapshot;
            snapshot.session = waiting.front().session;
            snapshot.buffer = *buffer;
            // Says which worker's buffer it was: the session may be gone when the answer comes.
            snapshot.tag = worker;
            if (!parts_.workers[worker].try_send(snapshot)) {
                parts_.workers[worker].return_snapshot_buffer(*buffer);
                break;
            }
            underway_[worker][*buffer] = waiting.front();
            waiting.pop_front();
        }
    }
}

void SessionControl::handle(const from_worker::SnapshotReady& event) {
    if (event.tag >= underway_.size() || event.buffer >= kSnapshotBuffers) return;
    WorkerProxy& worker = parts_.workers[event.tag];
    const SnapshotRequest request = underway_[event.tag][event.buffer];
    const SessionSlot& slot = worker.snapshot(event.buffer).slot;
    if (request.purpose == Purpose::orphan)
        on_orphan_snapshot(request.session, event.found != 0 ? &slot : nullptr);
    else if (event.found != 0)
        tell(report_of(request, slot));
    else
        refuse(request.tag, Refusal::unknown_session);
    worker.return_snapshot_buffer(event.buffer);
    send_waiting_snapshots();
}

Report SessionControl::report_of(const SnapshotRequest& request, const SessionSlot& slot) const {
    Report report;
    report.tag = request.tag;
    report.state = state_of(request.session, slot);
    for (std::size_t i = 0; i < kMaxForks; ++i) {
        const ForkSlot& from = slot.forks[i];
        Report::Fork& to = report.forks[i];
        to.present = from.leased;
        if (from.leased == 0) continue;
        to.stream = from.stream;
        to.source = from.source;
        to.phase = static_cast<std::uint8_t>(from.phase);
        to.local_rtp = from.local_rtp;
        to.remote_rtp = from.remote_rtp;
        to.account = from.account;
    }
    return report;
}

SessionState SessionControl::state_of(SessionId session, const SessionSlot& slot) const {
    SessionState state;
    state.session = session;
    state.guid = slot.guid;
    state.stream_count = std::min(slot.stream_count, static_cast<std::uint8_t>(kMaxStreams));
    state.worker = slot.worker;
    for (std::size_t i = 0; i < kMaxForks; ++i)
        if (slot.forks[i].leased != 0)
            state.fork_mask = static_cast<std::uint8_t>(state.fork_mask | 1U << i);
    for (std::size_t stream = 0; stream < state.stream_count; ++stream) {
        for (const std::size_t side : {0U, 1U}) {
            const DirectionSlot& from = slot.streams[stream].from[side];
            state.local[stream].local_rtp[side] = from.local_rtp;
            state.remote_rtp[stream][side] = from.remote_rtp;
            state.streams[stream][side] = from.account;
        }
    }
    return state;
}

PlaneReport SessionControl::plane_report(RequestTag tag) {
    PlaneReport report;
    report.tag = tag;
    report.sessions = static_cast<std::uint32_t>(table_.in_use().size());
    report.session_slots = static_cast<std::uint32_t>(table_.slots());
    report.forks = static_cast<std::uint32_t>(table_.forks());
    const PortCounts ports = parts_.ports.counts(now());
    report.ports_available = static_cast<std::uint32_t>(ports.available);
    report.ports_in_use = static_cast<std::uint32_t>(ports.leased);
    report.ports_quarantined = static_cast<std::uint32_t>(ports.quarantined);
    report.stale_commands = counters_.stale_commands;
    // All workers that ever counted: a successor with fewer cores keeps the totals.
    for (std::size_t i = 0; i < kMaxWorkers; ++i) {
        WorkerCounters& counters = parts_.shared.counters(i);
        report.received += read(counters.received);
        report.relayed += read(counters.relayed);
        report.relayed_by_kernel += read(counters.relayed_by_kernel);
        report.copied += read(counters.copied);
        report.copied_by_kernel += read(counters.copied_by_kernel);
        for (std::size_t v = 0; v < kVerdictCount; ++v)
            report.drops[v] += read(counters.drops[v]);
        for (std::size_t d = 0; d < kForkDropCount; ++d)
            report.fork_drops[d] += read(counters.fork_drops[d]);
        report.laws_broken += read(counters.laws_broken);
        report.stale_commands += read(counters.stale_commands);
        report.punted += read(counters.punted);
        report.handed_over += read(counters.handed_over);
        // The worker forgets what is old: several readers do not take it from each other. Rounded
        // up, for a turn of an idle worker takes less than a microsecond.
        report.longest_turn_us =
            std::max(report.longest_turn_us, (read(counters.longest_turn_ns) + 999) / 1000);
    }
    report.pre_roll_bytes = std::uint64_t{table_.rings_in_use()} * parts_.shared.ring(0).size();
    std::strncpy(report.io_mode, parts_.io_mode, sizeof report.io_mode - 1);
    report.control = {
        counters_.opened,         counters_.refused,           counters_.orphans_released,
        counters_.adopted,        counters_.adoption_failures, counters_.overdue,
        counters_.pre_roll_short, counters_.undelivered};
    if (parts_.io != nullptr) report_devices(*parts_.io, report);
    return report;
}

}  // namespace weir::dataplane
