// SPDX-License-Identifier: Apache-2.0
// MediaFilter: the XDP program on one kernel device in af_xdp mode: what stands in its way is found
// before the start, its maps are filled at every opening, and nothing of it stays behind.
//
// How a device is opened, at the start and each time it came back:
//   auto options = filter.device_options();
//   auto device = FrameDevice::open(*options, pool, &filter);   if it fails:
//   filter.explain(device.error())                              why, in one sentence
//
// What the worker must do for it (measured, README.md): sleep between its turns rather than spin on
// a core that it shares, because the driver keeps 2,048 buffers for frames to come, 13.6 ms at
// 150,000 packets a second; and sleep 200 us, because each wake-up costs 10 to 19 us of the core.
// Thread: control, but for missed().
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/io/frame_device.hpp"
#include "dataplane/io/xdp/driver_leaks.hpp"
#include "dataplane/io/xdp/flow_table.hpp"
#include "dataplane/io/xdp/own_descriptors.hpp"

namespace weir::dataplane {

// Longest IP packet of a device that the driver can serve: a page less its headers and headrooms.
inline constexpr std::uint16_t kAfXdpMaxMtu = 3542;
// Receive queues of one device, one socket each: twice the cores of a usual machine. The XDP
// program's table has as many places.
inline constexpr std::uint16_t kAfXdpMaxQueues = 64;
// Packets that a worker lets the kernel receive in one go when its ring is empty (busy polling); 0:
// the kernel receives when packets come, and an empty turn costs no system call. For devices whose
// frames are copied by the kernel (veth, tap).
inline constexpr unsigned kAfXdpBusyBudget = 0;
// For all others, the driver's own default: with zero copy and without busy polling its receive
// function may wait in poll() for up to a second. Not measured: no such device was at hand.
inline constexpr unsigned kAfXdpZeroCopyBusyBudget = 64;

struct AfXdpOptions {
    std::string name;                  // of the device, as platform.yaml and messages say
    std::string interface;             // of the kernel: "eth0"
    std::vector<IpAddress> addresses;  // ours on this device; at most kMaxRealms of a family
    // Where the number of our attached program is remembered, so that it is known as ours after a
    // crash even without CAP_SYS_ADMIN. Empty: only by what the kernel tells.
    std::string runtime_dir{};
    // The program relays established streams by itself where the kernel takes it (flow_table.hpp).
    bool offload = false;
};

class MediaFilter final : public DeviceCompanion {
public:
    explicit MediaFilter(AfXdpOptions options) : options_(std::move(options)) {}
    ~MediaFilter() override;
    MediaFilter(const MediaFilter&) = delete;
    MediaFilter& operator=(const MediaFilter&) = delete;

    // One queue pair for each receive queue that the device has now, each with a socket.
    // Errors: not_found (no such device), invalid (an MTU or queues that the driver cannot serve),
    // io.
    [[nodiscard]] Result<FrameDeviceOptions> device_options();
    // Why FrameDevice::open failed: tries again, step by step, what the driver does without saying
    // what went wrong. `error` itself if nothing was found.
    [[nodiscard]] Error explain(const Error& error);

    // Detaches a stale program of ours and holds the device against a second weir-media of this
    // network namespace. Errors: exists (another program, named; or another weir-media), denied,
    // io.
    [[nodiscard]] Result<void> before_open() override;
    // Finds the maps of the attached program and fills them. Errors: not_found (the driver did not
    // attach it), exhausted (addresses), io.
    [[nodiscard]] Result<void> after_open(const FrameDevice&) override;
    // Ends the reception and empties the rings, whose buffers the driver would forget.
    void before_close(const FrameDevice& device) override;
    // Closes what the driver left open.
    void after_close() override;
    // min > max or min 0: none, everything goes to the kernel.
    void set_port_range(std::uint16_t min, std::uint16_t max) override;
    // Frames for us that found a full receive ring (XDP_STATISTICS); those that found no buffer are
    // in the driver's own count. What a veth loses before its program runs is lost at the sender's
    // end, and counted there.
    [[nodiscard]] std::uint64_t missed() noexcept override;
    [[nodiscard]] FlowTable* flows() noexcept override { return flows_.get(); }
    [[nodiscard]] std::string flow_trouble() const override { return flow_trouble_; }

    // Media frames that came on a receive queue without a socket of ours, and went to the kernel:
    // the number of queues was raised while we ran. Since the device was opened.
    [[nodiscard]] std::uint64_t without_socket() const;

private:
    [[nodiscard]] Result<void> lock_device();
    [[nodiscard]] Result<void> clear_device();
    [[nodiscard]] Result<void> wait_for_queues();
    [[nodiscard]] Result<void> try_by_hand();
    void detach() const;
    void choose_program();
    [[nodiscard]] Result<void> take_maps();
    void open_flows(std::uint16_t queues);
    [[nodiscard]] Result<void> fill_addresses();
    [[nodiscard]] Result<void> fill_ports() const;

    AfXdpOptions options_;
    std::uint16_t first_port_ = 0;  // 0: none
    std::uint16_t last_port_ = 0;
    unsigned index_ = 0;                                 // of the kernel's device
    bool was_clear_ = false;                             // before_open() found nothing in the way
    bool has_failed_ = false;                            // the last opening, in the driver
    std::chrono::steady_clock::time_point closed_at_{};  // when a socket of ours was on the device
    ByteSpan program_;                                   // the compiled one: which of the two
    UniqueFd object_;                                    // as a file for the driver
    UniqueFd lock_;  // an abstract socket: one owner of a device in a network namespace
    std::vector<OwnDescriptor> before_;  // open before the driver's turn
    std::vector<OwnDescriptor> fresh_;   // program, maps and sockets that the driver opened
    DriverLeaks leaks_;
    UniqueFd ports_;
    UniqueFd ipv4_;
    UniqueFd ipv6_;
    UniqueFd counts_;
    FlowMaps flow_maps_;  // the driver's descriptors, in fresh_
    std::unique_ptr<FlowTable> flows_;
    std::string flow_trouble_;
    // Sockets of the driver, for missed(). [control] while no worker uses the device.
    std::array<int, kAfXdpMaxQueues> sockets_{};
    std::size_t socket_count_ = 0;
};

}  // namespace weir::dataplane
