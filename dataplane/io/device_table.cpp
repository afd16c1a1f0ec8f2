// SPDX-License-Identifier: Apache-2.0
// Attaching and detaching devices under running workers.
#include "dataplane/io/device_table.hpp"

#include <string>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "dataplane/io/io_limits.hpp"

namespace weir::dataplane {
namespace {

// Many producers, one consumer.
Result<rte_ring*> make_ring(const std::string& name, std::size_t count) {
    rte_ring* ring =
        rte_ring_create(name.c_str(), static_cast<unsigned>(count), SOCKET_ID_ANY, RING_F_SC_DEQ);
    if (ring == nullptr)
        return fail(ErrorCode::exhausted, "no memory for the ring " + name + ": " +
                                              rte_strerror(rte_errno) +
                                              " (media.memory_mib in platform.yaml)");
    return ring;
}

void free_ring(rte_ring* ring) {
    if (ring == nullptr) return;
    void* frame = nullptr;
    while (rte_ring_dequeue(ring, &frame) == 0)
        rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
    rte_ring_free(ring);
}

}  // namespace

Result<std::unique_ptr<DeviceTable>> DeviceTable::create(std::size_t devices, std::size_t workers) {
    std::unique_ptr<DeviceTable> table(new DeviceTable(devices, workers));
    table->passes_at_detach_.assign(devices, std::vector<std::uint64_t>(workers));
    for (std::size_t worker = 0; worker < workers; ++worker) {
        auto ring = make_ring("weir_hand_over_" + std::to_string(worker), kHandOverRing);
        if (!ring) return fail(ring.error());
        table->hand_over_.push_back(*ring);
    }
    return table;
}

DeviceTable::~DeviceTable() {
    for (rte_ring* ring : hand_over_)
        free_ring(ring);
    for (auto& device : devices_)
        for (auto& ring : device.tx_rings)
            free_ring(ring.load(std::memory_order_relaxed));
}

Result<void> DeviceTable::make_tx_rings(std::size_t index, std::uint16_t tx_queues) {
    if (tx_queues >= workers()) return {};
    for (std::uint16_t queue = 0; queue < tx_queues; ++queue) {
        auto& ring = devices_[index].tx_rings[queue];
        if (ring.load(std::memory_order_relaxed) != nullptr) continue;
        auto made =
            make_ring("weir_tx_" + std::to_string(index) + "_" + std::to_string(queue), kTxRing);
        if (!made) return fail(made.error());
        ring.store(*made, std::memory_order_release);
    }
    return {};
}

Result<void> DeviceTable::attach(std::size_t index, const FrameDevice& device, bool is_up) {
    WEIR_TRY(make_tx_rings(index, device.tx_queues()));
    DeviceState& state = devices_[index];
    state.device = &device;
    state.flows = device.companion() != nullptr ? device.companion()->flows() : nullptr;
    state.port_id = device.port_id();
    state.rx_queues = device.rx_queues();
    state.tx_queues = device.tx_queues();
    state.cheap_counters = !device.options().interface.empty();
    // After an absence one more than before it: a gap that spans it is ours.
    state.missed_base =
        state.missed.load(std::memory_order_relaxed) + (state.was_attached ? 1U : 0U);
    state.was_attached = true;
    state.missed.store(state.missed_base, std::memory_order_relaxed);
    state.is_up.store(is_up, std::memory_order_relaxed);
    state.attached.store(true, std::memory_order_seq_cst);
    return {};
}

void DeviceTable::detach(std::size_t index) {
    DeviceState& state = devices_[index];
    state.is_up.store(false, std::memory_order_relaxed);
    // Sequentially consistent on both sides: a worker either begins its turn before the numbers are
    // read here, and then another number tells its end, or it sees the device hidden.
    state.attached.store(false, std::memory_order_seq_cst);
    for (std::size_t worker = 0; worker < workers(); ++worker)
        passes_at_detach_[index][worker] = passes_[worker].number.load(std::memory_order_seq_cst);
}

bool DeviceTable::has_let_go(std::size_t index) const {
    if (!are_running_) return true;
    for (std::size_t worker = 0; worker < passes_.size(); ++worker)
        if (passes_[worker].number.load(std::memory_order_seq_cst) ==
            passes_at_detach_[index][worker])
            return false;
    return true;
}

void DeviceTable::refresh_missed(DeviceState& device, MonoTime now,
                                 std::chrono::nanoseconds oldest) noexcept {
    if (now.ns - device.read_at_ns.load(std::memory_order_relaxed) < oldest.count()) return;
    // Drivers add up their registers without a lock: whoever comes second takes the first's word.
    if (device.reading.test_and_set(std::memory_order_acquire)) return;
    const auto missed = static_cast<std::uint32_t>(device.device->counts().missed);
    device.missed.store(device.missed_base + missed, std::memory_order_relaxed);
    device.read_at_ns.store(now.ns, std::memory_order_relaxed);
    device.reading.clear(std::memory_order_release);
}

}  // namespace weir::dataplane
