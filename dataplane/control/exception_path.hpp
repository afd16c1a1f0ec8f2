// SPDX-License-Identifier: Apache-2.0
// ExceptionPath: mode dpdk: what is not media goes to the host and comes from it, by a tap for each
// device and VLAN. ARP, neighbour discovery, ping, SIP, ssh and VRRP work as on a device of the
// kernel's own, which answers for our addresses.
//
//   worker -> HostRings (punt) -> tag off -> tap -> kernel
//   kernel -> tap -> tag on -> HostRings (from host) -> worker -> device
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/result.hpp"
#include "dataplane/control/port_leases.hpp"
#include "dataplane/engine/frame.hpp"
#include "dataplane/io/host_rings.hpp"
#include "dataplane/io/media_io.hpp"
#include "dataplane/io/tap_device.hpp"

struct rte_mbuf;

namespace weir::dataplane {

class BufferPool;
class ControlLoop;

// The tap of one device and VLAN, and what is on it.
struct HostTap {
    std::string name;
    std::uint8_t device = 0;  // index into MediaIo's list
    std::uint16_t vlan = 0;   // 0 = untagged
    MacAddress mac{};
    std::uint16_t mtu = 1500;  // bytes of an IP packet
    bool is_up = true;
    std::vector<Prefix> addresses;     // of its realms
    std::vector<RealmIndex> realms{};  // whose links it follows
    bool operator==(const HostTap&) const = default;
};

// Realms of one device and VLAN share a tap: that of the first of them. A realm without a prefix
// length has its address from elsewhere (VRRP). `frames`: MediaIo::frames(), of the same realms.
[[nodiscard]] std::vector<HostTap> host_taps(const std::vector<MediaRealm>& realms,
                                             const FrameOptions& frames);

// Frames, since the start.
struct ExceptionCounters {
    std::uint64_t to_host = 0;
    std::uint64_t from_host = 0;
    std::uint64_t completed = 0;     // of to_host: checksums that the sender had left open
    std::uint64_t unknown_vlan = 0;  // no realm of the device has that tag
    std::uint64_t malformed = 0;     // no whole Ethernet header, or more than one segment
    std::uint64_t tap_refused = 0;   // the tap is down, or the kernel has no memory
    std::uint64_t oversized = 0;     // of the host, longer than a packet buffer
    std::uint64_t no_buffer = 0;     // of the host, while no packet buffer was free
    std::uint64_t ring_full = 0;     // of the host, while the worker did not follow
    [[nodiscard]] std::uint64_t dropped() const {
        return unknown_vlan + malformed + tap_refused + oversized + no_buffer + ring_full;
    }
};

struct ExceptionParts {
    HostRings& rings;  // all three outlive the path
    BufferPool& pool;
    Logger& logger;
};

// Thread: control.
class ExceptionPath {
public:
    // Makes the taps, or finds those that a predecessor left, and puts the addresses on them.
    // `keeps_taps`: they stay at the end, too. Errors: of TapDevice::open and put_address.
    [[nodiscard]] static Result<std::unique_ptr<ExceptionPath>> open(std::vector<HostTap> taps,
                                                                     bool keeps_taps,
                                                                     ExceptionParts parts);
    ExceptionPath(const ExceptionPath&) = delete;
    ExceptionPath& operator=(const ExceptionPath&) = delete;

    // Takes part in the loop's turns: descriptors of the taps and of the rings. The path outlives
    // the loop.
    void serve_in(ControlLoop& loop);
    // The device under a realm has another MAC address, MTU or link.
    void set_link(const RealmLink& link);

    // Frames that wait, at most kHostFramesPerTurn of each direction (and tap). serve_in calls
    // them.
    void take_from_workers();
    void take_from_host();
    // One line when frames were dropped since the last call.
    void report_drops();
    // Taps that somebody deleted are made again, with their addresses.
    void revive_taps();

    [[nodiscard]] const ExceptionCounters& counters() const { return counters_; }
    [[nodiscard]] std::size_t taps() const { return ends_.size(); }

private:
    // A tap and what is known of it.
    struct End {
        HostTap what;
        TapDevice device;
    };
    ExceptionPath(ExceptionParts parts) : parts_(parts) {}

    Result<void> add(HostTap tap, bool is_removed_at_end);
    Result<void> put_addresses(const End& end);
    void give_to_host(rte_mbuf& frame, std::uint8_t device);
    void take_from(End& end);
    [[nodiscard]] bool take_one(End& end, rte_mbuf& buffer);
    [[nodiscard]] const End* find(std::uint8_t device, std::uint16_t vlan) const;
    [[nodiscard]] std::uint16_t longest_packet() const;

    ExceptionParts parts_;
    std::vector<End> ends_;
    ExceptionCounters counters_;
    std::uint64_t reported_ = 0;  // of counters_.dropped()
};

}  // namespace weir::dataplane
