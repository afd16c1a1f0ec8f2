// SPDX-License-Identifier: Apache-2.0
// weir-port-bridge: carries frames between pairs of DPDK devices, as a cable would carry them.
//
// It joins worlds that cannot meet otherwise: `--vdev net_memif0,... --vdev
// net_af_packet0,iface=x`.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <unistd.h>

#include "bench/traffic/dpdk_ports.hpp"

namespace weir::bench {
namespace {

constexpr const char* kUsage =
    "usage: weir-port-bridge --vdev ARGS --vdev ARGS [--vdev ARGS --vdev ARGS ...] [--core N] "
    "[--memory MIB]\n"
    "The first device is joined with the second, the third with the fourth, and so on.\n"
    "Prints `ready` when all are started, and the counts of each direction as JSON at SIGTERM.\n";
constexpr std::uint16_t kBurst = 32;
constexpr unsigned kBusyTurns = 64;  // empty turns before it sleeps: a burst is rarely alone
constexpr unsigned kTurnsPerLook = 256;
constexpr auto kSleep = std::chrono::microseconds(50);

struct Direction {
    std::uint16_t from = 0;
    std::uint16_t to = 0;
    std::uint64_t carried = 0;
    std::uint64_t refused = 0;  // the other device took no more
};

template <typename T>
T* header(rte_mbuf* frame, std::size_t offset) {
    return offset + sizeof(T) <= frame->data_len
               ? rte_pktmbuf_mtod_offset(frame, T*, static_cast<std::ptrdiff_t>(offset))
               : nullptr;
}

// The sum of the pseudo-header alone in the checksum field is a kernel's note that the device shall
// finish it (CHECKSUM_PARTIAL): a cable has no such notes. `pseudo` is that sum, `whole` makes the
// rest.
template <typename Whole>
void finish_checksum(rte_mbuf* frame, std::size_t l4, std::uint8_t protocol, std::uint16_t pseudo,
                     const Whole& whole) {
    constexpr std::size_t kInUdp = 6;   // RFC 768
    constexpr std::size_t kInTcp = 16;  // RFC 9293 3.1
    if (protocol != IPPROTO_UDP && protocol != IPPROTO_TCP) return;
    auto* field = header<std::array<std::uint8_t, 2>>(
        frame, l4 + (protocol == IPPROTO_UDP ? kInUdp : kInTcp));
    if (field == nullptr || std::memcmp(field, &pseudo, sizeof pseudo) != 0) return;
    field->fill(0);
    const std::uint16_t sum = whole();
    std::memcpy(field, &sum, sizeof sum);
}

void finish_checksums(rte_mbuf* frame) {
    std::size_t l3 = sizeof(rte_ether_hdr);
    const auto* ethernet = header<rte_ether_hdr>(frame, 0);
    if (ethernet == nullptr) return;
    rte_be16_t type = ethernet->ether_type;
    if (type == rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN)) {
        const auto* vlan = header<rte_vlan_hdr>(frame, l3);
        if (vlan == nullptr) return;
        type = vlan->eth_proto;
        l3 += sizeof(rte_vlan_hdr);
    }
    // The sums run to the end that the IP header tells, which must lie in the frame.
    if (auto* ip = header<rte_ipv4_hdr>(frame, l3);
        type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4) && ip != nullptr) {
        const std::size_t l4 = l3 + rte_ipv4_hdr_len(ip);
        if (l3 + rte_be_to_cpu_16(ip->total_length) > frame->data_len ||
            rte_be_to_cpu_16(ip->total_length) < rte_ipv4_hdr_len(ip))
            return;
        finish_checksum(frame, l4, ip->next_proto_id, rte_ipv4_phdr_cksum(ip, 0),
                        [&] { return rte_ipv4_udptcp_cksum(ip, header<std::uint8_t>(frame, l4)); });
    } else if (auto* ip6 = header<rte_ipv6_hdr>(frame, l3);
               type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6) && ip6 != nullptr) {
        const std::size_t l4 = l3 + sizeof(rte_ipv6_hdr);
        if (l4 + rte_be_to_cpu_16(ip6->payload_len) > frame->data_len) return;
        finish_checksum(frame, l4, ip6->proto, rte_ipv6_phdr_cksum(ip6, 0), [&] {
            return rte_ipv6_udptcp_cksum(ip6, header<std::uint8_t>(frame, l4));
        });
    }
}

