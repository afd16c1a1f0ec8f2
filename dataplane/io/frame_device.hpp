// SPDX-License-Identifier: Apache-2.0
// FrameDevice: one DPDK ethernet device, opened with its queues, watched, and closed again. The
// kind of device (a NIC, af_xdp, af_packet, memif, ...) is decided by its EAL arguments alone.
//
// Thread: control. Workers use only port_id() and the queue numbers, through PortIo; and counts(),
// one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/base/mac_address.hpp"
#include "config/base/result.hpp"
#include "dataplane/engine/mbuf.hpp"

namespace weir::dataplane {

struct FrameDeviceOptions {
    std::string name;       // as platform.yaml and messages say
    std::string eal_name;   // "net_af_xdp0", "net_memif0", "0000:01:00.0"
    std::string arguments;  // of the driver: "iface=eth0,start_queue=0,queue_count=1"
    std::uint16_t rx_queues = 1;
    std::uint16_t tx_queues = 1;
    // The kernel's device that it stands on (af_xdp, af_packet): its MAC, MTU and link are the
    // truth, and when it goes the device is gone. "" = the device is ours alone.
    std::string interface;
    std::uint16_t mtu = 0;  // to be set, bytes of an IP packet; 0 = as the device has it
};

class FrameDevice;
class FlowTable;

// What a kind of device needs beside its DPDK driver: af_xdp its XDP program, af_packet the drop
// counters of its sockets. Thread: control, but for missed().
class DeviceCompanion {
public:
    virtual ~DeviceCompanion() = default;
    // Before the driver is probed, at the start and each time the device comes back.
    [[nodiscard]] virtual Result<void> before_open() { return {}; }
    // The device is started; no worker uses it yet.
    [[nodiscard]] virtual Result<void> after_open(const FrameDevice&) { return {}; }
    // No worker uses it any more, the driver still has it.
    virtual void before_close(const FrameDevice&) {}
    virtual void after_close() {}
    // The media ports, both ends included. May come before the device is open.
    virtual void set_port_range(std::uint16_t /*min*/, std::uint16_t /*max*/) {}
    // Frames lost before us that the driver does not count, since the device was opened. Called by
    // control or a worker, one at a time: no allocation, no log.
    [[nodiscard]] virtual std::uint64_t missed() noexcept { return 0; }
    // Why packets cost more than they need to on this device, and what mends it; "" if they do not.
    [[nodiscard]] virtual std::string costs_more() const { return {}; }
    // What the device's kernel can relay by itself, while it is open; null: nothing.
    [[nodiscard]] virtual FlowTable* flows() noexcept { return nullptr; }
    // Why it cannot, if it was asked for; "" otherwise.
    [[nodiscard]] virtual std::string flow_trouble() const { return {}; }
};

// What the device counts itself, since it was opened.
struct FrameDeviceCounts {
    std::uint64_t missed = 0;  // frames that came and that we never saw: full rings, no buffers
    std::uint64_t tx_errors = 0;
};

class FrameDevice {
public:
    // Probes, configures and starts it; received frames come from `pool`. Fewer queues than asked
    // for where the device has no more. `companion` (may be null) outlives the device.
    // Errors: not_found (no such device or driver), denied (a capability is missing), exists (in
    // use by another program), exhausted (memory, queues), io; one sentence with what to do.
    [[nodiscard]] static Result<std::unique_ptr<FrameDevice>> open(
        const FrameDeviceOptions& options, BufferPool& pool, DeviceCompanion* companion = nullptr);
    // Stops and removes it. No worker may use it any more.
    ~FrameDevice();
    FrameDevice(const FrameDevice&) = delete;
    FrameDevice& operator=(const FrameDevice&) = delete;

    [[nodiscard]] std::uint16_t port_id() const { return port_id_; }
    [[nodiscard]] std::uint16_t rx_queues() const { return rx_queues_; }
    [[nodiscard]] std::uint16_t tx_queues() const { return tx_queues_; }
    [[nodiscard]] const FrameDeviceOptions& options() const { return options_; }
    [[nodiscard]] BufferPool& pool() const { return *pool_; }                // of received frames
    [[nodiscard]] DeviceCompanion* companion() const { return companion_; }  // may be null
    // The kernel's number of options().interface; 0: the device is ours alone.
    [[nodiscard]] unsigned interface_index() const { return interface_index_; }
    [[nodiscard]] std::string driver() const;  // "net_memif"
    [[nodiscard]] MacAddress mac() const;
    [[nodiscard]] std::uint16_t mtu() const;  // longest IP packet, bytes
    [[nodiscard]] bool is_up() const;
    // The kernel's device, or the hardware, is not there any more.
    [[nodiscard]] bool is_gone() const;
    // A client of memif: the driver connects it to its server only when it is started, and never
    // again by itself. Opened all the same while the server is not there.
    [[nodiscard]] bool is_client() const { return is_client_; }
    [[nodiscard]] bool is_started() const { return is_started_; }
    // Stops and starts it. No worker may use it. Error: unavailable: its server is not there.
    [[nodiscard]] Result<void> reconnect();
    // Every received UDP checksum was looked at by the hardware.
    [[nodiscard]] bool checks_checksums() const { return checks_checksums_; }
    [[nodiscard]] FrameDeviceCounts counts() const noexcept;

private:
    FrameDevice() = default;
    Result<void> probe();
    Result<void> configure(BufferPool& pool);
    Result<void> start();

    FrameDeviceOptions options_;
    DeviceCompanion* companion_ = nullptr;
    BufferPool* pool_ = nullptr;
    std::uint16_t port_id_ = 0;
    std::uint16_t rx_queues_ = 0;
    std::uint16_t tx_queues_ = 0;
    unsigned interface_index_ = 0;
    bool is_probed_ = false;
    bool is_started_ = false;
    bool is_client_ = false;
    bool checks_checksums_ = false;
};

}  // namespace weir::dataplane
