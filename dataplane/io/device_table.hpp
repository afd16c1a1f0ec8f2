// SPDX-License-Identifier: Apache-2.0
// DeviceTable: the devices of a node as its workers see them: attached or not, up or not, how many
// queues, what they missed; and the rings between the workers.
//
// Thread: written by control, read by every PortIo; each field says who. A device is detached under
// running workers: detach() hides it, has_let_go() tells when no worker can still be inside a
// driver's function of it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "dataplane/io/frame_device.hpp"

struct rte_ring;

namespace weir::dataplane {

struct alignas(64) DeviceState {
    std::atomic<bool> attached{false};     // [control] workers may use the fields below
    std::atomic<bool> is_up{false};        // [control] its link
    std::atomic<std::uint32_t> missed{0};  // [who holds `reading`] counts on over re-openings
    // [workers] frames that came and that the owner of their port could not take: lost by us, too.
    std::atomic<std::uint32_t> not_handed_over{0};
    std::atomic_flag reading{};               // one reader of the driver's counters at a time
    std::atomic<std::int64_t> read_at_ns{0};  // [who holds `reading`]
    // [control] while it is not attached.
    const FrameDevice* device = nullptr;
    FlowTable* flows = nullptr;     // what its kernel relays by itself; null: nothing
    std::uint32_t missed_base = 0;  // of earlier openings
    bool was_attached = false;      // ever
    bool cheap_counters = false;    // they may be read in every turn: no registers of hardware
    std::uint16_t port_id = 0;
    std::uint16_t rx_queues = 0;
    std::uint16_t tx_queues = 0;
    // Toward the worker that has a transmit queue, from those that have none; by queue. Made when
    // first needed, freed with the table: [control] writes, workers read at any time.
    std::array<std::atomic<rte_ring*>, kMaxWorkers> tx_rings{};

    // What PacketMeta::overflow says of its frames: a change means that some were lost here.
    [[nodiscard]] std::uint32_t overflow() const noexcept {
        return missed.load(std::memory_order_relaxed) +
               not_handed_over.load(std::memory_order_relaxed);
    }
};

// A worker's mark that it is between two turns.
struct alignas(64) WorkerPass {
    std::atomic<std::uint64_t> number{0};  // [worker] one more with each receive()
};

class DeviceTable {
public:
    // Errors: exhausted (memory for the rings).
    [[nodiscard]] static Result<std::unique_ptr<DeviceTable>> create(std::size_t devices,
                                                                     std::size_t workers);
    ~DeviceTable();
    DeviceTable(const DeviceTable&) = delete;
    DeviceTable& operator=(const DeviceTable&) = delete;

    [[nodiscard]] std::size_t devices() const noexcept { return devices_.size(); }
    [[nodiscard]] std::size_t workers() const noexcept { return passes_.size(); }
    [[nodiscard]] DeviceState& state(std::size_t device) noexcept { return devices_[device]; }
    [[nodiscard]] WorkerPass& pass(std::size_t worker) noexcept { return passes_[worker]; }
    // Frames that other workers received and this one owns; many producers, one consumer.
    [[nodiscard]] rte_ring* hand_over_ring(std::size_t worker) const noexcept {
        return worker < hand_over_.size() ? hand_over_[worker] : nullptr;
    }

    // ---- control ----
    // Shows the device, which is open, to the workers. Errors: exhausted.
    Result<void> attach(std::size_t index, const FrameDevice& device, bool is_up);
    // Hides it. What it loses from now on until it is attached again is ours.
    void detach(std::size_t index);
    // After detach(): every worker has begun another turn since, or does not run.
    [[nodiscard]] bool has_let_go(std::size_t index) const;
    void set_running(bool are_running) { are_running_ = are_running; }

    // Reads the driver's counters again if nobody else does and the last look is older than
    // `oldest`. Thread: control, or a worker within its turn.
    void refresh_missed(DeviceState& device, MonoTime now,
                        std::chrono::nanoseconds oldest) noexcept;

private:
    DeviceTable(std::size_t devices, std::size_t workers) : devices_(devices), passes_(workers) {}
    Result<void> make_tx_rings(std::size_t index, std::uint16_t tx_queues);

    std::vector<DeviceState> devices_;
    std::vector<WorkerPass> passes_;
    std::vector<rte_ring*> hand_over_;                          // by worker
    std::vector<std::vector<std::uint64_t>> passes_at_detach_;  // by device and worker
    bool are_running_ = true;
};

}  // namespace weir::dataplane
