// SPDX-License-Identifier: Apache-2.0
// DPDK and some virtual devices, opened by their EAL arguments, for the programs of this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/base/result.hpp"

struct rte_mempool;

namespace weir::bench {

struct DpdkPortsOptions {
    std::vector<std::string> vdevs;  // "net_af_xdp0,iface=left": at least one
    std::string file_prefix = "weir_bench";
    int core = -1;              // the calling thread is pinned to it; -1: it runs anywhere
    unsigned memory_mib = 256;  // ordinary pages, unless `hugepages`
    bool hugepages = false;
    unsigned buffers = 32767;  // of all ports together, 2,176 bytes each
    std::uint16_t descriptors = 2048;
};

// Thread: the one that opened it.
class DpdkPorts {
public:
    // Errors (io): EAL or a device does not start; the text names it.
    [[nodiscard]] static Result<std::unique_ptr<DpdkPorts>> open(const DpdkPortsOptions& options);
    ~DpdkPorts();
    DpdkPorts(const DpdkPorts&) = delete;
    DpdkPorts& operator=(const DpdkPorts&) = delete;

    [[nodiscard]] std::size_t size() const { return ids_.size(); }
    [[nodiscard]] std::uint16_t id(std::size_t index) const { return ids_[index]; }
    [[nodiscard]] rte_mempool* pool() const { return pool_; }
    [[nodiscard]] bool all_up() const;
    // Frames that the devices say they lost on reception, or could not send.
    [[nodiscard]] std::uint64_t missed() const;

private:
    DpdkPorts() = default;
    [[nodiscard]] Result<void> start_port(const std::string& vdev, std::uint16_t descriptors);

    std::vector<std::uint16_t> ids_;
    rte_mempool* pool_ = nullptr;
};

// SIGINT and SIGTERM are blocked, then asked for: no handler, no global.
void block_stop_signals();
[[nodiscard]] bool stop_signal_pending();

}  // namespace weir::bench
