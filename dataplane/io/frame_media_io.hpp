// SPDX-License-Identifier: Apache-2.0
// FrameMediaIo: the modes whose packets are Ethernet frames (dpdk, af_xdp, af_packet): the devices,
// a PortIo per worker over all of them, and what happens when a device goes and comes back.
//
// Thread: control; see MediaIo. Destroy it when the workers have returned.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/base/log.hpp"
#include "dataplane/io/device_table.hpp"
#include "dataplane/io/frame_device.hpp"
#include "dataplane/io/host_rings.hpp"
#include "dataplane/io/media_io.hpp"
#include "dataplane/io/port_io.hpp"

namespace weir::dataplane {

// A device to be opened.
struct FramePort {
    std::string name;  // as platform.yaml and messages say
    // Asked at each opening: what stands behind the name may have changed meanwhile.
    std::function<Result<FrameDeviceOptions>()> options;
    // Why the opening failed, if that can be told better; may be empty.
    std::function<Error(const Error&)> explain;
    std::shared_ptr<DeviceCompanion> companion;  // also held by the two functions; may be null
};

struct FrameRealmOptions {
    IpAddress address;
    std::uint8_t device = 0;  // index into `ports`
    std::uint16_t vlan = 0;   // 0 = untagged
    std::uint8_t dscp = 46;
};

struct FrameMediaIoOptions {
    const char* mode = "dpdk";
    PortBinding binding = PortBinding::none;
    bool hides_media_ports = true;  // see MediaIo
    bool has_host_rings = false;    // frames that are not media go to control instead of nowhere
    std::vector<FramePort> ports;   // 1..kMaxDevices
    std::vector<FrameRealmOptions> realms;  // by RealmIndex
    // Flow offload, where the devices have it: does what an XDP program sends by the kernel's
    // device of that number arrive at its other end? Empty: no offload.
    std::function<bool(unsigned)> sends_xdp_frames;
};

class FrameMediaIo final : public MediaIo {
public:
    // Opens all devices. `wake_fds`: WorkerLink::wake_fd() of each worker; `pool` outlives this.
    // Errors: those of FrameDevice::open.
    [[nodiscard]] static Result<std::unique_ptr<MediaIo>> open(FrameMediaIoOptions options,
                                                               std::span<const int> wake_fds,
                                                               BufferPool& pool, Logger& logger);
    ~FrameMediaIo() override;

    [[nodiscard]] const char* mode() const override { return options_.mode; }
    [[nodiscard]] PortBinding binding() const override { return options_.binding; }
    [[nodiscard]] bool hides_media_ports() const override { return options_.hides_media_ports; }
    [[nodiscard]] FrameOptions frames() const override;
    [[nodiscard]] PacketIo& worker_io(std::size_t worker) override { return *workers_[worker]; }
    [[nodiscard]] HostRings* host_rings() override { return host_.get(); }
    void set_port_range(std::uint16_t min, std::uint16_t max) override;
    void look_after(MonoTime now, const std::function<void(const RealmLink&)>& changed) override;
    [[nodiscard]] std::vector<DeviceReport> devices() const override;

    [[nodiscard]] DeviceTable& table() { return *table_; }

private:
    // attached -> leaving (workers may still be inside) -> gone -> attached
    enum class Phase : std::uint8_t { attached, leaving, gone };
    struct Port {
        FramePort plan;
        std::unique_ptr<FrameDevice> device;  // null while gone
        std::string driver;
        Phase phase = Phase::gone;
        RealmLink link;            // as the realms were told; `realm` is not used
        std::string last_trouble;  // why it did not open: said once
        std::string offload;       // what was last said of its flow offload
        std::string costs_more;    // likewise: DeviceCompanion::costs_more
        std::uint64_t tx_errors = 0;
        MonoTime up_at{};  // when its link was last seen up, or since when it is watched
    };

    FrameMediaIo(FrameMediaIoOptions options, BufferPool& pool, Logger& logger);
    Result<void> open_port(std::size_t index);
    void tell_companion(Port& port);
    [[nodiscard]] static RealmLink link_of(const FrameDevice& device);
    Result<void> attach(std::size_t index);
    void leave(std::size_t index);
    void watch(std::size_t index, MonoTime now);
    void finish_leaving(std::size_t index);
    void try_again(std::size_t index);
    void tend_ways();
    void tell_offload(Port& port, bool is_usable);

    FrameMediaIoOptions options_;
    BufferPool& pool_;
    Logger& logger_;
    std::unique_ptr<DeviceTable> table_;
    std::unique_ptr<HostRings> host_;
    std::vector<Port> ports_;
    std::vector<std::unique_ptr<PortIo>> workers_;
    std::uint16_t range_min_ = 1;
    std::uint16_t range_max_ = 0;  // min > max: not told yet
};

}  // namespace weir::dataplane
