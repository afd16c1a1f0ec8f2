// SPDX-License-Identifier: Apache-2.0
// MediaIo: how all packets of a node come and go: one object per I/O mode, which gives each worker
// its PacketIo and tells control what it must know of the devices.
//
// Thread: control, but for the PacketIo objects, each of which belongs to its worker.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/mac_address.hpp"
#include "config/base/result.hpp"
#include "dataplane/api/session.hpp"
#include "dataplane/engine/frame.hpp"
#include "dataplane/engine/packet_io.hpp"

namespace weir::dataplane {

class HostRings;

// What control must do with the kernel about a media port while it is leased.
enum class PortBinding : std::uint8_t {
    relay,    // a socket that the worker reads and writes
    reserve,  // a socket whose filter drops all: the kernel answers nothing and gives it to nobody
    none,     // the kernel never sees media frames
};

// The link under a realm changed: after the start, and whenever a device goes, comes or changes.
struct RealmLink {
    RealmIndex realm = 0;
    bool is_up = false;
    MacAddress own_mac{};
    std::uint16_t mtu = 1500;
    bool operator==(const RealmLink&) const = default;
};

// One device as operators see it.
struct DeviceReport {
    std::string name;
    std::string driver;
    bool is_up = false;
    std::uint64_t missed = 0;
    std::uint64_t tx_errors = 0;
};

class MediaIo {
public:
    virtual ~MediaIo() = default;

    [[nodiscard]] virtual const char* mode() const = 0;  // "socket", "af_packet", "af_xdp", "dpdk"
    [[nodiscard]] virtual PortBinding binding() const = 0;
    // The kernel never sees a datagram to a media port, so no other program may use one.
    [[nodiscard]] virtual bool hides_media_ports() const { return false; }
    // Framed modes: realms with MAC, device, VLAN and MTU as they are now. Empty in socket mode.
    [[nodiscard]] virtual FrameOptions frames() const = 0;
    [[nodiscard]] virtual PacketIo& worker_io(std::size_t worker) = 0;
    // Where the host's frames go and come (mode dpdk); null: the kernel has the devices itself.
    [[nodiscard]] virtual HostRings* host_rings() { return nullptr; }

    // The media ports; the XDP program takes these and nothing else.
    virtual void set_port_range(std::uint16_t min, std::uint16_t max) = 0;
    // Looks after the devices: link, MAC, MTU, drop counters, devices that went or came back. Calls
    // `changed` for each realm whose link is not what it was. Called every kDevicePoll.
    virtual void look_after(MonoTime now, const std::function<void(const RealmLink&)>& changed) = 0;
    [[nodiscard]] virtual std::vector<DeviceReport> devices() const = 0;
};

}  // namespace weir::dataplane
