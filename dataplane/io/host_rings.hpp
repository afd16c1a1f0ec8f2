// SPDX-License-Identifier: Apache-2.0
// HostRings: the frames between the workers and the host where we own the devices (mode dpdk): what
// is not media goes up, what the host sends goes down. Full rings refuse; nobody waits.
//
// Thread: punt() any worker; take_from_host() the one worker that serves the device (the first);
// everything else control. Frames are packet buffers of the node's pool, of one segment, and whole
// Ethernet frames as they are on the wire.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "config/base/limits.hpp"
#include "config/base/result.hpp"

struct rte_mbuf;
struct rte_ring;

namespace weir::dataplane {

// A frame and the device (index into MediaIo's list) that it came from or goes to.
struct HostFrame {
    rte_mbuf* frame = nullptr;
    std::uint8_t device = 0;
};

class HostRings {
public:
    // `worker_wake_fd`: the first worker's WorkerLink::wake_fd(); it is written when frames of the
    // host wait. -1: never. Errors: exhausted (memory), io.
    [[nodiscard]] static Result<std::unique_ptr<HostRings>> create(std::size_t devices,
                                                                   int worker_wake_fd);
    ~HostRings();  // frees what is still in the rings
    HostRings(const HostRings&) = delete;
    HostRings& operator=(const HostRings&) = delete;

    // ---- control ----
    // Readable when a worker has punted something since about_to_sleep(); for poll().
    [[nodiscard]] int wake_fd() const { return wake_fd_; }
    // To be called before control sleeps: from now on a punted frame makes wake_fd() readable.
    // False: frames wait already, do not sleep.
    [[nodiscard]] bool about_to_sleep() noexcept;
    // To be called after the sleep: workers make no system calls while control is awake.
    void awake() noexcept;
    // Frames that workers punted; how many. The caller frees them.
    [[nodiscard]] std::size_t take_punted(std::span<HostFrame> frames) noexcept;
    // A frame of the host for a device. False: the ring is full; the frame is freed.
    bool send_to_device(rte_mbuf* frame, std::uint8_t device) noexcept;
    // After one or more send_to_device: the worker need not come by itself.
    void wake_worker() const noexcept;

    // ---- worker (PortIo) ----
    // False: the ring is full; the frame is still the caller's.
    [[nodiscard]] bool punt(rte_mbuf* frame, std::uint8_t device) noexcept;
    // The host's frames for this device; for who sends them.
    [[nodiscard]] rte_ring* from_host(std::uint8_t device) const noexcept {
        return device < devices_ ? from_host_[device] : nullptr;
    }

private:
    HostRings() = default;

    rte_ring* punted_ = nullptr;                      // of HostFrame; many producers
    std::array<rte_ring*, kMaxDevices> from_host_{};  // of rte_mbuf*
    std::size_t devices_ = 0;
    int wake_fd_ = -1;
    int worker_wake_fd_ = -1;
    // Written by control around its sleep, read by workers: whether a punt must write wake_fd_.
    std::atomic<bool> sleeping_{false};
};

}  // namespace weir::dataplane
