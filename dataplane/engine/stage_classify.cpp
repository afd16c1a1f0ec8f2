// SPDX-License-Identifier: Apache-2.0
// Stage classify: from an Ethernet frame to a UDP payload with its addresses.
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

// What a driver that checks says; `unknown` and `none` (a partial sum of a veth peer) are no fault.
[[nodiscard]] bool is_marked_bad(const rte_mbuf& packet) {
    const auto ip = packet.ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
    const auto udp = packet.ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
    return ip == RTE_MBUF_F_RX_IP_CKSUM_BAD || udp == RTE_MBUF_F_RX_L4_CKSUM_BAD;
}

}  // namespace

void classify(Burst& burst, WorkerState& worker) noexcept {
    std::uint16_t kept = 0;
    FramedDatagram found;
    for (std::uint16_t i = 0; i < burst.count; ++i) {
        rte_mbuf* packet = burst.packets[i];
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
        burst.meta[i].peer = found.peer;
        burst.meta[i].local = found.local;
        keep(burst, kept, i);
    }
    burst.count = kept;
}

}  // namespace weir::dataplane
