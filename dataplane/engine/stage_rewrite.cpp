// SPDX-License-Identifier: Apache-2.0
// Stage rewrite: the other party's address becomes the target, our port toward it the source; the
// payload type becomes the number that the other party knows the codec by. What the kernel has sent
// ends here.
#include "dataplane/engine/checksum.hpp"
#include "dataplane/engine/stages.hpp"
#include "dataplane/rtp/rtp_header.hpp"

namespace weir::dataplane {
namespace {

// One octet of the header changes: marker and payload type. The checksum follows (RFC 1624), where
// it is known; in memory the octet is the upper half of its little-endian word.
void renumber(rte_mbuf* packet, const DirectionSlot& from, TxMeta& next) {
    auto* wire = view_as<RtpWire>(bytes_of_mbuf(packet));
    const std::uint8_t before = wire->second;
    const auto after =
        static_cast<std::uint8_t>((before & 0x80U) | from.payload_types[before & 0x7FU]);
    wire->second = after;
    if (next.payload_sum == 0) return;
    next.payload_sum =
        checksum_fold32(std::uint64_t{next.payload_sum} + 0xFFFFU - (std::uint32_t{before} << 8U) +
                        (std::uint32_t{after} << 8U));
}

void book_sent_by_kernel(WorkerState& worker, rte_mbuf* packet, DirectionSlot& from) {
    ++from.account.relayed;
    count(worker.counters.relayed);
    count(worker.counters.relayed_by_kernel);
    discard(worker, packet);
}

}  // namespace

void rewrite(Burst& burst, WorkerState& worker) noexcept {
    TxBurst& out = worker.relay;
    // The burst fits: emit() has emptied `relay`, and kTxBurst is larger than kBurst.
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        const PacketMeta& meta = burst.meta[i];
        DirectionSlot& from = *burst.from[i];
        if (is_sent_by_kernel(worker, *burst.packets[i])) {
            book_sent_by_kernel(worker, burst.packets[i], from);
            continue;
        }
        const DirectionSlot& to = *burst.to[i];
        TxMeta& next = out.meta[out.count];
        out.packets[out.count++] = burst.packets[i];
        const bool on_rtp_port = meta.local.port == from.local_rtp.port;
        next.to = on_rtp_port ? to.remote_rtp : to.remote_rtcp;
        next.from.port = static_cast<std::uint16_t>(to.local_rtp.port + (on_rtp_port ? 0 : 1));
        next.from.realm = to.realm;
        next.hop = on_rtp_port ? to.rtp_hop : to.rtcp_hop;
        const bool rtcp = meta.owner.role == PortRole::rtcp;
        next.relay = rtcp ? nullptr : &from.account;
        next.relay_rtcp = rtcp ? &from.account : nullptr;
        next.fork = nullptr;
        next.payload_sum = meta.payload_sum;
        if (from.renumbers != 0 && meta.owner.role == PortRole::rtp) [[unlikely]]
            renumber(burst.packets[i], from, next);
    }
}

}  // namespace weir::dataplane
