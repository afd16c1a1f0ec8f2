// SPDX-License-Identifier: Apache-2.0
// Probing, configuring, watching and removing one DPDK ethernet device.
#include "dataplane/io/frame_device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_log.h>

#include "config/base/limits.hpp"
#include "dataplane/io/kernel_interface.hpp"

namespace weir::dataplane {
namespace {

// "0000:01:00.0"; anything else is a virtual device, named after its driver.
[[nodiscard]] bool is_pci(const std::string& eal_name) {
    return eal_name.find(':') != std::string::npos && eal_name.find('.') != std::string::npos;
}
[[nodiscard]] const char* bus_of(const std::string& eal_name) {
    return is_pci(eal_name) ? "pci" : "vdev";
}

// The driver's own default is the client.
[[nodiscard]] bool is_memif_client(const FrameDeviceOptions& options) {
    return options.eal_name.starts_with("net_memif") &&
           options.arguments.find("role=server") == std::string::npos &&
           options.arguments.find("role=master") == std::string::npos;
}

// Drivers answer -1 for whatever went wrong, and say why on standard error.
tl::unexpected<Error> explain_probe(const FrameDeviceOptions& options, int error) {
    const std::string what = "device " + options.name + " (" + options.eal_name + ")";
    switch (error) {
        case ENODEV:
        case ENOENT:
            return fail(ErrorCode::not_found,
                        what + " does not exist or has no driver" +
                            (is_pci(options.eal_name)
                                 ? ": bind it to vfio-pci (dpdk-devbind.py --bind=vfio-pci)"
                                 : ": check its name and arguments in media.ports"));
        case EEXIST:
        case EBUSY:
            return fail(ErrorCode::exists, what + " is in use: end the program that holds it");
        case ENOMEM:
            return fail(ErrorCode::exhausted,
                        what + " finds no memory: raise media.memory_mib or the memlock limit");
        case EACCES:
            return fail(ErrorCode::denied,
                        what + " is not allowed to this user: `weir doctor` names the capability");
        default:
            return fail(ErrorCode::io,
                        what + " does not start (arguments '" + options.arguments +
                            "'): a capability is missing or another program uses it; `weir "
                            "doctor` says which, the driver's own words are on standard error");
    }
}

tl::unexpected<Error> explain_setup(const FrameDeviceOptions& options, const char* what,
                                    int error) {
    const std::string text = "device " + options.name + " (" + options.eal_name + "): " + what +
                             ": " + std::strerror(error);
    if (error == ENOMEM)
        return fail(ErrorCode::exhausted, text + " (raise media.memory_mib or the memlock limit)");
    if (error == EBUSY)
        return fail(ErrorCode::exists, text + " (another program uses a queue of it)");
    if (error == EPERM || error == EACCES)
        return fail(ErrorCode::denied, text + " (`weir doctor` names the capability)");
    return fail(ErrorCode::io, text);
}

// Spread by addresses and ports where the hardware does it; who gets the wrong one hands it over.
void choose_spreading(const rte_eth_dev_info& info, std::uint16_t rx_queues, rte_eth_conf& conf) {
    const std::uint64_t wanted = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP;
    const std::uint64_t spread = info.flow_type_rss_offloads & wanted;
    if (rx_queues < 2 || spread == 0) return;
    conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    conf.rx_adv_conf.rss_conf.rss_hf = spread;
}

}  // namespace

Result<std::unique_ptr<FrameDevice>> FrameDevice::open(const FrameDeviceOptions& options,
                                                       BufferPool& pool,
                                                       DeviceCompanion* companion) {
    std::unique_ptr<FrameDevice> device(new FrameDevice());
    device->options_ = options;
    device->companion_ = companion;
    device->is_client_ = is_memif_client(options);
    device->pool_ = &pool;
    if (companion != nullptr) WEIR_TRY(companion->before_open());
    WEIR_TRY(device->probe());
    WEIR_TRY(device->configure(pool));
    WEIR_TRY(device->start());
    if (companion != nullptr) WEIR_TRY(companion->after_open(*device));
    return device;
}

FrameDevice::~FrameDevice() {
    // What fails here fails because the device is gone: there is nobody to tell.
    if (is_started_ && companion_ != nullptr) companion_->before_close(*this);
    if (is_started_) (void)rte_eth_dev_stop(port_id_);
    if (is_probed_) {
        (void)rte_eth_dev_close(port_id_);
        (void)rte_eal_hotplug_remove(bus_of(options_.eal_name), options_.eal_name.c_str());
    }
    if (companion_ != nullptr) companion_->after_close();
}

Result<void> FrameDevice::probe() {
    if (!options_.interface.empty()) {
        interface_index_ = if_nametoindex(options_.interface.c_str());
        if (interface_index_ == 0)
            return fail(ErrorCode::not_found, "device " + options_.name + ": the network device " +
                                                  options_.interface + " does not exist (ip link)");
    }
    std::uint16_t already = 0;
    if (rte_eth_dev_get_port_by_name(options_.eal_name.c_str(), &already) == 0)
        return fail(ErrorCode::exists, "device " + options_.name + ": the name " +
                                           options_.eal_name + " is used twice (media.ports)");
    const int error = rte_eal_hotplug_add(bus_of(options_.eal_name), options_.eal_name.c_str(),
                                          options_.arguments.c_str());
    if (error != 0) return explain_probe(options_, -error);
    if (rte_eth_dev_get_port_by_name(options_.eal_name.c_str(), &port_id_) != 0)
        return explain_probe(options_, ENODEV);
    is_probed_ = true;
    return {};
}

Result<void> FrameDevice::configure(BufferPool& pool) {
    rte_eth_dev_info info{};
    if (const int error = rte_eth_dev_info_get(port_id_, &info); error != 0)
        return explain_setup(options_, "no information from the driver", -error);
    rx_queues_ = std::clamp<std::uint16_t>(options_.rx_queues, 1,
                                           std::max<std::uint16_t>(info.max_rx_queues, 1));
    tx_queues_ = std::clamp<std::uint16_t>(options_.tx_queues, 1,
                                           std::max<std::uint16_t>(info.max_tx_queues, 1));
    rte_eth_conf conf{};
    choose_spreading(info, rx_queues_, conf);
    conf.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_CHECKSUM;
    checks_checksums_ = (info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_UDP_CKSUM) != 0 &&
                        (info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0;
    // All buffers that we send are of one pool, of one segment, with one owner.
    conf.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
    if (const int error = rte_eth_dev_configure(port_id_, rx_queues_, tx_queues_, &conf);
        error != 0)
        return explain_setup(options_, "not configured", -error);
    std::uint16_t rx_descriptors = kDeviceDescriptors;
    std::uint16_t tx_descriptors = kDeviceDescriptors;
    if (const int error =
            rte_eth_dev_adjust_nb_rx_tx_desc(port_id_, &rx_descriptors, &tx_descriptors);
        error != 0)
        return explain_setup(options_, "number of descriptors", -error);
    const auto node = static_cast<unsigned>(rte_eth_dev_socket_id(port_id_));
    for (std::uint16_t queue = 0; queue < rx_queues_; ++queue)
        if (const int error =
                rte_eth_rx_queue_setup(port_id_, queue, rx_descriptors, node, nullptr, pool.raw());
            error != 0)
            return explain_setup(options_, "receive queue", -error);
    for (std::uint16_t queue = 0; queue < tx_queues_; ++queue)
        if (const int error =
                rte_eth_tx_queue_setup(port_id_, queue, tx_descriptors, node, nullptr);
            error != 0)
            return explain_setup(options_, "transmit queue", -error);
    return {};
}

Result<void> FrameDevice::start() {
    if (options_.mtu != 0 && options_.mtu != mtu()) {
        const int error = rte_eth_dev_set_mtu(port_id_, options_.mtu);
        // Virtual devices have no MTU of their own: ours is then a bound on what we send.
        if (error != 0 && error != -ENOTSUP)
            return explain_setup(options_, "MTU not accepted", -error);
    }
    // The start sets or clears the flag of the kernel's device by DPDK's own: it is to stay.
    const auto shared = read_interface(options_.interface);
    if (shared && shared->is_promiscuous) (void)rte_eth_promiscuous_enable(port_id_);
    const int error = rte_eth_dev_start(port_id_);
    if (error != 0 && is_client_) return {};
    if (error != 0) return explain_setup(options_, "not started", -error);
    is_started_ = true;
    // Neighbour discovery and VRRP come by multicast, and a VRRP router has a MAC address of its
    // own (RFC 9568 7.3), which the host may bear on the tap. A device of the kernel's is the
    // kernel's to set up; drivers without the switch take everything anyway.
    if (options_.interface.empty()) {
        (void)rte_eth_allmulticast_enable(port_id_);
        (void)rte_eth_promiscuous_enable(port_id_);
    }
    return {};
}

Result<void> FrameDevice::reconnect() {
    if (is_started_) (void)rte_eth_dev_stop(port_id_);
    is_started_ = false;
    // The driver complains of every attempt; this is one of many.
    (void)rte_log_set_level_pattern("pmd.net.memif", RTE_LOG_CRIT);
    is_started_ = rte_eth_dev_start(port_id_) == 0;
    (void)rte_log_set_level_pattern("pmd.net.memif", RTE_LOG_NOTICE);
    if (is_started_) return {};
    return fail(ErrorCode::unavailable,
                "device " + options_.name + ": nobody serves (" + options_.arguments + ")");
}

std::string FrameDevice::driver() const {
    rte_eth_dev_info info{};
    if (rte_eth_dev_info_get(port_id_, &info) != 0 || info.driver_name == nullptr) return "unknown";
    return info.driver_name;
}

MacAddress FrameDevice::mac() const {
    MacAddress mac{};
    if (!options_.interface.empty()) {
        if (const auto state = read_interface(options_.interface)) return state->mac;
        return mac;
    }
    rte_ether_addr address{};
    if (rte_eth_macaddr_get(port_id_, &address) == 0)
        std::copy(std::begin(address.addr_bytes), std::end(address.addr_bytes), mac.begin());
    return mac;
}

std::uint16_t FrameDevice::mtu() const {
    std::uint16_t mtu = 0;
    if (!options_.interface.empty()) {
        if (const auto state = read_interface(options_.interface)) mtu = state->mtu;
    } else {
        (void)rte_eth_dev_get_mtu(port_id_, &mtu);
        if (options_.mtu != 0) mtu = options_.mtu;
    }
    return mtu != 0 ? mtu : RTE_ETHER_MTU;
}

bool FrameDevice::is_up() const {
    if (!options_.interface.empty()) {
        const auto state = read_interface(options_.interface);
        return state && state->is_running;
    }
    rte_eth_link link{};
    return rte_eth_link_get_nowait(port_id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

bool FrameDevice::is_gone() const {
    if (!options_.interface.empty())
        return if_nametoindex(options_.interface.c_str()) != interface_index_;
    return rte_eth_dev_is_removed(port_id_) != 0;
}

FrameDeviceCounts FrameDevice::counts() const noexcept {
    FrameDeviceCounts counts;
    rte_eth_stats stats{};
    if (rte_eth_stats_get(port_id_, &stats) == 0) {
        counts.missed = stats.imissed + stats.rx_nombuf;
        counts.tx_errors = stats.oerrors;
    }
    if (companion_ != nullptr) counts.missed += companion_->missed();
    return counts;
}

}  // namespace weir::dataplane
