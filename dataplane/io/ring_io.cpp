// SPDX-License-Identifier: Apache-2.0
// Frames from and to rings.
#include "dataplane/io/ring_io.hpp"

#include <algorithm>

#include <rte_prefetch.h>
#include <rte_ring.h>

#include "dataplane/engine/burst.hpp"

namespace weir::dataplane {

std::uint16_t RingIo::receive(Burst& burst, MonoTime now) noexcept {
    const auto room = static_cast<unsigned>(kBurst - burst.count);
    void** where = reinterpret_cast<void**>(burst.packets.data() + burst.count);
    const unsigned got = rte_ring_sc_dequeue_burst(&in_, where, room, nullptr);
    for (unsigned i = 0; i < got; ++i)
        rte_prefetch0(burst.packets[burst.count + i]);
    for (unsigned i = 0; i < got; ++i)
        rte_prefetch0(rte_pktmbuf_mtod(burst.packets[burst.count + i], void*));
    for (unsigned i = 0; i < got; ++i) {
        PacketMeta& meta = burst.meta[burst.count++];
        meta.arrival_ns = now.ns;
        meta.overflow = 0;
        meta.truncated = 0;
    }
    return static_cast<std::uint16_t>(got);
}

void RingIo::transmit(TxBurst& burst) noexcept {
    void** packets = reinterpret_cast<void**>(burst.packets.data());
    const unsigned sent = rte_ring_sp_enqueue_burst(&out_, packets, burst.count, nullptr);
    std::fill_n(burst.outcome.begin(), sent, TxOutcome::sent);
    std::fill(burst.outcome.begin() + sent, burst.outcome.begin() + burst.count,
              TxOutcome::refused);
    if (sent < burst.count) rte_pktmbuf_free_bulk(burst.packets.data() + sent, burst.count - sent);
}

// There is one worker and no host behind the rings.
bool RingIo::hand_over(std::uint8_t, rte_mbuf* frame) noexcept {
    rte_pktmbuf_free(frame);
    return false;
}

bool RingIo::punt(rte_mbuf* frame) noexcept {
    rte_pktmbuf_free(frame);
    return false;
}

}  // namespace weir::dataplane
