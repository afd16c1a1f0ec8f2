// SPDX-License-Identifier: Apache-2.0
// EAL without hugepages or PCI, one queue per direction and port.
#include "bench/traffic/dpdk_ports.hpp"

#include <csignal>
#include <ctime>

#include <fmt/format.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <sched.h>

namespace weir::bench {
namespace {

constexpr unsigned kBufferCache = 512;

std::vector<std::string> eal_words(const DpdkPortsOptions& options) {
    std::string lcores = fmt::format("0@{}", options.core);
    if (options.core < 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        (void)sched_getaffinity(0, sizeof set, &set);
        std::string list;
        for (unsigned core = 0; core < CPU_SETSIZE; ++core)
            if (CPU_ISSET(core, &set)) list += (list.empty() ? "" : ",") + std::to_string(core);
        lcores = "0@(" + list + ")";
    }
    std::vector<std::string> words{"bench",
                                   "--no-pci",
                                   "--no-telemetry",
                                   "--lcores",
                                   lcores,
                                   "--file-prefix",
                                   options.file_prefix,
                                   "--log-level=4",
                                   "-m",
                                   std::to_string(options.memory_mib)};
    if (options.hugepages)
        words.insert(words.end(), {"--in-memory", "--single-file-segments"});
    else
        words.insert(words.end(), {"--no-huge", "--no-shconf", "--iova-mode=va"});
    for (const auto& vdev : options.vdevs)
        words.insert(words.end(), {"--vdev", vdev});
    return words;
}

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

}  // namespace

void block_stop_signals() {
    const sigset_t set = stop_signals();
    (void)sigprocmask(SIG_BLOCK, &set, nullptr);
}

bool stop_signal_pending() {
    const sigset_t set = stop_signals();
    const timespec now{};
    return sigtimedwait(&set, nullptr, &now) > 0;
}

Result<std::unique_ptr<DpdkPorts>> DpdkPorts::open(const DpdkPortsOptions& options) {
    auto words = eal_words(options);
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    if (rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) < 0)
        return fail(ErrorCode::io, fmt::format("DPDK does not start: {}", rte_strerror(rte_errno)));
    std::unique_ptr<DpdkPorts> ports(new DpdkPorts());
    ports->pool_ = rte_pktmbuf_pool_create("bench", options.buffers, kBufferCache, 0,
                                           RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (ports->pool_ == nullptr)
        return fail(ErrorCode::exhausted, fmt::format("no memory for {} buffers in {} MiB",
                                                      options.buffers, options.memory_mib));
    for (const auto& vdev : options.vdevs)
        WEIR_TRY(ports->start_port(vdev, options.descriptors));
    return ports;
}

Result<void> DpdkPorts::start_port(const std::string& vdev, std::uint16_t descriptors) {
    const std::string name = vdev.substr(0, vdev.find(','));
    std::uint16_t id = 0;
    if (rte_eth_dev_get_port_by_name(name.c_str(), &id) != 0)
        return fail(ErrorCode::not_found, fmt::format("there is no device {}", name));
    const auto what = [&](const char* step, int error) {
        return fail(ErrorCode::io, fmt::format("{}: {}: {}", name, step, rte_strerror(-error)));
    };
    const rte_eth_conf config{};
    if (const int error = rte_eth_dev_configure(id, 1, 1, &config); error != 0)
        return what("configure", error);
    if (const int error = rte_eth_rx_queue_setup(
            id, 0, descriptors, static_cast<unsigned>(SOCKET_ID_ANY), nullptr, pool_);
        error != 0)
        return what("receive queue", error);
    if (const int error = rte_eth_tx_queue_setup(id, 0, descriptors,
                                                 static_cast<unsigned>(SOCKET_ID_ANY), nullptr);
        error != 0)
        return what("transmit queue", error);
    if (const int error = rte_eth_dev_start(id); error != 0) return what("start", error);
    // Not every driver can: those that cannot take all frames anyway.
    (void)rte_eth_promiscuous_enable(id);
    ids_.push_back(id);
    return {};
}

DpdkPorts::~DpdkPorts() {
    for (const std::uint16_t id : ids_) {
        rte_eth_dev_stop(id);
        rte_eth_dev_close(id);
    }
    rte_eal_cleanup();
}

bool DpdkPorts::all_up() const {
    for (const std::uint16_t id : ids_) {
        rte_eth_link link{};
        if (rte_eth_link_get_nowait(id, &link) != 0 || link.link_status == 0) return false;
    }
    return true;
}

std::uint64_t DpdkPorts::missed() const {
    std::uint64_t sum = 0;
    for (const std::uint16_t id : ids_) {
        rte_eth_stats stats{};
        if (rte_eth_stats_get(id, &stats) == 0)
            sum += stats.imissed + stats.rx_nombuf + stats.oerrors;
    }
    return sum;
}

}  // namespace weir::bench
