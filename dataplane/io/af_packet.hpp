// SPDX-License-Identifier: Apache-2.0
// PacketSockets: a kernel device in af_packet mode: the arguments of DPDK's net_af_packet, the
// drops of its sockets, which the driver does not count, the neighbours of the device, which its
// start makes the kernel forget, and the classifier that ends the host's copies of media.
//
// Opened like af_xdp.hpp says: device_options(), FrameDevice::open, explain().
//
// A packet socket gets a copy of every frame of the device, also of those that this host sends; the
// kernel goes on with its own. The engine takes what is addressed to a media port and frees the
// rest (`PacketIo::punt`). That the kernel does not answer media with ICMP is the matter of the
// reserve sockets (media_socket.hpp); that it does not carry each packet up to them, of the
// classifier, where the kernel has one for us: media do without.
// Thread: control, but for missed().
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "config/base/result.hpp"
#include "dataplane/io/frame_device.hpp"
#include "dataplane/io/tc/ingress_classifier.hpp"
#include "dataplane/io/xdp/own_descriptors.hpp"
#include "dataplane/route/kept_neighbours.hpp"

namespace weir::dataplane {

// Bytes of a ring's place: a frame of 1,518 bytes and a tag, and the kernel's header. Two fit in a
// page; with less the kernel would cut long frames, and the driver would take the rest for whole.
inline constexpr std::uint32_t kPacketFrameBytes = 2048;
// Bytes that the kernel allocates in one piece: 64 KiB are always to be had.
inline constexpr std::uint32_t kPacketBlockBytes = 65536;
// Places of a ring: 27 ms at 150,000 packets a second, as long as the machine may forget us; the
// host's own traffic takes places too. Receive and transmit ring of a queue: 16 MiB, locked.
inline constexpr std::uint32_t kPacketFrames = 4096;
// Longest IP packet that fits a place beside the kernel's header (48 bytes), Ethernet and a tag.
inline constexpr std::uint16_t kAfPacketMaxMtu = 1982;

struct AfPacketOptions {
    std::string name;       // of the device, as platform.yaml and messages say
    std::string interface;  // of the kernel: "eth0"
    // Sockets on the device, one for each worker that receives: the kernel spreads flows over them
    // by hash (PACKET_FANOUT); workers hand over what is another's. 1..kMaxWorkers.
    std::uint16_t queues = 1;
};

class PacketSockets final : public DeviceCompanion {
public:
    explicit PacketSockets(AfPacketOptions options) : options_(std::move(options)) {}

    // Errors: not_found (no such device), invalid (an MTU that does not fit), io.
    [[nodiscard]] Result<FrameDeviceOptions> device_options() const;
    // Why FrameDevice::open failed: CAP_NET_RAW or locked memory; `error` itself if neither.
    [[nodiscard]] Error explain(const Error& error) const;

    [[nodiscard]] Result<void> before_open() override;
    [[nodiscard]] Result<void> after_open(const FrameDevice&) override;
    void after_close() override;
    // Frames that found their ring full (PACKET_STATISTICS), the host's own among them.
    [[nodiscard]] std::uint64_t missed() noexcept override;
    [[nodiscard]] std::string costs_more() const override { return costs_more_; }

private:
    static void discard_received(const FrameDevice& device);
    void end_host_copies();

    AfPacketOptions options_;
    std::vector<OwnDescriptor> before_;
    KeptNeighbours neighbours_;  // of before the start
    IngressClassifier classifier_;
    std::string costs_more_;
    // Of the driver, for missed(). [control] while no worker uses the device.
    std::array<int, 64> sockets_{};
    std::size_t socket_count_ = 0;
    std::uint64_t missed_ = 0;  // the kernel's counters begin again at each look
};

}  // namespace weir::dataplane
