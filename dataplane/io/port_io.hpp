// SPDX-License-Identifier: Apache-2.0
// PortIo: PacketIo of one worker over all devices of the node: its queues of each, the rings from
// and to the other workers, and the host's.
//
// Thread: the worker; create(): control, while the worker does not run. All tables are made by
// control before. The only system calls are those of the drivers, and the sleep.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/engine/flow_offload.hpp"
#include "dataplane/engine/packet_io.hpp"
#include "dataplane/io/device_table.hpp"
#include "dataplane/io/host_rings.hpp"
#include "dataplane/io/media_io.hpp"
#include "dataplane/io/offloaded_queue.hpp"
#include "dataplane/io/xdp/filter_maps.h"

namespace weir::dataplane {

struct PortIoOptions {
    std::uint8_t worker = 0;                 // index
    std::vector<std::uint8_t> realm_device;  // by realm: index of its device
    std::vector<IpAddress> realm_address;    // by realm
    int wake_fd = -1;                        // WorkerLink::wake_fd(): ends the sleep
    bool polls_cheaply = false;              // its devices are asked without a system call
    // Flow offload: the bit of rte_mbuf::ol_flags for what the kernel has sent; 0: no offload.
    std::uint64_t sent_mark = 0;
};

class PortIo final : public PacketIo, private FlowOffload {
public:
    // `host` may be null: then what is punted is only freed, for the kernel has its own copy.
    // Both outlive this object.
    PortIo(PortIoOptions options, DeviceTable& table, HostRings* host);

    [[nodiscard]] Framing framing() const noexcept override { return Framing::ethernet; }
    std::uint16_t receive(Burst& burst, MonoTime now) noexcept override;
    void transmit(TxBurst& burst) noexcept override;
    [[nodiscard]] bool is_link_up(RealmIndex realm) const noexcept override;
    void wait(std::chrono::nanoseconds longest) noexcept override;
    bool add_port(LocalPort, int) noexcept override { return true; }
    void remove_port(LocalPort) noexcept override {}
    // What is still in a queue cannot be read port by port; it finds no session and is counted.
    std::uint16_t drain(LocalPort, Burst&, MonoTime) noexcept override { return 0; }
    [[nodiscard]] std::uint32_t overflow(LocalPort port) noexcept override;
    bool hand_over(std::uint8_t worker, rte_mbuf* frame) noexcept override;
    bool punt(rte_mbuf* frame) noexcept override;
    [[nodiscard]] FlowOffload* offload() noexcept override {
        return options_.sent_mark != 0 ? this : nullptr;
    }

private:
    // FlowOffload (port_offload.cpp): a flow is kept by the device where it arrives.
    [[nodiscard]] std::uint64_t sent_mark() const noexcept override { return options_.sent_mark; }
    [[nodiscard]] bool has_sent_all(RealmIndex leaves) const noexcept override;
    bool give(const FlowRule& rule) noexcept override;
    [[nodiscard]] bool can_copy(RealmIndex arrives, RealmIndex leaves) const noexcept override;
    void take_back(LocalPort port) noexcept override;
    [[nodiscard]] bool has(LocalPort port) const noexcept override;
    // Null: it is not attached, or relays nothing.
    [[nodiscard]] FlowTable* flows_of(RealmIndex realm) const noexcept;
    // Appends what came on one queue.
    void poll_queue(DeviceState& device, std::size_t index, std::uint16_t queue,
                    Burst& burst) noexcept;
    void poll_offloaded(DeviceState& device, std::size_t index, std::uint16_t queue,
                        Burst& burst) noexcept;
    void drop_offloaded(std::size_t index) noexcept;
    void take_handed_over(Burst& burst, std::uint16_t most) noexcept;
    void poll_device(std::size_t index, Burst& burst) noexcept;
    // Sends what waits for this worker's queues: frames of other workers and of the host.
    void flush_rings() noexcept;
    void flush(rte_ring* ring, const DeviceState& device, std::uint16_t queue) noexcept;
    void send_run(TxBurst& burst, std::size_t first, std::size_t count) noexcept;
    [[nodiscard]] std::uint16_t send(const DeviceState& device, rte_mbuf** frames,
                                     std::uint16_t count) noexcept;
    [[nodiscard]] std::chrono::nanoseconds sleep_time(
        std::chrono::nanoseconds longest) const noexcept;

    // What this worker's frames say of a device's overflow(): it lags behind the counter as long as
    // frames wait, for these came before a loss that has been counted meanwhile. Who finds a gap
    // between them asks overflow(), and sees that the counter has risen.
    struct Losses {
        std::uint32_t known = 0;
        bool is_new = true;  // nothing of the device has been received since it is attached
        bool waits = false;  // by this turn: although the burst has room
    };

    PortIoOptions options_;
    DeviceTable& table_;
    HostRings* host_;
    WorkerPass& pass_;
    rte_ring& handed_over_;
    std::size_t next_device_ = 0;     // who is asked first, by turns
    MonoTime now_{};                  // of this turn
    std::int64_t last_frame_ns_ = 0;  // when something was last received or sent for another
    std::uint64_t turn_ = 0;
    std::vector<Losses> losses_;  // by device
    // Flow offload: the queues of each device; and what came since the last sleep.
    std::vector<std::array<OffloadedQueue, WEIR_XDP_MAX_QUEUES>> offloaded_;
    std::uint64_t frames_ = 0;
    std::uint64_t sent_by_kernel_ = 0;
    unsigned empty_turns_ = 0;
    bool is_busy_ = false;  // a burst was full since the last sleep
    bool has_slack_ = false;
};

}  // namespace weir::dataplane
