// SPDX-License-Identifier: Apache-2.0
// Receiving: from the other workers, then from this worker's queues; and the sleep between turns.
#include "dataplane/io/port_io.hpp"

#include <algorithm>
#include <utility>

#include <poll.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>
#include <rte_ring.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "dataplane/engine/burst.hpp"
#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/io/io_limits.hpp"

namespace weir::dataplane {

PortIo::PortIo(PortIoOptions options, DeviceTable& table, HostRings* host)
    : options_(std::move(options)),
      table_(table),
      host_(host),
      pass_(table.pass(options_.worker)),
      handed_over_(*table.hand_over_ring(options_.worker)),
      losses_(table.devices()),
      offloaded_(options_.sent_mark != 0 ? table.devices() : 0) {}

std::uint16_t PortIo::receive(Burst& burst, MonoTime now) noexcept {
    now_ = now;
    // Sequentially consistent: see DeviceTable::detach. Once a turn, not once a packet.
    pass_.number.store(++turn_, std::memory_order_seq_cst);
    const std::uint16_t before = burst.count;
    flush_rings();
    // Half of the room, so that a busy neighbour does not keep this worker from its own queues.
    take_handed_over(burst, kBurst / 2);
    const std::size_t devices = table_.devices();
    for (std::size_t i = 0; i < devices && burst.count < kBurst; ++i) {
        const std::size_t index = next_device_ + i;
        poll_device(index < devices ? index : index - devices, burst);
    }
    if (++next_device_ >= devices) next_device_ = 0;
    take_handed_over(burst, kBurst);
    const auto got = static_cast<std::uint16_t>(burst.count - before);
    if (got != 0) last_frame_ns_ = now.ns;
    if (got == kBurst) is_busy_ = true;
    empty_turns_ = last_frame_ns_ == now.ns ? 0 : empty_turns_ + 1;
    return got;
}

void PortIo::take_handed_over(Burst& burst, std::uint16_t most) noexcept {
    const unsigned room = std::min<unsigned>(most, kBurst - burst.count);
    if (room == 0) return;
    const std::uint16_t first = burst.count;
    void** where = reinterpret_cast<void**>(burst.packets.data() + first);
    burst.count = static_cast<std::uint16_t>(
        first + rte_ring_sc_dequeue_burst(&handed_over_, where, room, nullptr));
    for (std::uint16_t i = first; i < burst.count; ++i) {
        const rte_mbuf& frame = *burst.packets[i];
        rte_prefetch0(rte_pktmbuf_mtod(&frame, void*));
        PacketMeta& meta = burst.meta[i];
        meta.arrival_ns = now_.ns;
        meta.overflow = frame.hash.fdir.hi;  // hand_over()
        meta.truncated = 0;
    }
}

void PortIo::poll_device(std::size_t index, Burst& burst) noexcept {
    DeviceState& device = table_.state(index);
    Losses& losses = losses_[index];
    if (!device.attached.load(std::memory_order_seq_cst)) {
        losses.is_new = true;
        return drop_offloaded(index);
    }
    const std::uint32_t overflow = device.overflow();
    if (losses.is_new) losses = {overflow, false, false};
    losses.waits = false;
    const auto step = static_cast<std::uint16_t>(table_.workers());
    for (std::uint16_t queue = options_.worker; queue < device.rx_queues && burst.count < kBurst;
         queue = static_cast<std::uint16_t>(queue + step)) {
        const std::uint16_t first = burst.count;
        poll_queue(device, index, queue, burst);
        if (burst.count == first) continue;
        for (std::uint16_t i = first; i < burst.count; ++i) {
            rte_mbuf& frame = *burst.packets[i];
            rte_prefetch0(rte_pktmbuf_mtod(&frame, void*));
            // Our index instead of DPDK's: not every driver sets it, and ours survives a
            // re-opening. hand_over() and punt() go by it.
            frame.port = static_cast<std::uint16_t>(index);
            PacketMeta& meta = burst.meta[i];
            meta.overflow = losses.known;
            meta.truncated = 0;
        }
    }
    // Nothing waits any more that had come before the counter was read.
    if (burst.count < kBurst && !losses.waits) losses.known = overflow;
}

void PortIo::poll_queue(DeviceState& device, std::size_t index, std::uint16_t queue,
                        Burst& burst) noexcept {
    if (device.flows != nullptr && options_.sent_mark != 0)
        return poll_offloaded(device, index, queue, burst);
    const std::uint16_t first = burst.count;
    const auto room = static_cast<std::uint16_t>(kBurst - first);
    burst.count = static_cast<std::uint16_t>(
        first + rte_eth_rx_burst(device.port_id, queue, burst.packets.data() + first, room));
    for (std::uint16_t i = first; i < burst.count; ++i)
        burst.meta[i].arrival_ns = now_.ns;
}

std::uint32_t PortIo::overflow(LocalPort port) noexcept {
    if (port.realm >= options_.realm_device.size()) return 0;
    DeviceState& device = table_.state(options_.realm_device[port.realm]);
    // A counter that costs a system call is read once a turn, registers of hardware are spared.
    if (device.attached.load(std::memory_order_seq_cst))
        table_.refresh_missed(device, now_,
                              device.cheap_counters ? std::chrono::nanoseconds(1)
                                                    : std::chrono::nanoseconds(kMissedRefresh));
    return device.overflow();
}

bool PortIo::hand_over(std::uint8_t worker, rte_mbuf* frame) noexcept {
    rte_ring* ring = table_.hand_over_ring(worker);
    frame->hash.fdir.hi = losses_[frame->port].known;  // beside hash.usr, which is in use
    if (ring != nullptr && rte_ring_mp_enqueue(ring, frame) == 0) return true;
    table_.state(frame->port).not_handed_over.fetch_add(1, std::memory_order_relaxed);
    rte_pktmbuf_free(frame);
    return false;
}

bool PortIo::punt(rte_mbuf* frame) noexcept {
    if (host_ != nullptr && host_->punt(frame, static_cast<std::uint8_t>(frame->port))) return true;
    rte_pktmbuf_free(frame);
    return host_ == nullptr;
}

std::chrono::nanoseconds PortIo::sleep_time(std::chrono::nanoseconds longest) const noexcept {
    const bool is_idle = longest >= std::chrono::nanoseconds(kFramedIdleSleep) &&
                         now_.ns - last_frame_ns_ > std::chrono::nanoseconds(kRecentFrame).count();
    // Few frames wait for us beside what the kernel relays.
    if (sent_by_kernel_ > kOffloadShare * frames_)
        return std::min(longest, frames_ == 0 ? std::chrono::nanoseconds(kOffloadQuietSleep)
                                              : std::chrono::nanoseconds(kOffloadSleep));
    const std::chrono::nanoseconds ours = is_idle ? std::chrono::nanoseconds(kFramedIdleSleep)
                                                  : std::chrono::nanoseconds(kFramedSleep);
    return std::min(longest, ours);
}

void PortIo::wait(std::chrono::nanoseconds longest) noexcept {
    if (empty_turns_ < kFramedBusyTurns || longest.count() == 0) return;
    // What polls without the kernel may look a few times more for the price of a sleep.
    if (options_.polls_cheaply && is_busy_ && empty_turns_ < kCheapBusyTurns) return;
    is_busy_ = false;
    if (!has_slack_) {
        (void)::prctl(PR_SET_TIMERSLACK, kTimerSlackNs, 0, 0, 0);
        has_slack_ = true;
    }
    const auto time = sleep_time(longest).count();
    frames_ = sent_by_kernel_ = 0;
    const timespec limit{time / 1'000'000'000, time % 1'000'000'000};
    pollfd wake{options_.wake_fd, POLLIN, 0};
    if (::ppoll(&wake, 1, &limit, nullptr) < 1) return;
    std::uint64_t wakes = 0;
    [[maybe_unused]] const auto got = ::read(options_.wake_fd, &wakes, sizeof(wakes));
}

}  // namespace weir::dataplane
