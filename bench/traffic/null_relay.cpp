// SPDX-License-Identifier: Apache-2.0
// weir-null-relay: the least that can stand between two devices: addresses swapped, sent on.
//
// The measure for latency: what it takes is the drivers' and the machine's, not a relay's.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <rte_ethdev.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench/traffic/dpdk_ports.hpp"
#include "config/base/limits.hpp"

namespace weir::bench {
namespace {

constexpr const char* kUsage =
    "usage: weir-null-relay --vdev ARGS [--vdev ARGS] [--idle sleep|spin] [--sleep-us N] [--core "
    "N] [--memory "
    "MIB] "
    "[--huge 1]\n";
constexpr std::uint16_t kPacketBurst = 32;
constexpr unsigned kTurnsPerLook = 256;

struct Settings {
    DpdkPortsOptions ports;
    bool sleeps = true;
    std::chrono::nanoseconds sleep = kFramedSleep;
};

template <std::size_t kBytes>
void swap_fields(std::uint8_t* one, std::uint8_t* other) {
    std::array<std::uint8_t, kBytes> kept;
    std::memcpy(kept.data(), one, kBytes);
    std::memcpy(one, other, kBytes);
    std::memcpy(other, kept.data(), kBytes);
}

// The sums of both checksums do not change with the order of their words.
void swap_addresses(rte_mbuf* packet) {
    constexpr std::uint16_t kIpv4WithUdp = 42;
    if (packet->data_len < kIpv4WithUdp) return;
    auto* frame = rte_pktmbuf_mtod(packet, std::uint8_t*);
    swap_fields<6>(frame, frame + 6);
    swap_fields<4>(frame + 26, frame + 30);
    swap_fields<2>(frame + 34, frame + 36);
}

std::uint16_t relay(std::uint16_t from, std::uint16_t to, std::uint64_t& refused) {
    std::array<rte_mbuf*, kPacketBurst> packets;
    const std::uint16_t count = rte_eth_rx_burst(from, 0, packets.data(), kPacketBurst);
    if (count == 0) return 0;
    for (std::uint16_t i = 0; i < count; ++i)
        swap_addresses(packets[i]);
    const std::uint16_t sent = rte_eth_tx_burst(to, 0, packets.data(), count);
    refused += static_cast<std::uint64_t>(count - sent);
    if (sent < count)
        rte_pktmbuf_free_bulk(packets.data() + sent, static_cast<unsigned>(count - sent));
    return count;
}

// Sleeps as a framed worker does: after as many empty turns, as long.
int run(const Settings& settings) {
    block_stop_signals();
    const auto ports = DpdkPorts::open(settings.ports);
    if (!ports) {
        fmt::print(stderr, "weir-null-relay: {}\n", ports.error().context);
        return 1;
    }
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    fmt::print("ready\n");
    std::fflush(stdout);
    const timespec pause{0, settings.sleep.count()};
    std::uint64_t refused = 0;
    unsigned empty = 0;
    for (unsigned turn = 0; turn % kTurnsPerLook != 0 || !stop_signal_pending(); ++turn) {
        unsigned handled = 0;
        for (std::size_t i = 0; i < (*ports)->size(); ++i)
            handled += relay((*ports)->id(i), (*ports)->id((*ports)->size() - 1 - i), refused);
        empty = handled != 0 ? 0 : empty + 1;
        if (settings.sleeps && empty >= kFramedBusyTurns) nanosleep(&pause, nullptr);
    }
    fmt::print("{{\"refused\": {}, \"missed\": {}}}\n", refused, (*ports)->missed());
    return 0;
}

bool take(Settings& settings, const std::string& name, const std::string& value) {
    if (name == "--vdev")
        settings.ports.vdevs.push_back(value);
    else if (name == "--core")
        settings.ports.core = std::atoi(value.c_str());
    else if (name == "--memory")
        settings.ports.memory_mib = static_cast<unsigned>(std::atoi(value.c_str()));
    else if (name == "--huge")
        settings.ports.hugepages = value == "1";
    else if (name == "--sleep-us")
        settings.sleep = microseconds(std::atoi(value.c_str()));
    else if (name == "--idle")
        settings.sleeps = value != "spin";
    else
        return false;
    return true;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    weir::bench::Settings settings;
    settings.ports.file_prefix = fmt::format("weir_null_{}", ::getpid());
    bool is_good = argc % 2 == 1;
    for (int i = 1; i + 1 < argc && is_good; i += 2)
        is_good = weir::bench::take(settings, argv[i], argv[i + 1]);
    if (!is_good || settings.ports.vdevs.empty() || settings.ports.vdevs.size() > 2) {
        std::fputs(weir::bench::kUsage, stderr);
        return 2;
    }
    return weir::bench::run(settings);
}
