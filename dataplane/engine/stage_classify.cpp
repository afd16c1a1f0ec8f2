// SPDX-License-Identifier: Apache-2.0
// Stage classify: from an Ethernet frame to a UDP payload of a session of ours; everything else
// goes where it belongs: to the host, to the worker that owns the port, or nowhere with a verdict.
#include <array>

#include <rte_prefetch.h>

#include "dataplane/engine/checksum.hpp"
#include "dataplane/engine/frame_plain.hpp"
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

// What a driver that checks says; `unknown` and `none` (a partial sum of a veth peer) are no fault.
[[nodiscard]] bool is_marked_bad(std::uint64_t flags) {
    return (flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) == RTE_MBUF_F_RX_IP_CKSUM_BAD ||
           (flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_BAD;
}
constexpr std::uint64_t kTagTaken = RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED;

void prefetch_payload(rte_mbuf& packet) {
    constexpr unsigned kLine = 64;
    const auto* bytes = rte_pktmbuf_mtod(&packet, const std::uint8_t*);
    const unsigned length = packet.data_len;
    // In line for audio: a loop costs more than what it fetches.
    if (length > kLine) rte_prefetch0(bytes + kLine);
    if (length > 2 * kLine) rte_prefetch0(bytes + 2 * kLine);
    if (length > 3 * kLine) rte_prefetch0(bytes + 3 * kLine);
    for (unsigned at = 4 * kLine; at < length; at += kLine)
        rte_prefetch0(bytes + at);
}

void punt(WorkerState& worker, rte_mbuf* packet) {
    count(worker.counters.punted);
    if (!worker.io.punt(packet)) count(worker.counters.punt_drops);
}

void drop_frame(WorkerState& worker, rte_mbuf* packet, Verdict verdict) {
    count(worker.counters.received);
    drop(worker, packet, verdict, nullptr);
}

// A datagram for a port without a session of ours: it is another worker's, nobody's or the host's.
void pass_on(WorkerState& worker, rte_mbuf* packet, LocalPort local) {
    const std::uint8_t owner = worker.options.owners->find(local);
    if (owner == PortOwners::kHost) {
        punt(worker, packet);
    } else if (owner == PortOwners::kNobody || owner == worker.options.index) {
        drop_frame(worker, packet, Verdict::no_session);
    } else if (worker.io.hand_over(owner, packet)) {
        count(worker.counters.handed_over);
    } else {  // the buffer is gone already
        count(worker.counters.received);
        count(worker.counters.drops[static_cast<std::size_t>(Verdict::hand_over_full)]);
    }
}

// The long way, for what is not plain. False: it went elsewhere.
[[nodiscard]] bool read_frame(WorkerState& worker, rte_mbuf* packet, FramedDatagram& found) {
    const std::uint64_t flags = packet->ol_flags;
    FrameOutcome outcome;
    if ((flags & RTE_MBUF_F_RX_QINQ_STRIPPED) == 0) {  // two tags are the host's
        const ReceivedFrame frame{bytes_of_mbuf(packet), packet->pkt_len, packet->vlan_tci,
                                  (flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0};
        outcome = parse_frame(frame, worker.framer, *worker.options.owners, found);
    }
    if (outcome.kind == FrameKind::media && is_marked_bad(flags))
        outcome = {FrameKind::drop, Verdict::bad_checksum};
    if (outcome.kind == FrameKind::punt) punt(worker, packet);
    if (outcome.kind == FrameKind::drop) drop_frame(worker, packet, outcome.verdict);
    return outcome.kind == FrameKind::media;
}

// Fills what is known of a plain frame; false: it is to be read the long way.
[[nodiscard]] inline bool read_plain(const WorkerState& worker, rte_mbuf* packet,
                                     FramedDatagram& found) {
    const std::uint64_t flags = packet->ol_flags;
    if (packet->nb_segs != 1 || (flags & kTagTaken) != 0 || is_marked_bad(flags)) return false;
    return read_plain_frame(bytes_of_mbuf(packet), worker.framer, found);
}

// Sums the payload: once for this check, for the packet's own new checksum, and for those of all
// its copies. False: the datagram's checksum is wrong.
[[nodiscard]] inline bool check_sum(const WorkerState& worker, const rte_mbuf& packet,
                                    const FramedDatagram& found, PacketMeta& meta) {
    if (is_sent_by_kernel(worker, packet)) {
        meta.payload_sum = packet.hash.usr;
        return true;
    }
    const bool checked = worker.framer.check == UdpChecksumCheck::in_software;
    meta.payload_sum = 0;
    if (!checked && worker.framer.write != UdpChecksumWrite::whole) return true;
    const ByteSpan frame{rte_pktmbuf_mtod(&packet, const std::uint8_t*), packet.data_len};
    meta.payload_sum =
        checksum_fold32(checksum_add(0, frame.subspan(found.payload_offset, found.payload_bytes)));
    return !checked || is_udp_checksum_good(frame, found, meta.payload_sum);
}

}  // namespace

void classify(Burst& burst, WorkerState& worker) noexcept {
    const bool summed = worker.framer.check == UdpChecksumCheck::in_software ||
                        worker.framer.write == UdpChecksumWrite::whole;
    struct Place {
        std::uint16_t payload_offset;  // 0: not read yet
        std::uint16_t payload_bytes;
    };
    std::array<Place, kBurst> places;
    for (std::uint16_t i = 0; i < burst.count; ++i) {
        PacketMeta& meta = burst.meta[i];
        FramedDatagram found{meta.peer, meta.local};
        // The checksum will read all of it: half of the time it waits for memory (bench/micro).
        if (summed) prefetch_payload(*burst.packets[i]);
        if (read_plain(worker, burst.packets[i], found)) [[likely]]
            rte_prefetch0(worker.ports.where(meta.local));
        else
            found.payload_offset = 0;
        places[i] = {found.payload_offset, found.payload_bytes};
    }
    std::uint16_t kept = 0;
    for (std::uint16_t i = 0; i < burst.count; ++i) {
        rte_mbuf* packet = burst.packets[i];
        PacketMeta& meta = burst.meta[i];
        FramedDatagram found{meta.peer, meta.local, places[i].payload_offset,
                             places[i].payload_bytes};
        if (found.payload_offset == 0 && !read_frame(worker, packet, found)) [[unlikely]]
            continue;
        const PortEntry owner = worker.ports.find(meta.local);
        if (owner.role == PortRole::none) [[unlikely]] {
            pass_on(worker, packet, meta.local);
            continue;
        }
        if (!check_sum(worker, *packet, found, meta)) [[unlikely]] {
            drop_frame(worker, packet, Verdict::bad_checksum);
            continue;
        }
        packet->data_off = static_cast<std::uint16_t>(packet->data_off + found.payload_offset);
        set_length(packet, found.payload_bytes);
        meta.truncated = 0;
        note_owner(burst, worker, i, owner);
        keep(burst, kept, i);
    }
    burst.count = kept;
    count(worker.counters.received, kept);
}

}  // namespace weir::dataplane
