// SPDX-License-Identifier: Apache-2.0
// Stage emit: framing where the I/O wants it, sending, and booking what became of each packet.
#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/frame_plain.hpp"
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

// Received headers were stripped, copies are made behind RTE_PKTMBUF_HEADROOM: ours fit in front.
static_assert(kMaxFrameHeader <= RTE_PKTMBUF_HEADROOM);

void book_unsent(const TxMeta& meta, Verdict verdict, WorkerState& worker, MonoTime now) {
    const auto index = static_cast<std::size_t>(verdict);
    if (meta.relay == nullptr && meta.relay_rtcp == nullptr) {
        count(worker.counters.copy_drops[index]);
        if (meta.fork != nullptr) book_copy(meta, false, now);
        return;
    }
    count(worker.counters.drops[index]);
    if (meta.relay != nullptr) ++meta.relay->drops[index];
}

[[nodiscard]] inline Verdict verdict_of(TxOutcome outcome) {
    return outcome == TxOutcome::link_down ? Verdict::link_down : Verdict::send_refused;
}

constexpr Verdict kFramed = Verdict::count_;

// kFramed: the frame is written. Else why it cannot be.
[[nodiscard]] inline Verdict put_frame(rte_mbuf* packet, const TxMeta& meta,
                                       const WorkerState& worker) {
    const Framer& framer = worker.framer;
    const LocalPort from = meta.from;
    const Framer::Realm& realm = framer.realm(from.realm);
    const std::uint64_t next_hop = worker.options.hops->find(meta.hop);
    // An address of the other family has no next hop behind this realm.
    if (next_hop == 0 || meta.to.address.family != realm.config.address.family) [[unlikely]]
        return worker.io.is_link_up(from.realm) ? Verdict::no_neighbour : Verdict::link_down;
    const std::size_t payload_bytes = packet->data_len;
    if (payload_bytes > realm.longest_payload) [[unlikely]]
        return Verdict::exceeds_mtu;
    // Ours have room; a driver's might not, and what stands before the buffer is not ours to write.
    const std::uint16_t header_bytes = realm.header_bytes;
    if (packet->data_off < header_bytes) [[unlikely]]
        return Verdict::send_refused;
    packet->data_off = static_cast<std::uint16_t>(packet->data_off - header_bytes);
    set_length(packet, payload_bytes + header_bytes);
    const FrameAddress address{meta.to, from, next_hop, meta.payload_sum};
    if (realm.is_plain) [[likely]]
        write_plain_frame(bytes_of_mbuf(packet), framer, address);
    else
        write_frame(bytes_of_mbuf(packet), framer, FrameAddress(address));
    return kFramed;
}

// Frames the burst; what cannot be framed is booked, freed with the drops and leaves the burst.
void put_frames(TxBurst& burst, WorkerState& worker, MonoTime now) {
    std::size_t kept = 0;
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        const Verdict verdict = put_frame(burst.packets[i], burst.meta[i], worker);
        if (verdict != kFramed) [[unlikely]] {
            book_unsent(burst.meta[i], verdict, worker, now);
            discard(worker, burst.packets[i]);
            continue;
        }
        if (kept != i) {
            burst.packets[kept] = burst.packets[i];
            burst.meta[kept] = burst.meta[i];
        }
        ++kept;
    }
    burst.count = static_cast<std::uint16_t>(kept);
}

void transmit(TxBurst& burst, WorkerState& worker, MonoTime now) {
    if (worker.io.framing() == Framing::ethernet) put_frames(burst, worker, now);
    if (burst.count != 0) worker.io.transmit(burst);
}

void book_relay(const TxBurst& burst, WorkerState& worker, MonoTime now) {
    std::uint64_t relayed = 0;
    const std::size_t packets = burst.count;
    for (std::size_t i = 0; i < packets; ++i) {
        const TxMeta& meta = burst.meta[i];
        if (burst.outcome[i] != TxOutcome::sent) [[unlikely]] {
            book_unsent(meta, verdict_of(burst.outcome[i]), worker, now);
            continue;
        }
        ++relayed;
        if (meta.relay != nullptr) ++meta.relay->relayed;
        if (meta.relay_rtcp != nullptr) ++meta.relay_rtcp->rtcp_relayed;
    }
    count(worker.counters.relayed, relayed);
}

}  // namespace

void emit_copies(WorkerState& worker, MonoTime now) noexcept {
    TxBurst& copies = worker.copies;
    if (copies.count == 0) return;
    transmit(copies, worker, now);
    for (std::uint16_t i = 0; i < copies.count; ++i) {
        if (copies.outcome[i] != TxOutcome::sent) [[unlikely]]
            book_unsent(copies.meta[i], verdict_of(copies.outcome[i]), worker, now);
        else if (copies.meta[i].fork != nullptr)
            book_copy(copies.meta[i], true, now);
    }
    copies.count = 0;
}

void emit(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    burst.count = 0;  // rewrite() has put all of it into `relay`
    if (worker.relay.count != 0) {
        transmit(worker.relay, worker, now);
        book_relay(worker.relay, worker, now);
        worker.relay.count = 0;
    }
    emit_copies(worker, now);
}

}  // namespace weir::dataplane
