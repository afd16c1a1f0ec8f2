// SPDX-License-Identifier: Apache-2.0
// The two rings between control and one worker, of values, each with one producer and one consumer.
#include "dataplane/engine/worker_link.hpp"

#include <string>

#include <rte_errno.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

rte_ring* make_ring(const std::string& name, std::size_t element_bytes, std::size_t count,
                    int socket_id) {
    return rte_ring_create_elem(name.c_str(), static_cast<unsigned>(element_bytes),
                                static_cast<unsigned>(count), socket_id,
                                RING_F_SP_ENQ | RING_F_SC_DEQ);
}

}  // namespace

Result<std::unique_ptr<WorkerLink>> WorkerLink::create(std::size_t index, int socket_id) {
    std::unique_ptr<WorkerLink> link(new WorkerLink());
    const std::string suffix = std::to_string(index);
    link->commands_ =
        make_ring("weir_commands_" + suffix, sizeof(WorkerCommand), kCommandRing, socket_id);
    link->events_ = make_ring("weir_events_" + suffix, sizeof(WorkerEvent), kEventRing, socket_id);
    if (link->commands_ == nullptr || link->events_ == nullptr)
        return fail(ErrorCode::exhausted, "no memory for the rings of worker " + suffix + ": " +
                                              rte_strerror(rte_errno) +
                                              " (media.memory in platform.yaml)");
    link->wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (link->wake_fd_ < 0) return fail_errno("eventfd for worker " + suffix, errno);
    link->snapshots_.resize(kSnapshotBuffers);
    return link;
}

WorkerLink::~WorkerLink() {
    rte_ring_free(commands_);
    rte_ring_free(events_);
    if (wake_fd_ >= 0) close(wake_fd_);
}

Result<void> WorkerLink::send(const WorkerCommand& command) {
    WorkerCommand copy = command;  // the ring's function takes a pointer to non-const
    if (rte_ring_sp_enqueue_elem(commands_, &copy, sizeof(copy)) != 0)
        return fail(ErrorCode::exhausted, "the command ring of the media worker is full (" +
                                              std::to_string(kCommandRing) +
                                              "): it does not keep up");
    // Always, not only when it sleeps: commands are few, and a missed wake-up would cost a call.
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_fd_, &one, sizeof(one));
    return {};
}

std::optional<WorkerEvent> WorkerLink::receive() {
    WorkerEvent event;
    if (rte_ring_sc_dequeue_elem(events_, &event, sizeof(event)) != 0) return std::nullopt;
    return event;
}

unsigned WorkerLink::take(std::span<WorkerCommand> commands) noexcept {
    return rte_ring_sc_dequeue_burst_elem(commands_, commands.data(), sizeof(WorkerCommand),
                                          static_cast<unsigned>(commands.size()), nullptr);
}

bool WorkerLink::has_commands() const noexcept {
    // Not rte_ring_empty(): it reads the producer's index without an order. The consumer's is ours.
    return __atomic_load_n(&commands_->prod.tail, __ATOMIC_ACQUIRE) != commands_->cons.tail;
}

bool WorkerLink::report(const WorkerEvent& event) noexcept {
    WorkerEvent copy = event;  // likewise
    return rte_ring_sp_enqueue_elem(events_, &copy, sizeof(copy)) == 0;
}

}  // namespace weir::dataplane
