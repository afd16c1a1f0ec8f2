// SPDX-License-Identifier: Apache-2.0
// Generator: sends numbered RTP at an even pace through DPDK devices and counts what comes back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/traffic/arrivals.hpp"
#include "bench/traffic/dpdk_ports.hpp"
#include "bench/traffic/idle_soak.hpp"
#include "bench/traffic/rtp_flow.hpp"
#include "bench/traffic/task_time.hpp"

struct rte_mbuf;

namespace weir::bench {

struct GeneratorOptions {
    double rate = 150'000;   // packets a second of all flows; 0 = as many as `window` permits
    double tick_us = 50;     // what is due leaves together so often; 0 = each packet alone
    unsigned window = 1024;  // packets under way at once when the rate is 0
    double warm_up_seconds = 1;
    double seconds = 10;             // measured
    std::vector<int> napi_fds;       // to read one polls a device (topology.py, napi_handles)
    int core = -1;                   // whose use in the measured phase is wanted
    std::vector<TaskGroup> watched;  // whose run time of the measured phase is wanted
    double late_ms = 20;             // one packet interval of G.711
};

struct GeneratorTotals {
    std::uint64_t warm_up_sent = 0;
    std::uint64_t sent = 0;   // measured
    double seconds = 0;       // of the measured phase
    std::uint64_t other = 0;  // received frames that are none of ours
    std::uint64_t arp_answers = 0;
    std::uint64_t stalls = 0;  // times that the generator itself stood still for over 1 ms
    double longest_stall_ms = 0;
    std::uint64_t window_resets = 0;     // packets under way were given up
    std::uint64_t missed = 0;            // since the phase began: what its own devices dropped
    std::vector<std::uint64_t> task_ns;  // of the measured phase, per watched group
    std::optional<CoreUse> core_use;     // of the measured phase
};

// Thread: one, which it keeps busy; pinned by DpdkPorts.
class Generator {
public:
    // All outlive it. `macs` per device; `soak` may be null.
    Generator(const GeneratorOptions& options, const std::vector<RtpFlow>& flows,
              const std::vector<DeviceMacs>& macs, DpdkPorts& ports, const IdleSoak* soak);

    // Blocks. Prints `measuring` and `measured` on standard output when the phase begins and ends,
    // so that a script can read other counters at the same instants.
    GeneratorTotals run();

    [[nodiscard]] const Arrivals& arrivals() const { return arrivals_; }

private:
    static constexpr std::uint16_t kBurst = 32;
    struct Device {
        std::array<rte_mbuf*, kBurst> waiting{};  // built, not yet taken by the device
        std::uint16_t count = 0;
    };
    struct Phase {
        std::uint32_t kind = kWarmUp;
        std::uint64_t sent = 0;
    };

    void run_phase(Phase& phase, double seconds);
    // How many packets may be built now.
    [[nodiscard]] std::uint64_t due(std::uint64_t now, const Phase& phase);
    void build(Phase& phase, std::uint64_t count);
    void flush();
    [[nodiscard]] bool has_waiting() const;
    [[nodiscard]] CoreSample sample() const;
    void receive();
    void receive_for(double seconds);
    bool answer_arp(std::size_t device, rte_mbuf* frame);

    GeneratorOptions options_;
    const std::vector<RtpFlow>& flows_;
    const std::vector<DeviceMacs>& macs_;
    DpdkPorts& ports_;
    const IdleSoak* soak_;
    std::uint64_t hz_;
    SendWindow window_;
    Arrivals arrivals_;
    std::vector<FlowFrame> frames_;
    std::vector<Device> devices_;
    GeneratorTotals totals_;
    std::uint64_t start_tsc_ = 0;  // of the pace
    std::uint64_t last_turn_tsc_ = 0;
    std::size_t next_flow_ = 0;
    std::uint32_t next_number_ = 0;
};

}  // namespace weir::bench
