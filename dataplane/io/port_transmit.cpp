// SPDX-License-Identifier: Apache-2.0
// Sending: by this worker's queue of the device, or by the ring of the worker that has one.
#include <algorithm>

#include <rte_ethdev.h>
#include <rte_ring.h>

#include "dataplane/engine/burst.hpp"
#include "dataplane/io/io_limits.hpp"
#include "dataplane/io/port_io.hpp"

namespace weir::dataplane {
namespace {

std::uint16_t send_by_queue(const DeviceState& device, std::uint16_t queue, rte_mbuf** frames,
                            std::uint16_t count) {
    std::uint16_t sent = 0;
    // A queue that takes nothing is asked again a few times and not until it does.
    for (unsigned attempt = 0; sent < count && attempt < kTxAttempts; ++attempt) {
        const std::uint16_t taken = rte_eth_tx_burst(device.port_id, queue, frames + sent,
                                                     static_cast<std::uint16_t>(count - sent));
        sent = static_cast<std::uint16_t>(sent + taken);
        if (taken != 0) attempt = 0;
    }
    return sent;
}

}  // namespace

std::uint16_t PortIo::send(const DeviceState& device, rte_mbuf** frames,
                           std::uint16_t count) noexcept {
    if (options_.worker < device.tx_queues)
        return send_by_queue(device, options_.worker, frames, count);
    // Fewer queues than workers: a queue has one user, who finds these at its next turn.
    rte_ring* ring =
        device.tx_rings[options_.worker % device.tx_queues].load(std::memory_order_acquire);
    return static_cast<std::uint16_t>(
        rte_ring_mp_enqueue_burst(ring, reinterpret_cast<void**>(frames), count, nullptr));
}

bool PortIo::is_link_up(RealmIndex realm) const noexcept {
    const DeviceState& device = table_.state(options_.realm_device[realm]);
    return device.attached.load(std::memory_order_relaxed) &&
           device.is_up.load(std::memory_order_relaxed);
}

void PortIo::send_run(TxBurst& burst, std::size_t first, std::size_t count) noexcept {
    const RealmIndex realm = burst.meta[first].from.realm;
    const DeviceState& device = table_.state(options_.realm_device[realm]);
    const bool is_there = device.attached.load(std::memory_order_seq_cst) &&
                          device.is_up.load(std::memory_order_relaxed);
    const std::size_t sent =
        is_there ? send(device, burst.packets.data() + first, static_cast<std::uint16_t>(count))
                 : 0;
    const auto outcome = burst.outcome.begin() + static_cast<std::ptrdiff_t>(first);
    std::fill_n(outcome, sent, TxOutcome::sent);
    std::fill_n(outcome + static_cast<std::ptrdiff_t>(sent), count - sent,
                is_there ? TxOutcome::refused : TxOutcome::link_down);
    if (sent < count)
        rte_pktmbuf_free_bulk(burst.packets.data() + first + sent,
                              static_cast<unsigned>(count - sent));
}

void PortIo::transmit(TxBurst& burst) noexcept {
    // Frames of one device that stand together leave in one call.
    const auto& device_of = options_.realm_device;
    std::size_t first = 0;
    while (first < burst.count) {
        const std::uint8_t device = device_of[burst.meta[first].from.realm];
        std::size_t end = first + 1;
        while (end < burst.count && device_of[burst.meta[end].from.realm] == device)
            ++end;
        send_run(burst, first, end - first);
        first = end;
    }
}

void PortIo::flush(rte_ring* ring, const DeviceState& device, std::uint16_t queue) noexcept {
    std::array<rte_mbuf*, kFlushPerTurn> frames;
    void** where = reinterpret_cast<void**>(frames.data());
    // Only what the device takes leaves the ring: a full ring is then told to who fills it.
    const unsigned waiting = rte_ring_dequeue_burst_start(ring, where, kFlushPerTurn, nullptr);
    if (waiting == 0) return;
    last_frame_ns_ = now_.ns;
    const bool is_there =
        device.attached.load(std::memory_order_seq_cst) && queue < device.tx_queues;
    const std::uint16_t sent =
        is_there ? send_by_queue(device, queue, frames.data(), static_cast<std::uint16_t>(waiting))
                 : std::uint16_t{0};
    rte_ring_dequeue_finish(ring, is_there ? sent : waiting);
    if (!is_there) rte_pktmbuf_free_bulk(frames.data(), waiting);
}

void PortIo::flush_rings() noexcept {
    const std::uint16_t worker = options_.worker;
    for (std::size_t i = 0; i < table_.devices(); ++i) {
        const DeviceState& device = table_.state(i);
        rte_ring* of_workers = device.tx_rings[worker].load(std::memory_order_acquire);
        if (of_workers != nullptr) flush(of_workers, device, worker);
        if (host_ == nullptr || worker != 0) continue;
        flush(host_->from_host(static_cast<std::uint8_t>(i)), device, 0);
    }
}

}  // namespace weir::dataplane