// A driver that takes the 802.1Q tag off the frame has it in the buffer's notes: a cable loses
// none.
std::uint16_t make_whole(std::array<rte_mbuf*, kBurst>& frames, std::uint16_t count) {
    std::uint16_t kept = 0;
    for (std::uint16_t i = 0; i < count; ++i) {
        rte_mbuf* frame = frames[i];
        if ((frame->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0 && rte_vlan_insert(&frame) != 0) {
            rte_pktmbuf_free(frame);
            continue;
        }
        frame->ol_flags = 0;  // what the receiver noted means nothing to the sender
        finish_checksums(frame);
        frames[kept++] = frame;
    }
    return kept;
}

bool carry(Direction& direction) {
    std::array<rte_mbuf*, kBurst> frames;
    std::uint16_t count = rte_eth_rx_burst(direction.from, 0, frames.data(), kBurst);
    if (count == 0) return false;
    count = make_whole(frames, count);
    const std::uint16_t sent = rte_eth_tx_burst(direction.to, 0, frames.data(), count);
    direction.carried += sent;
    direction.refused += static_cast<std::uint64_t>(count - sent);
    if (sent < count)
        rte_pktmbuf_free_bulk(frames.data() + sent, static_cast<unsigned>(count - sent));
    return true;
}

void run(std::vector<Direction>& directions) {
    unsigned empty = 0;
    for (unsigned turn = 0;; ++turn) {
        if (turn % kTurnsPerLook == 0 && stop_signal_pending()) return;
        bool any = false;
        for (auto& direction : directions)
            any = carry(direction) || any;
        empty = any ? 0 : empty + 1;
        if (empty >= kBusyTurns) std::this_thread::sleep_for(kSleep);
    }
}

std::optional<DpdkPortsOptions> read_options(const std::vector<std::string>& words) {
    DpdkPortsOptions options;
    options.file_prefix = fmt::format("weir_bridge_{}", ::getpid());
    options.buffers = 16383;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (words[i] == "--vdev")
            options.vdevs.push_back(words[i + 1]);
        else if (words[i] == "--core")
            options.core = std::atoi(words[i + 1].c_str());
        else if (words[i] == "--memory")
            options.memory_mib = static_cast<unsigned>(std::atoi(words[i + 1].c_str()));
        else
            return std::nullopt;
    }
    const bool is_good =
        words.size() % 2 == 0 && !options.vdevs.empty() && options.vdevs.size() % 2 == 0;
    return is_good ? std::optional(options) : std::nullopt;
}

int bridge(const DpdkPortsOptions& options) {
    block_stop_signals();
    const auto ports = DpdkPorts::open(options);
    if (!ports) {
        fmt::print(stderr, "weir-port-bridge: {}\n", ports.error().context);
        return 1;
    }
    std::vector<Direction> directions;
    for (std::size_t i = 0; i + 1 < (*ports)->size(); i += 2) {
        directions.push_back({(*ports)->id(i), (*ports)->id(i + 1)});
        directions.push_back({(*ports)->id(i + 1), (*ports)->id(i)});
    }
    fmt::print("ready\n");
    std::fflush(stdout);
    run(directions);
    std::string text;
    for (const auto& direction : directions)
        text += fmt::format("{}{{\"from\": {}, \"to\": {}, \"carried\": {}, \"refused\": {}}}",
                            text.empty() ? "" : ", ", direction.from, direction.to,
                            direction.carried, direction.refused);
    fmt::print("[{}]\n", text);
    return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    const auto options = weir::bench::read_options(std::vector<std::string>(argv + 1, argv + argc));
    if (!options) {
        std::fputs(weir::bench::kUsage, stderr);
        return 2;
    }
    return weir::bench::bridge(*options);
}
