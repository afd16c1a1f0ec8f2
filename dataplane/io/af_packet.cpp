// SPDX-License-Identifier: Apache-2.0
// Arguments and drop counters of DPDK's af_packet driver.
#include "dataplane/io/af_packet.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/if_packet.h>
#include <net/if.h>
#include <rte_ethdev.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "config/base/limits.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/io/xdp/kernel_device.hpp"

namespace weir::dataplane {
namespace {

static_assert(kPacketBlockBytes % kPacketFrameBytes == 0);
static_assert(kAfPacketMaxMtu + 14 + 4 + TPACKET2_HDRLEN <= kPacketFrameBytes + 20);

constexpr std::uint64_t kRingBytes = 2ULL * kPacketFrames * kPacketFrameBytes;  // of one queue

}  // namespace

Result<FrameDeviceOptions> PacketSockets::device_options() const {
    const auto device = kernel_device(options_.interface);
    if (!device) return fail(device.error().within("device " + options_.name));
    if (device->mtu > kAfPacketMaxMtu && !device->is_loopback)
        return fail(ErrorCode::invalid, "device " + options_.name + ": " + options_.interface +
                                            " has an MTU of " + std::to_string(device->mtu) +
                                            ", af_packet serves at most " +
                                            std::to_string(kAfPacketMaxMtu) + ": `ip link set " +
                                            options_.interface + " mtu 1500`");
    FrameDeviceOptions options;
    options.name = options_.name;
    options.interface = options_.interface;
    options.eal_name = "net_af_packet_" + options_.interface;
    options.rx_queues = options_.queues;
    options.tx_queues = options_.queues;
    options.arguments = "iface=" + options_.interface +
                        ",qpairs=" + std::to_string(options_.queues) +
                        ",blocksz=" + std::to_string(kPacketBlockBytes) +
                        ",framesz=" + std::to_string(kPacketFrameBytes) +
                        ",framecnt=" + std::to_string(kPacketFrames) + ",qdisc_bypass=1";
    return options;
}

Error PacketSockets::explain(const Error& error) const {
    const std::string device = "device " + options_.name + ": ";
    const UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!fd.is_open() && errno == EPERM)
        return Error{ErrorCode::denied, device + "a packet socket needs CAP_NET_RAW"};
    rlimit limit{};
    const std::uint64_t needed = kRingBytes * options_.queues;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur < needed)
        return Error{error.code, error.context + " (its rings take " +
                                     std::to_string(needed >> 20U) +
                                     " MiB of locked memory: CAP_IPC_LOCK or a memlock limit "
                                     "above that)"};
    return error;
}

Result<void> PacketSockets::before_open() {
    before_ = own_descriptors();
    // DPDK sets the device's own MAC address again when it starts it, and the kernel forgets all
    // neighbours then, the permanent ones of an operator as well.
    neighbours_ = KeptNeighbours::of(if_nametoindex(options_.interface.c_str()));
    return {};
}

// The driver's sockets hear every device of the host until they are bound to theirs: what their
// rings hold by now would be received a second time, for another device.
void PacketSockets::discard_received(const FrameDevice& device) {
    for (std::uint16_t queue = 0; queue < device.rx_queues(); ++queue) {
        std::array<rte_mbuf*, kBurst> burst{};
        std::uint16_t received = kBurst;
        for (std::uint32_t frames = 0; frames < kPacketFrames && received != 0; frames += kBurst) {
            received = rte_eth_rx_burst(device.port_id(), queue, burst.data(), kBurst);
            rte_pktmbuf_free_bulk(burst.data(), received);
        }
    }
}

Result<void> PacketSockets::after_open(const FrameDevice& device) {
    neighbours_.put_back();
    discard_received(device);
    socket_count_ = 0;
    missed_ = 0;
    for (const auto& descriptor : opened_since(before_, own_descriptors()))
        if (descriptor.kind == DescriptorKind::packet_socket && socket_count_ < sockets_.size())
            sockets_[socket_count_++] = descriptor.fd;
    (void)missed();  // what came before anybody could read is nobody's loss
    missed_ = 0;
    end_host_copies();
    return {};
}

void PacketSockets::end_host_copies() {
    auto classifier = IngressClassifier::attach(if_nametoindex(options_.interface.c_str()));
    costs_more_.clear();
    if (classifier)
        classifier_ = std::move(*classifier);
    else
        costs_more_ = "the host carries a copy of each media packet of " + options_.interface +
                      " up to a socket that drops it: " + classifier.error().context;
}

void PacketSockets::after_close() {
    classifier_ = {};
    neighbours_.put_back();  // where the start failed half-way
    socket_count_ = 0;
}

std::uint64_t PacketSockets::missed() noexcept {
    for (std::size_t i = 0; i < socket_count_; ++i) {
        tpacket_stats counts{};
        socklen_t length = sizeof(counts);
        if (getsockopt(sockets_[i], SOL_PACKET, PACKET_STATISTICS, &counts, &length) == 0)
            missed_ += counts.tp_drops;
    }
    return missed_;
}

}  // namespace weir::dataplane
