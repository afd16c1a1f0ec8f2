// SPDX-License-Identifier: Apache-2.0
// The rings between the workers and the host.
#include "dataplane/io/host_rings.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

constexpr std::uint64_t kOne = 1;

tl::unexpected<Error> no_memory(const char* what) {
    return fail(ErrorCode::exhausted, std::string("no memory for the ring of ") + what + ": " +
                                          rte_strerror(rte_errno) +
                                          " (media.memory_mib in platform.yaml)");
}

}  // namespace

Result<std::unique_ptr<HostRings>> HostRings::create(std::size_t devices, int worker_wake_fd) {
    static_assert(sizeof(HostFrame) % 4 == 0, "rte_ring wants elements of whole words");
    std::unique_ptr<HostRings> rings(new HostRings());
    rings->devices_ = std::min(devices, kMaxDevices);
    rings->worker_wake_fd_ = worker_wake_fd;
    rings->punted_ = rte_ring_create_elem("weir_punted", sizeof(HostFrame), kPuntRing,
                                          SOCKET_ID_ANY, RING_F_SC_DEQ);
    if (rings->punted_ == nullptr) return no_memory("frames for the host");
    for (std::size_t i = 0; i < rings->devices_; ++i) {
        const std::string name = "weir_from_host_" + std::to_string(i);
        rings->from_host_[i] = rte_ring_create(name.c_str(), kFromHostRing, SOCKET_ID_ANY,
                                               RING_F_SP_ENQ | RING_F_SC_DEQ);
        if (rings->from_host_[i] == nullptr) return no_memory("frames of the host");
    }
    rings->wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (rings->wake_fd_ < 0) return fail_errno("eventfd for frames of the host", errno);
    return rings;
}

HostRings::~HostRings() {
    if (wake_fd_ >= 0) close(wake_fd_);
    HostFrame punted;
    while (punted_ != nullptr && rte_ring_dequeue_elem(punted_, &punted, sizeof(punted)) == 0)
        rte_pktmbuf_free(punted.frame);
    rte_ring_free(punted_);
    for (rte_ring* ring : from_host_) {
        void* frame = nullptr;
        while (ring != nullptr && rte_ring_dequeue(ring, &frame) == 0)
            rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
        rte_ring_free(ring);
    }
}

bool HostRings::about_to_sleep() noexcept {
    // Both sides exchange one word, and such exchanges have an order: a punt behind this one sees
    // `true` and wakes us; the frame of a punt before it is in the ring when we look.
    (void)sleeping_.exchange(true, std::memory_order_acq_rel);
    if (rte_ring_count(punted_) == 0) return true;
    sleeping_.store(false, std::memory_order_relaxed);
    return false;
}

void HostRings::awake() noexcept {
    sleeping_.store(false, std::memory_order_relaxed);
    std::uint64_t wakes = 0;
    [[maybe_unused]] const auto got = read(wake_fd_, &wakes, sizeof(wakes));
}

std::size_t HostRings::take_punted(std::span<HostFrame> frames) noexcept {
    return rte_ring_sc_dequeue_burst_elem(punted_, frames.data(), sizeof(HostFrame),
                                          static_cast<unsigned>(frames.size()), nullptr);
}

bool HostRings::send_to_device(rte_mbuf* frame, std::uint8_t device) noexcept {
    rte_ring* ring = from_host(device);
    if (ring != nullptr && rte_ring_sp_enqueue(ring, frame) == 0) return true;
    rte_pktmbuf_free(frame);
    return false;
}

void HostRings::wake_worker() const noexcept {
    if (worker_wake_fd_ < 0) return;
    [[maybe_unused]] const auto written = write(worker_wake_fd_, &kOne, sizeof(kOne));
}

bool HostRings::punt(rte_mbuf* frame, std::uint8_t device) noexcept {
    HostFrame punted{frame, device};
    if (rte_ring_mp_enqueue_elem(punted_, &punted, sizeof(punted)) != 0) return false;
    // One system call per sleep of control's: who takes the word back wakes it (about_to_sleep).
    if (sleeping_.exchange(false, std::memory_order_acq_rel)) {
        [[maybe_unused]] const auto written = write(wake_fd_, &kOne, sizeof(kOne));
    }
    return true;
}

}  // namespace weir::dataplane
