// SPDX-License-Identifier: Apache-2.0
// Stage classify: from an Ethernet frame to a UDP payload with its addresses.
#include <rte_prefetch.h>

#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

// What a driver that checks says; `unknown` and `none` (a partial sum of a veth peer) are no fault.
[[nodiscard]] bool is_marked_bad(const rte_mbuf& packet) {
    const auto ip = packet.ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
    const auto udp = packet.ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
    return ip == RTE_MBUF_F_RX_IP_CKSUM_BAD || udp == RTE_MBUF_F_RX_L4_CKSUM_BAD;
}

void prefetch_payload(rte_mbuf& packet) {
    constexpr std::uint16_t kLine = 64;
    const auto* bytes = rte_pktmbuf_mtod(&packet, const std::uint8_t*);
    for (std::uint16_t at = kLine; at < packet.data_len;
         at = static_cast<std::uint16_t>(at + kLine))
        rte_prefetch0(bytes + at);
}

}  // namespace

void classify(Burst& burst, WorkerState& worker) noexcept {
    std::uint16_t kept = 0;
    // The checksum will read all of it: half of the time it waits for memory (bench/micro).
    if (worker.framer.write == UdpChecksumWrite::whole)
        for (std::uint16_t i = 0; i < burst.count; ++i)
            prefetch_payload(*burst.packets[i]);
    for (std::uint16_t i = 0; i < burst.count; ++i) {
        rte_mbuf* packet = burst.packets[i];
        FramedDatagram found{burst.meta[i].peer, burst.meta[i].local};
        // Frames of one segment only: our receive buffers hold any frame we relay.
        std::optional<Verdict> verdict = Verdict::too_long;
        if (packet->nb_segs == 1)
            verdict = parse_frame(bytes_of_mbuf(packet), worker.framer, found);
        if (!verdict && is_marked_bad(*packet)) verdict = Verdict::bad_checksum;
        if (verdict) {
            drop(worker, packet, *verdict, nullptr);
            continue;
        }
        packet->data_off = static_cast<std::uint16_t>(packet->data_off + found.payload_offset);
        set_length(packet, found.payload_bytes);
        keep(burst, kept, i);
    }
    burst.count = kept;
}

}  // namespace weir::dataplane
