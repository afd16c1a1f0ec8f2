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

// The frame can be read the quick way.
[[nodiscard]] bool may_be_plain(const rte_mbuf& packet) {
    constexpr std::uint64_t kLookCloser =
        kTagTaken | RTE_MBUF_F_RX_IP_CKSUM_BAD | RTE_MBUF_F_RX_L4_CKSUM_BAD;
    if (packet.nb_segs != 1) return false;
    if ((packet.ol_flags & kLookCloser) == 0) [[likely]]
        return true;
    return (packet.ol_flags & kTagTaken) == 0 && !is_marked_bad(packet.ol_flags);
}

void prefetch_payload(rte_mbuf& packet) {
    constexpr unsigned kLine = 64;
    const auto* bytes = rte_pktmbuf_mtod(&packet, const std::uint8_t*);
    const unsigned length = packet.data_len;
    // In line for audio: a loop costs more than what it fetches, or a line too many.
    rte_prefetch0(bytes + kLine);
    rte_prefetch0(bytes + 2 * kLine);
    rte_prefetch0(bytes + 3 * kLine);
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

// Where the payload stands in a frame of the burst.
struct Place {
    std::uint16_t offset;  // bytes from the start of the frame; 0: the frame is not read yet
    std::uint16_t bytes;
};
using Places = std::array<Place, kBurst>;

// The long way, for what is not plain. False: it went elsewhere.
[[nodiscard, gnu::noinline]] bool read_frame(WorkerState& worker, rte_mbuf* packet,
                                             PacketMeta& meta, Place& place) {
    const std::uint64_t flags = packet->ol_flags;
    FrameOutcome outcome;
    FramedDatagram found{meta.peer, meta.local};
    if ((flags & RTE_MBUF_F_RX_QINQ_STRIPPED) == 0) {  // two tags are the host's
        const ReceivedFrame frame{bytes_of_mbuf(packet), packet->pkt_len, packet->vlan_tci,
                                  (flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0};
        outcome = parse_frame(frame, worker.framer, *worker.options.owners, found);
    }
    if (outcome.kind == FrameKind::media && is_marked_bad(flags))
        outcome = {FrameKind::drop, Verdict::bad_checksum};
    if (outcome.kind == FrameKind::punt) punt(worker, packet);
    if (outcome.kind == FrameKind::drop) drop_frame(worker, packet, outcome.verdict);
    place = {found.payload_offset, found.payload_bytes};
    return outcome.kind == FrameKind::media;
}

[[nodiscard]] bool is_summed(const Framer& framer) {
    return framer.check == UdpChecksumCheck::in_software || framer.write == UdpChecksumWrite::whole;
}

// Reads what is plain; the rest keeps an offset of 0.
void read_plain_frames(Burst& burst, const WorkerState& worker, Places& places) {
    const bool summed = is_summed(worker.framer);
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        rte_mbuf* packet = burst.packets[i];
        PacketMeta& meta = burst.meta[i];
        FramedDatagram found{meta.peer, meta.local};
        places[i] = {};
        // The checksum will read all of it: half of the time it waits for memory (bench/micro).
        if (summed) prefetch_payload(*packet);
        if (!may_be_plain(*packet) ||
            !read_plain_frame(bytes_of_mbuf(packet), worker.framer, found)) [[unlikely]]
            continue;
        places[i] = {found.payload_offset, found.payload_bytes};
        rte_prefetch0(worker.ports.where(meta.local));
    }
}

// Whose packet each is; what is nobody's of this worker's leaves the burst.
void find_owners(Burst& burst, WorkerState& worker, Places& places) {
    std::size_t kept = 0;
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        if (places[i].offset == 0 &&
            !read_frame(worker, burst.packets[i], burst.meta[i], places[i])) [[unlikely]]
            continue;
        const PortEntry* owner = worker.ports.where(burst.meta[i].local);
        if (owner == nullptr || owner->role == PortRole::none) [[unlikely]] {
            pass_on(worker, burst.packets[i], burst.meta[i].local);
            continue;
        }
        note_owner(burst, worker, i, *owner);
        places[kept] = places[i];
        keep(burst, kept, i);
    }
    burst.count = static_cast<std::uint16_t>(kept);
}

// Sums the payload: once for this check, for the packet's own new checksum, and for those of all
// its copies. False: the datagram's checksum is wrong.
[[nodiscard]] inline bool check_sum(const WorkerState& worker, const rte_mbuf& packet, Place place,
                                    PacketMeta& meta) {
    if (is_sent_by_kernel(worker, packet)) {
        meta.payload_sum = packet.hash.usr;
        return true;
    }
    meta.payload_sum = 0;
    if (!is_summed(worker.framer)) return true;
    const ByteSpan frame{rte_pktmbuf_mtod(&packet, const std::uint8_t*), packet.data_len};
    meta.payload_sum = checksum_fold32(checksum_add(0, frame.subspan(place.offset, place.bytes)));
    const FramedDatagram found{meta.peer, meta.local, place.offset, place.bytes};
    return worker.framer.check != UdpChecksumCheck::in_software ||
           is_udp_checksum_good(frame, found, meta.payload_sum);
}

// Checks the datagrams and strips the headers.
void unwrap(Burst& burst, WorkerState& worker, const Places& places) {
    std::size_t kept = 0;
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        rte_mbuf* packet = burst.packets[i];
        const Place place = places[i];
        if (!check_sum(worker, *packet, place, burst.meta[i])) [[unlikely]] {
            drop_frame(worker, packet, Verdict::bad_checksum);
            continue;
        }
        packet->data_off = static_cast<std::uint16_t>(packet->data_off + place.offset);
        set_length(packet, place.bytes);
        keep(burst, kept, i);
    }
    burst.count = static_cast<std::uint16_t>(kept);
}

}  // namespace

void classify(Burst& burst, WorkerState& worker) noexcept {
    Places places;
    read_plain_frames(burst, worker, places);
    find_owners(burst, worker, places);
    unwrap(burst, worker, places);
    count(worker.counters.received, burst.count);
}

}  // namespace weir::dataplane
